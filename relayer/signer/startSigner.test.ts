import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { type Address, type Hex, parseSignature } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { remoteSigner } from "../../chains/remoteSigner.ts";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { WAD } from "../../clearing/math.ts";
import { encodeParameters, type Surface, surfaceYearsWad } from "../../clearing/oracle/surface.ts";
import type { SviSlice } from "../../clearing/pricing/sviSlice.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { signPriceBatch } from "../price/signPriceBatch.ts";
import { signSurface, surfaceTypedData } from "../price/signSurface.ts";
import type { QuotedSlice } from "../price/surfaceSource.ts";
import { type RunningSigner, type StartSignerParameters, startSigner } from "./startSigner.ts";

const NOW = 1_800_000_000;
const DAY = 86_400;
const ADDRESSES = {
  surfaceBook: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  signedPrices: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
  svi: "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0",
} as const satisfies Record<string, Address>;
/** Order of secp256k1. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const CHAIN_ID = 31_337;
const place = { chainId: CHAIN_ID, surfaceBook: ADDRESSES.surfaceBook };

const wad = (value: number) => BigInt(Math.round(value * 1e9)) * 10n ** 9n;
/** About 50 % at the money, of a year. */
const smile = (a: number): SviSlice => ({
  a: wad(a),
  b: wad(0.2),
  rho: wad(-0.2),
  m: 0n,
  sigma: wad(0.4),
  yearsWad: WAD,
});
const slice = (
  days: number,
  { a = 0.17, ...change }: Partial<QuotedSlice> & { a?: number } = {},
): QuotedSlice => ({
  expiry: NOW + days * DAY,
  forwardRatioWad: WAD,
  discountWad: WAD,
  parameters: { model: "svi", slice: smile(a) },
  ...change,
});
const own = [slice(10), slice(40)];

const keys = [1, 2, 3].map((number) => privateKeyToAccount(`0x${String(number).padStart(64, "0")}` as Hex));
function signerOf(key: PrivateKeyAccount): StartSignerParameters {
  return {
    key,
    chainId: CHAIN_ID,
    places: {
      surfaceBook: ADDRESSES.surfaceBook,
      signedPrices: ADDRESSES.signedPrices,
      models: { svi: ADDRESSES.svi, black76: ADDRESSES.svi, gramCharlier: ADDRESSES.svi },
    },
    prices: { latest: async () => new Map([[underlyingId("BTC"), 60_000n * WAD]]) },
    surfaces: { latest: async () => new Map([["BTC", own]]) },
    limits: {
      maxVolGapWad: wad(0.02),
      maxRatioGapWad: wad(0.01),
      maxPriceGapWad: wad(0.005),
      maxTimeGapSeconds: 60,
    },
    now: () => NOW,
    host: "127.0.0.1",
    port: 0,
    log: pino({ level: "silent" }),
  };
}

/** Two who know the same; the third is somebody else's key at the second's address. */
let running: RunningSigner[];
beforeAll(async () => {
  running = await Promise.all(keys.map((key) => startSigner(signerOf(key))));
});
afterAll(() => Promise.all(running.map((one) => one.stop())));

const remote = (at: number) => remoteSigner(running[at]!.url, keys[at]!.address);
const signers = () => ({ signers: [remote(0), remote(1)], quorum: 2 });

function surfaceOf(slices: readonly QuotedSlice[], change: Partial<Surface> = {}): Surface {
  const time = change.time ?? NOW;
  return {
    underlying: underlyingId("BTC"),
    model: ADDRESSES.svi,
    time,
    slices: slices.map(({ parameters, ...rest }) => ({
      ...rest,
      parameters: encodeParameters(parameters, surfaceYearsWad(time, rest.expiry)),
    })),
    ...change,
  };
}

async function reasonOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => expect.unreachable("it was signed"),
    (cause) => cause,
  );
  expect(error).toMatchObject({ kind: "QuorumMissing" });
  return error.details.reason;
}

