import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { connectChain, connectChains } from "../clients.ts";
import { loadConfig } from "../config.ts";
import { getChain } from "../definitions/index.ts";
import { startAnvil } from "./startAnvil.ts";
import { type LocalNetwork, startLocalNetwork } from "./startLocalNetwork.ts";

let network: LocalNetwork | undefined;
afterEach(async () => {
  await network?.stop();
  network = undefined;
});

/** Resolves once nothing listens there any more. */
async function gone(name: string, rpcUrl: string): Promise<void> {
  for (;;) {
    const error = await connectChain({ ...getChain(name), rpcUrls: [rpcUrl] }, 1_000).catch((cause) => cause);
    if (error.kind === "RpcUnreachable") return;
  }
}

describe("startLocalNetwork", () => {
  test("starts chains with funded accounts, finality and a configuration like any other", async () => {
    network = await startLocalNetwork({ chains: 2, accounts: 3 });
    const { config, accounts, configFile } = network;
    expect(config.chains.map((chain) => chain.name)).toEqual(["local-hub", "local-a"]);
    expect(loadConfig(configFile, {}).hub).toEqual(config.hub);
    expect(accounts).toHaveLength(3);

    const clients = await connectChains(config);
    const { deployer, relayer, dvnSigners, oracleSigners } = config.accounts;
    const everyone = [deployer, relayer, ...dvnSigners, ...oracleSigners, ...accounts].map((a) => a.address);
    expect(new Set(everyone).size).toBe(everyone.length);
    for (const client of clients.values()) {
      const balances = await Promise.all(everyone.map((address) => client.getBalance({ address })));
      expect(balances.every((balance) => balance > 0n)).toBe(true);
      const [latest, final] = await Promise.all([
        client.getBlock(),
        client.getBlock({ blockTag: "finalized" }),
      ]);
      expect(latest.number - final.number).toBeLessThanOrEqual(3n);
    }
  });

  test("stop ends the chains and removes the folder", async () => {
    const started = await startLocalNetwork({ chains: 2 });
    await started.stop();
    await gone("local-a", started.config.chains[1]!.rpcUrls[0]!);
    expect(existsSync(started.configFile)).toBe(false);
  });

  test("the chains end when the process that started them is killed", async () => {
    const module = fileURLToPath(new URL("./startLocalNetwork.ts", import.meta.url));
    const script = `const { startLocalNetwork } = await import(${JSON.stringify(module)});
      const network = await startLocalNetwork({ chains: 2 });
      process.stdout.write(network.config.hub.rpcUrls[0] + "\\n");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const rpcUrl = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (line) => resolve(String(line).trim()));
      child.once("close", () => reject(child.exitCode));
    });
    await connectChain({ ...getChain("local-hub"), rpcUrls: [rpcUrl] }, 1_000);
    child.kill("SIGKILL");
    await gone("local-hub", rpcUrl);
  });

  test("an anvil that does not start says what it said", async () => {
    const start = startAnvil({ definition: getChain("local-a"), mnemonic: "no mnemonic", accounts: 1 });
    await expect(start).rejects.toMatchObject({
      kind: "AnvilNotStarting",
      message: expect.stringMatching(/^anvil for local-a did not start: .*the word `no` is invalid/),
    });
  });

  test.each([1, 9, 2.5])("refuses %s chains", async (chains) => {
    await expect(startLocalNetwork({ chains })).rejects.toThrow(`found ${chains}, expected 2 to 8`);
  });
});
