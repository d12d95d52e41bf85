import { getAddress } from "viem";
import { describe, expect, it } from "vitest";
import { accountId, parseAccountId } from "./accountId.ts";
import {
  isPerpetual,
  option,
  optionTerms,
  perpetual,
  underlyingId,
  underlyingOf,
  underlyingSymbol,
} from "./instrumentId.ts";
import { payoutId } from "./payoutId.ts";

const owner = getAddress("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");

describe("accountId", () => {
  it("is owner, home eid, sub-account", () => {
    const id = accountId(owner, 40_161, 7n);
    expect(id).toBe("0xf39fd6e51aad88f6f4ce6ab8827279cfffb9226600009ce10000000000000007");
    expect(parseAccountId(id)).toEqual({ owner, homeEid: 40_161, subAccount: 7n });
  });

  it("refuses what does not fit", () => {
    expect(() => accountId(owner, 2 ** 32)).toThrow(
      expect.objectContaining({ kind: "CodecValueOutOfRange" }),
    );
    expect(() => accountId(owner, 1, 2n ** 64n)).toThrow(
      expect.objectContaining({ kind: "CodecValueOutOfRange" }),
    );
  });
});

describe("instrumentId", () => {
  it("is kind and underlying", () => {
    const id = perpetual("BTC");
    expect(id).toBe(`0x01${"00".repeat(15)}425443${"00".repeat(13)}`);
    expect(underlyingOf(id)).toBe(underlyingId("BTC"));
    expect(underlyingSymbol(underlyingOf(id))).toBe("BTC");
    expect(isPerpetual(id)).toBe(true);
  });

  it.each([
    ["no underlying", `0x01${"00".repeat(31)}`],
    ["another kind", `0x02${"00".repeat(15)}425443${"00".repeat(13)}`],
    ["terms", `0x01${"00".repeat(14)}01425443${"00".repeat(13)}`],
  ] as const)("is no perpetual with %s", (_, id) => {
    expect(isPerpetual(id)).toBe(false);
  });

  it("is an option with right, expiry and strike", () => {
    const terms = {
      underlying: "BTC",
      expiry: 1_800_000_000,
      strike: 60_000n * 10n ** 8n,
      right: "put",
    } as const;
    const id = option(terms);
    expect(id).toBe(`0x0201006b49d2000000000574fbde6000425443${"00".repeat(13)}`);
    expect(underlyingOf(id)).toBe(underlyingId("BTC"));
    expect(isPerpetual(id)).toBe(false);
    expect(optionTerms(id)).toEqual(terms);
    expect(optionTerms(option({ ...terms, right: "call" }))).toEqual({ ...terms, right: "call" });
  });

  it.each(["", "SEVENTEEN-LETTERS", "B C", "₿"])("refuses the underlying %j", (symbol) => {
    expect(() => perpetual(symbol)).toThrow(expect.objectContaining({ kind: "UnderlyingInvalid" }));
  });
});

describe("payoutId", () => {
  const places = { hubEid: 1, hub: owner, dstEid: 2, vault: owner };
  const pay = {
    account: accountId(owner, 1),
    recipient: owner,
    asset: 1,
    amount: 5n,
    issuedAt: 9,
    nonce: 3n,
  };
  const id = payoutId(places, pay);

  it.each([
    ["hub", payoutId({ ...places, hubEid: 3 }, pay)],
    ["destination", payoutId({ ...places, dstEid: 3 }, pay)],
    ["amount", payoutId(places, { ...pay, amount: 6n })],
    ["nonce", payoutId(places, { ...pay, nonce: 4n })],
  ])("CLR-10: changes with the %s", (_, other) => {
    expect(other).not.toBe(id);
  });
});