test("a surface near their own is signed as local keys would sign it", async () => {
  const surface = surfaceOf([slice(10, { a: 0.172 }), slice(40, { forwardRatioWad: wad(1.005) })], {
    time: NOW - 30,
  });
  const local = { signers: keys.slice(0, 2), quorum: 2 };
  expect(await signSurface(place, surface, signers())).toBe(await signSurface(place, surface, local));
  // One that they do not have is removed.
  const gone = { expiry: NOW + 5 * DAY, forwardRatioWad: 0n, discountWad: 0n, parameters: "0x" as const };
  const removing = { ...surface, slices: [...surface.slices, gone] };
  expect(await signSurface(place, removing, signers())).toBe(await signSurface(place, removing, local));
});

test.each([
  ["far volatilities", surfaceOf([slice(10, { a: 0.25 })]), "is far from mine: volatility 0.5"],
  ["a far forward", surfaceOf([slice(10, { forwardRatioWad: wad(1.02) })]), "forwardRatioWad 1.02, mine 1"],
  ["a far discount", surfaceOf([slice(10, { discountWad: wad(0.98) })]), "discountWad 0.98, mine 1"],
  ["an unknown expiry", surfaceOf([slice(11)]), "I have no slice of"],
  ["no variance", surfaceOf([slice(10, { a: -0.2 })]), "has arbitrage: variance"],
  ["another model", surfaceOf([slice(10)], { model: ADDRESSES.surfaceBook }), "its model is"],
  ["an old time", surfaceOf([slice(10)], { time: NOW - 61 }), "its time is 61 s past"],
  ["a time to come", surfaceOf([slice(10)], { time: NOW + 6 }), "its time is 6 s ahead"],
  ["nothing at all", surfaceOf([]), "it has no slices"],
  [
    "another underlying",
    surfaceOf([slice(10)], { underlying: underlyingId("ETH") }),
    "I have no surface of ETH",
  ],
  ["an expiry twice", surfaceOf([slice(10), slice(10)]), "an expiry is there twice"],
])("refuses %s", async (_, surface, reason) => {
  expect(await reasonOf(signSurface(place, surface, signers()))).toContain(reason);
});

test("refuses less total variance at the later expiry, and parameters of another time", async () => {
  const { slices } = surfaceOf(own);
  const [near, late] = slices;
  // What the later one would be if it expired with the first.
  const short = { ...late!, parameters: near!.parameters };
  expect(
    await reasonOf(signSurface(place, { ...surfaceOf([]), slices: [near!, short] }, signers())),
  ).toContain("has not the parameters of SVI");
  const years = surfaceYearsWad(NOW, late!.expiry);
  const low = encodeParameters({ model: "svi", slice: { ...smile(0.17), yearsWad: 10n * WAD } }, years);
  const falling = { ...late!, parameters: low };
  expect(
    await reasonOf(signSurface(place, { ...surfaceOf([]), slices: [near!, falling] }, signers())),
  ).toContain("has arbitrage: calendar");
});

test("refuses to remove what they have", async () => {
  const [first] = surfaceOf(own).slices;
  const removing = surfaceOf([], { slices: [{ ...first!, parameters: "0x" }] });
  expect(await reasonOf(signSurface(place, removing, signers()))).toContain("it removes");
});

test("prices likewise", async () => {
  const oracle = { chainId: CHAIN_ID, oracle: ADDRESSES.signedPrices };
  const batch = (price: number, symbol = "BTC") => ({
    time: NOW,
    pricesWad: new Map([[underlyingId(symbol), BigInt(price) * WAD]]),
  });
  const local = { signers: keys.slice(0, 2), quorum: 2 };
  expect(await signPriceBatch(oracle, batch(60_299), signers())).toBe(
    await signPriceBatch(oracle, batch(60_299), local),
  );
  expect(await reasonOf(signPriceBatch(oracle, batch(60_301), signers()))).toContain("BTC at 60301 is far");
  expect(await reasonOf(signPriceBatch(oracle, batch(1, "ETH"), signers()))).toContain(
    "I have no price of ETH",
  );
});

