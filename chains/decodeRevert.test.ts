import { encodeErrorResult, parseAbi, RawContractError, RpcRequestError } from "viem";
import { expect, test } from "vitest";
import { decodeRevert, revertDataOf } from "./decodeRevert.ts";

const abi = parseAbi(["error Hub_InsufficientMargin(bytes32 account, uint256 required)", "error Plain()"]);

test("decodes a custom error with its arguments", () => {
  const data = encodeErrorResult({
    abi,
    errorName: "Hub_InsufficientMargin",
    args: [`0x${"0a".repeat(32)}`, 5n],
  });
  expect(decodeRevert(data, abi)).toMatchObject({
    name: "Hub_InsufficientMargin",
    text: `Hub_InsufficientMargin(0x${"0a".repeat(32)}, 5)`,
  });
});

test("tells apart no data, an unknown error, and Solidity's own", () => {
  expect(decodeRevert("0x", abi).name).toBe("empty");
  expect(decodeRevert("0xdeadbeef", abi).name).toBe("unknown");
  const text = encodeErrorResult({
    abi: parseAbi(["error Error(string)"]),
    errorName: "Error",
    args: ["no"],
  });
  expect(decodeRevert(text, abi)).toMatchObject({ name: "Error", text: "Error(no)" });
});

test("finds revert data in what viem throws, and none where nothing reverted", () => {
  const raw = (code: number, data?: string) =>
    new RpcRequestError({
      body: {},
      url: "http://node",
      error: { code, message: "execution reverted", data } as never,
    });
  expect(revertDataOf(raw(3, "0xdeadbeef"))).toBe("0xdeadbeef");
  expect(revertDataOf(new RawContractError({ data: "0x1234" }))).toBe("0x1234");
  expect(revertDataOf(raw(3))).toBe("0x");
  expect(revertDataOf(raw(-32_005))).toBeUndefined();
  expect(revertDataOf(new Error("fetch failed"))).toBeUndefined();
});
