import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, pad, toHex, zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findDeployment, readDeployment, readLedger, writeDeployment, writeLedger } from "./deployments.ts";
import type { Deployment } from "./types.ts";

const address = (n: number): Address => pad(toHex(n), { size: 20 });

const deployment: Deployment = {
  chain: "local-a",
  chainId: 901_002,
  eid: 39_002,
  fromBlock: "3",
  layerZero: {
    endpoint: address(1),
    sendUln302: address(2),
    receiveUln302: address(3),
    priceFeed: address(4),
    executor: address(5),
    executorFeeLib: address(6),
    dvns: [
      { address: address(7), vid: 9_002 },
      { address: address(8), vid: 39_002 },
    ],
    dvnFeeLib: address(9),
    endpointView: address(10),
    receiveUlnView: address(11),
    lzExecutor: address(12),
  },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-records-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("deployment records", () => {
  test("are read as they were written, in a folder that is made, leaving nothing else there", () => {
    const nested = join(folder, "new");
    writeDeployment(nested, deployment);
    writeDeployment(nested, { ...deployment, fromBlock: "4" });
    expect(readDeployment(nested, "local-a")).toEqual({ ...deployment, fromBlock: "4" });
    expect(readdirSync(nested)).toEqual(["local-a.json"]);
  });

  test("a missing one names chain and folder", () => {
    expect(findDeployment(folder, "local-b")).toBeUndefined();
    expect(() => readDeployment(folder, "local-b")).toThrow(`no deployment record for local-b in ${folder}`);
  });

  test("a wrong one names file, key, found and expected", () => {
    const file = join(folder, "local-a.json");
    writeDeployment(folder, deployment);
    const record = JSON.parse(readFileSync(file, "utf8"));
    record.layerZero.endpoint = "0x12";
    writeFileSync(file, JSON.stringify(record));
    expect(() => readDeployment(folder, "local-a")).toThrow(
      `${file}, layerZero.endpoint: found "0x12", expected a 20-byte address`,
    );
    record.layerZero = { ...deployment.layerZero, dvns: deployment.layerZero.dvns.slice(1) };
    writeFileSync(file, JSON.stringify(record));
    expect(() => readDeployment(folder, "local-a")).toThrow("at least two DVNs");
    writeFileSync(file, "{");
    expect(() => readDeployment(folder, "local-a")).toThrow("expected JSON");
  });
});

test("ledgers are empty at first, and read as they were written", () => {
  expect(readLedger(folder, "local-a")).toEqual({});
  const ledger = { EndpointV2: { address: address(1), creationCodeHash: zeroHash, blockNumber: "3" } };
  writeLedger(folder, "local-a", ledger);
  expect(readLedger(folder, "local-a")).toEqual(ledger);
});