test("a signature of another key is none, nor is what is not understood signed", async () => {
  const impostor = remoteSigner(running[2]!.url, keys[1]!.address);
  const set = { signers: [remote(0), impostor], quorum: 2 };
  expect(await reasonOf(signSurface(place, surfaceOf(own), set))).toContain("another one's signature");
  // Signed for another contract: the signer signs for its own.
  const elsewhere = { ...place, surfaceBook: ADDRESSES.signedPrices };
  expect(await reasonOf(signSurface(elsewhere, surfaceOf(own), signers()))).toContain(
    "another one's signature",
  );
  const ask = (init?: RequestInit) => fetch(running[0]!.url, init).then((answer) => answer.json());
  expect(await ask()).toEqual({ refused: "not a POST of at most a megabyte" });
  expect(await ask({ method: "POST", body: "{" })).toEqual({ refused: "not JSON" });
  const trades = JSON.stringify({ primaryType: "TradeBatch", message: {} });
  expect(await ask({ method: "POST", body: trades })).toMatchObject({ refused: /^not understood/ });
});

test.each([
  ["s above n/2", (s: bigint, v: number) => [N - s, v === 27 ? 28 : 27] as const],
  ["v below 27", (s: bigint, v: number) => [s, v - 27] as const],
])(
  "a signature with %s is none: the contracts would refuse it, and the others' with it",
  async (_, change) => {
    const surface = surfaceOf(own);
    const { r, s, v } = parseSignature(await keys[0]!.signTypedData(surfaceTypedData(place, surface)));
    const [otherS, otherV] = change(BigInt(s), Number(v));
    const signature = `${r}${otherS.toString(16).padStart(64, "0")}${otherV.toString(16).padStart(2, "0")}`;
    const server = createServer((_request, response) => response.end(JSON.stringify({ signature })));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const { port } = server.address() as AddressInfo;
      const odd = remoteSigner(`http://127.0.0.1:${port}`, keys[0]!.address);
      expect(await reasonOf(signSurface(place, surface, { signers: [odd, remote(1)], quorum: 2 }))).toContain(
        "in a form that the contracts refuse",
      );
    } finally {
      server.close();
    }
  },
);

test("two of three are enough, and the third is named", async () => {
  const away = remoteSigner("http://127.0.0.1:1", privateKeyToAccount(`0x${"4".repeat(64)}`).address);
  const surface = surfaceOf(own);
  const named = Promise.withResolvers<Address>();
  const set = { signers: [remote(0), away, remote(1)], quorum: 2, onMissing: named.resolve };
  expect(await signSurface(place, surface, set)).toBe(await signSurface(place, surface, signers()));
  expect(await named.promise).toBe(away.address);
});

test("one of three that hangs delays nobody, and is named when it has failed", async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => asked.resolve(response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const { port } = server.address() as AddressInfo;
    const hanging = remoteSigner(`http://127.0.0.1:${port}`, keys[2]!.address);
    const surface = surfaceOf(own);
    const named = Promise.withResolvers<Address>();
    const onMissing = vi.fn(named.resolve);
    const set = { signers: [remote(0), hanging, remote(1)], quorum: 2, onMissing };
    expect(await signSurface(place, surface, set)).toBe(await signSurface(place, surface, signers()));
    expect(onMissing).not.toHaveBeenCalled();
    (await asked.promise).writeHead(422).end(JSON.stringify({ refused: "too late" }));
    expect(await named.promise).toBe(hanging.address);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("nothing is signed by what cannot be used, and the reason is told", async () => {
  const details = { what: "prices", reason: "301 s old, at most 300 s" };
  const latest = async () => {
    throw new CausewayError("SignerFileUnusable", { details });
  };
  const old = await startSigner({ ...signerOf(keys[0]!), prices: { latest } });
  try {
    const set = { signers: [remoteSigner(old.url, keys[0]!.address), remote(1)], quorum: 2 };
    const batch = { time: NOW, pricesWad: new Map([[underlyingId("BTC"), 60_000n * WAD]]) };
    const oracle = { chainId: CHAIN_ID, oracle: ADDRESSES.signedPrices };
    expect(await reasonOf(signPriceBatch(oracle, batch, set))).toContain(
      "My prices cannot be used: 301 s old, at most 300 s",
    );
  } finally {
    await old.stop();
  }
});
