import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Address,
  createTestClient,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  http,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { connectChain } from "../../chains/clients.ts";
import type { ConfigFile } from "../../chains/config.ts";
import { getChain } from "../../chains/definitions/index.ts";
import { createChainWriter } from "../../chains/deploy/chainWriter.ts";
import { buildContracts } from "../../scripts/build.ts";
import { run as runCommand } from "../../scripts/cli.ts";
import { createOutput } from "../../scripts/output.ts";
import { failure } from "../../scripts/schema/common.ts";
import { type DevnetResult, devnetResult } from "../../scripts/schema/devnet.ts";
import {
  depositResult,
  lendResult,
  mandateResult,
  type PositionsResult,
  positionsResult,
  tradeResult,
  withdrawResult,
} from "../../scripts/schema/trader.ts";
import { type CausewayRun, causeway, type RunningCauseway, startCauseway } from "./support/causeway.ts";

/*
 * A trader's life by command line, each command in a process of its own, against one devnet.
 */

/** `positions` is asked so often, a second or so each, until it shows what is on its way. */
const LOOKS = 40;

let root: string;
let folder: string;
let running: RunningCauseway;
let devnet: DevnetResult;

beforeAll(async () => {
  // Once, rather than in each process of its own.
  await buildContracts(() => undefined);
  root = await mkdtemp(join(tmpdir(), "causeway-trader-"));
  folder = join(root, "devnet");
  running = startCauseway(["devnet", "--chains", "3", "--folder", folder, "--json"]);
  await running.says("ready");
  devnet = devnetResult.parse(JSON.parse(await readFile(join(folder, "devnet.json"), "utf8")));
});
afterAll(async () => {
  running?.child.kill("SIGTERM");
  await running?.ended;
  await rm(root, { recursive: true });
});

/** Runs a command against the devnet; what it printed, if it succeeded. */
async function run(line: string): Promise<unknown> {
  const { code, stdout, stderr } = await act(line);
  expect({ line, code, stdout, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

/** Runs a command against the devnet that must fail; its error. */
async function refused(line: string, exitCode = 2) {
  const { code, stdout, stderr } = await act(line);
  expect({ line, code, stderr }).toMatchObject({ code: exitCode });
  expectNoKey(stdout + stderr);
  return failure.parse(JSON.parse(stdout)).error;
}

function act(line: string): Promise<CausewayRun> {
  return causeway([...line.split(" "), "--folder", folder, "--json"]);
}

async function positionsOf(account: string): Promise<PositionsResult> {
  return positionsResult.parse(await run(`positions --account ${account}`));
}

/** What `positions` shows once it `fits`. */
async function positionsOnce(
  account: string,
  fits: (found: PositionsResult) => boolean,
): Promise<PositionsResult> {
  for (let look = 1; ; look += 1) {
    const found = await positionsOf(account);
    if (fits(found) || look === LOOKS) return found;
  }
}

/** The command in backquotes that a hint names. */
function commandsIn(hint: string): string[] {
  return [...hint.matchAll(/`\.\/causeway ([^`]+)`/g)].map(([, command]) => command!);
}

function expectNoKey(text: string): void {
  for (const { privateKey } of devnet.accounts) expect(text).not.toContain(privateKey.slice(2));
}

async function tokensOf(chain: string, symbol: string, owner: string): Promise<bigint> {
  const { rpcUrl, tokens } = devnet.chains.find(({ name }) => name === chain)!;
  const client = await connectChain({ ...getChain(chain), rpcUrls: [rpcUrl] }, 5_000);
  return client.readContract({
    address: tokens[symbol] as Address,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [owner as Address],
  });
}

/** Sends a call of the hub's with a key of its own. */
async function callHub(
  privateKey: string,
  call: Pick<EncodeFunctionDataParameters<typeof clearingHubAbi>, "functionName" | "args">,
): Promise<void> {
  const [{ name, rpcUrl, hub }] = devnet.chains as [DevnetResult["chains"][number]];
  const client = await connectChain({ ...getChain(name), rpcUrls: [rpcUrl] }, 5_000);
  const account = privateKeyToAccount(privateKey as Hex);
  const writer = createChainWriter({
    chain: name,
    client,
    account,
    timeoutMs: 30_000,
    errorAbi: clearingHubAbi,
  });
  const data = encodeFunctionData({ abi: clearingHubAbi, ...call } as EncodeFunctionDataParameters);
  await writer.send([{ what: call.functionName!, to: hub!.clearingHub as Address, data }]);
}

/** Lets seconds pass on all chains at once. */
async function passTime(seconds: number): Promise<void> {
  await Promise.all(
    devnet.chains.map(async ({ rpcUrl }) => {
      const anvil = createTestClient({ mode: "anvil", transport: http(rpcUrl) });
      await anvil.increaseTime({ seconds });
      await anvil.mine({ blocks: 1 });
    }),
  );
}

const accountNamed = (name: string) => devnet.accounts.find((account) => account.name === name)!;

describe("a trader", () => {
  test("deposits on one chain, and the hub credits it", async () => {
    const alice = depositResult.parse(await run("deposit --as alice --chain local-a --amount 10000"));
    expect(alice).toMatchObject({
      account: accountNamed("alice").account,
      minted: "10000",
      balance: "10000",
    });
    const maker = depositResult.parse(await run("deposit --as maker --chain local-b --amount 50000"));
    expect(maker.balance).toBe("50000");
    const { balances, margin } = await positionsOf("alice");
    expect(balances).toEqual([{ asset: "USDC", amount: "10000", underWay: "0" }]);
    expect(margin).toMatchObject({ equityUsd: "10000", initialUsd: "0", freeUsd: "10000" });
  });

  test("is told what trading needs, does it, and trades on two chains, netted into one position", async () => {
    const trades = [
      "trade --as alice --chain local-b --instrument BTC --buy 0.1 --price 60000 --with maker",
      "trade --as alice --chain local-a --instrument BTC --sell 0.04 --price 60000 --with maker",
    ];
    for (const line of trades) {
      // First it lacks alice's mandate, then maker's; each hint's command is done as it stands.
      for (const who of ["alice", "maker"]) {
        const { code, message, hint } = await refused(line);
        expect({ code, message }).toEqual({
          code: 5028,
          message: expect.stringContaining(`${who} cannot trade`),
        });
        const [command] = commandsIn(hint);
        expect(command).toMatch(new RegExp(`^mandate --as ${who} `));
        const mandate = mandateResult.parse(await run(command!));
        expect(Number(mandate.availableUsd)).toBeGreaterThan(0);
      }
      const result = tradeResult.parse(await run(line));
      expect(result).toMatchObject({ instrument: "BTC", price: "60000" });
    }

    const { perChain, net, margin } = await positionsOf("alice");
    // Quote: 0.1 · 60000 and 0.02 % of it as fee; 0.04 · 60000 less 0.02 %.
    expect(perChain).toEqual([
      { chain: "local-a", instrument: "BTC", size: "-0.04", quoteUsd: "2399.52", netted: true },
      { chain: "local-b", instrument: "BTC", size: "0.1", quoteUsd: "-6001.2", netted: true },
    ]);
    expect(net).toMatchObject([{ instrument: "BTC", size: "0.06", markUsd: "60000" }]);
    // 15 % of the netted 0.06 · 60000, and 0.5 % of the 0.04 · 60000 that offset each other on two chains; on top 0.2 % for the oracle's
    // confidence of 0.1 %, and less than 0.15 % for what the price may have moved in at most 90 seconds.
    expect(Number(margin.initialUsd)).toBeGreaterThanOrEqual(552 + 7.2);
    expect(Number(margin.initialUsd)).toBeLessThan(552 + 7.2 + 5.4);
    // The same in its parts, as of a moment before.
    expect(margin).toMatchObject({
      underlyings: [{ underlying: "BTC", scan: "540", venue: "12", shortOptionMinimum: "0", ramp: "0" }],
      crossCreditUsd: "0",
    });
    const [{ requirement, oracle }] = margin.underlyings as [(typeof margin.underlyings)[number]];
    expect(Number(requirement)).toBeCloseTo(552 + Number(oracle), 6);
    expect(Math.abs(Number(requirement) - Number(margin.initialUsd))).toBeLessThan(5.4);
    expect((await positionsOf("maker")).net).toMatchObject([{ size: "-0.06" }]);
  });

  test("sees the price move when prices.json is edited", async () => {
    await writeFile(devnet.prices, '{"BTC": "61000", "ETH": "3000"}');
    const { net, margin } = await positionsOnce("alice", (found) => found.net[0]?.markUsd === "61000");
    expect(net[0]).toMatchObject({ size: "0.06", markUsd: "61000" });
    // 10000 − 1.68 of fees + 0.06 · 1000: whether settled into cash by now or not.
    expect(margin.equityUsd).toBe("10058.32");
  });

  test("lends dollars that its margin spares, and has them back", async () => {
    const lent = lendResult.parse(await run("lend --as alice --amount 500"));
    expect(lent).toMatchObject({ lentUsd: "500", owedUsd: "0", idleUsd: "500" });
    const { lending, margin } = await positionsOnce("alice", (found) => found.lending !== null);
    expect(lending).toMatchObject({ lentUsd: "500" });
    expect(margin.equityUsd).toBe("9558.32");
    expect((await refused("lend --as alice --amount 9500")).message).toMatch(
      /^alice cannot lend 9500 USD: [0-9.]+ USD of its cash are free/,
    );
    expect((await refused("lend --as bob --back")).message).toMatch(/^bob cannot have anything back/);
    expect((await refused("lend --as alice --back --minimum 501", 1)).message).toMatch(/Hub_BelowMinimum/);
    expect(lendResult.parse(await run("lend --as alice --back"))).toMatchObject({
      lentUsd: "0",
      idleUsd: "0",
    });
  });

  test("is refused more than its margin frees, ends the credit as told, and is paid where it never deposited", async () => {
    const tooMuch = await refused("withdraw --as alice --chain local-b --amount 9000");
    expect(tooMuch).toMatchObject({
      code: 5029,
      message: expect.stringMatching(/^alice cannot be paid 9000 USDC: .* USD free of/),
    });
    const commands = commandsIn(tooMuch.hint);
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(mandateResult.parse(await run(command)).outstandingUsd).toBe("0");

    const { address } = accountNamed("alice");
    expect(await tokensOf("local-b", "USDC", address)).toBe(0n);
    const paid = withdrawResult.parse(await run("withdraw --as alice --chain local-b --amount 9000"));
    expect(paid).toMatchObject({ amount: "9000", remaining: "0", recipient: address });
    const { decimals } = getChain("local-b").tokens.find(({ symbol }) => symbol === "USDC")!;
    expect(await tokensOf("local-b", "USDC", address)).toBe(9_000n * 10n ** BigInt(decimals));

    const after = await positionsOnce("alice", ({ payouts }) => payouts.length === 0);
    expect(after.payouts).toEqual([]);
    expect(after.withdrawals).toEqual([]);
    expect(after.margin.equityUsd).toBe("1058.32");
    expect(after.credit.every(({ outstandingUsd }) => outstandingUsd === "0")).toBe(true);
  });

  test("trades an option by its name, at what the chain knows it to be worth, and sees its mark", async () => {
    const [put] = devnet.markets[0]!.options.filter((name) => /^BTC-[0-9A-Z]+-60000-P$/.test(name));
    await run("deposit --as bob --chain local-a --amount 1000");
    const line = `trade --as bob --chain local-b --instrument ${put} --buy 0.01 --with maker`;
    // Each side may lack a mandate.
    let answer = await act(line);
    for (let sides = 2; answer.code !== 0 && sides > 0; sides -= 1) {
      const { code, hint } = failure.parse(JSON.parse(answer.stdout)).error;
      expect(code).toBe(5028);
      await run(commandsIn(hint)[0]!);
      answer = await act(line);
    }
    const { instrument, price, buyer } = tradeResult.parse(JSON.parse(answer.stdout));
    expect(instrument).toBe(put);
    // A month at the money at about 53 %, the spot at 61,000.
    expect(Number(price)).toBeGreaterThan(2_000);
    expect(Number(price)).toBeLessThan(5_000);
    expect(Number(buyer.chargedUsd)).toBeGreaterThan(0);
    const { net } = await positionsOf("bob");
    const held = net.find((one) => one.instrument === put)!;
    expect(held.size).toBe("0.01");
    expect(Math.abs(Number(held.markUsd) - Number(price))).toBeLessThan(10);
  });

  test("may use any key file and any configuration, without the operators' keys", async () => {
    const config = JSON.parse(await readFile(devnet.config, "utf8"));
    const nowhere = { env: "NOBODY_HAS_THIS" };
    config.keys = { ...config.keys, deployer: nowhere, relayer: nowhere, dvnSigners: [nowhere, nowhere] };
    config.deployments = join(folder, "deployments");
    const [file, keyFile] = [join(root, "public.json"), join(root, "bob.key")];
    await writeFile(file, JSON.stringify(config));
    await writeFile(keyFile, accountNamed("bob").privateKey);
    const who = ["--config", file, "--home", "local-a", "--json"];
    const deposit = ["deposit", "--chain", "local-hub", "--amount", "1.5", "--asset", "WETH"];
    const byFile = await causeway([...deposit, "--key-file", keyFile, ...who]);
    const byVariable = await causeway([...deposit, ...who], { CAUSEWAY_KEY: accountNamed("bob").privateKey });
    const balances = [byFile, byVariable].map(
      ({ stdout }) => depositResult.parse(JSON.parse(stdout)).balance,
    );
    expect(balances).toEqual(["1.5", "3"]);
    for (const { stdout, stderr } of [byFile, byVariable]) expectNoKey(stdout + stderr);
  });

  test("is told of a freeze and of a pause, which stop it (CLR-18)", async () => {
    const { privateKey, account } = accountNamed("alice");
    const setFreeze = (frozen: boolean, nonce: bigint) =>
      callHub(privateKey, { functionName: "setFreeze", args: [account as Hex, frozen, nonce, "0x"] });
    await setFreeze(true, 1n);
    expect((await positionsOf("alice")).frozen).toBe(true);
    const line = "trade --as alice --chain local-b --instrument BTC --buy 0.01 --with maker";
    expect(await refused(line)).toMatchObject({ code: 5028, message: expect.stringContaining("frozen") });
    await setFreeze(false, 2n);

    const config: ConfigFile = JSON.parse(await readFile(devnet.config, "utf8"));
    const { privateKey: guardian } = config.keys.deployer as { privateKey: string };
    const { eid } = getChain("local-b");
    await callHub(guardian, { functionName: "pauseLane", args: [eid] });
    expect(await refused("withdraw --as alice --chain local-b --amount 1", 1)).toMatchObject({
      code: 5033,
      message: "Nothing is paid on local-b: the guardian has paused the lane of local-b.",
    });
    await callHub(guardian, { functionName: "unpauseLane", args: [eid] });
    expect(withdrawResult.parse(await run("withdraw --as alice --chain local-b --amount 1")).amount).toBe(
      "1",
    );
  });

  test("gets credit at once on a chain that was silent for longer than its lag", async () => {
    // All clocks alike: `carol` has no mandate anywhere yet, and nobody a live one on local-hub.
    await run("deposit --as carol --chain local-b --amount 1000");
    await passTime(2 * getChain("local-hub").maxLagSeconds);
    const line = "mandate --as carol --chain local-hub --credit 100 --timeout 25";
    expect(mandateResult.parse(await run(line)).availableUsd).toBe("100");
  });
});

/** As `refused`, without a process of its own: what is refused here is refused before anything is started. */
async function refusedHere(line: string) {
  const written: string[] = [];
  const output = createOutput({ json: true, stdout: (text) => written.push(text), stderr: () => undefined });
  await runCommand([...line.split(" "), "--folder", folder, "--json"], output);
  expect({ line, exitCode: output.exitCode }).toMatchObject({ exitCode: 2 });
  expectNoKey(written.join(""));
  return failure.parse(JSON.parse(written.join(""))).error;
}

describe("bad input ends with code 2 and says what to do", () => {
  test.each([
    [
      "deposit --as alice --chain mars --amount 1",
      2001,
      "Unknown chain mars: expected one of local-hub, local-a, local-b.",
    ],
    [
      "deposit --as alice --chain local-a --amount 1 --asset DOGE",
      1007,
      "Unknown asset DOGE: expected one of USDC",
    ],
    [
      "deposit --as alice --chain local-a --amount 0.0000001",
      5001,
      "--amount: found 0.0000001, expected a positive decimal",
    ],
    [
      "deposit --as nobody --chain local-a --amount 1",
      5025,
      "Unknown account nobody: expected one of alice, bob",
    ],
    ["deposit --as alice --amount 1", 5001, "required option '--chain <chain>' not given"],
    ["deposit --chain local-a --amount 1", 5001, "no key: give --as <name>"],
    ["withdraw --as bob --account alice --chain local-a --amount 1", 5026, "The key given is 0x"],
    [
      "withdraw --as alice --chain local-hub --amount 100",
      5030,
      "local-hub has 0 USDC free to pay out, 100 are asked for.",
    ],
    [
      "trade --as alice --chain local-a --instrument DOGE --buy 1 --with maker",
      5032,
      "There is no market DOGE: expected one of BTC, ETH, an option such as BTC-",
    ],
    [
      "trade --as alice --chain local-a --instrument BTC --buy 1 --with alice",
      5001,
      "an account cannot trade with itself",
    ],
    [
      "trade --as alice --chain local-a --instrument BTC --buy 1 --sell 1 --with maker",
      5001,
      "exactly one of '--buy <size>' and '--sell <size>'",
    ],
    ["mandate --as alice --chain local-a --credit -1", 5001, "--credit: found -1"],
    ["positions --account 0x1234", 5025, "Unknown account 0x1234"],
  ])("%s", async (line, code, message) => {
    const error = await refusedHere(line);
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
    expect(error.hint).not.toBe("");
  });

  test("no devnet in the folder", async () => {
    const empty = join(root, "none");
    const { code, stdout } = await causeway(["positions", "--account", "alice", "--folder", empty, "--json"]);
    expect(code).toBe(2);
    expect(failure.parse(JSON.parse(stdout)).error).toMatchObject({
      code: 5022,
      hint: expect.stringContaining("`./causeway devnet`"),
    });
    expect(existsSync(empty)).toBe(false);
  });
});

describe("./causeway devnet", () => {
  test("starts neither twice in a folder nor among other files", async () => {
    const twice = await causeway(["devnet", "--folder", folder, "--json"]);
    expect(twice.code).toBe(2);
    expect(failure.parse(JSON.parse(twice.stdout)).error).toMatchObject({
      code: 5020,
      details: { pid: devnet.pid },
    });
    const taken = join(root, "taken");
    await mkdir(taken);
    await writeFile(join(taken, "thesis.tex"), "");
    const among = await causeway(["devnet", "--folder", taken, "--json"]);
    expect(among.code).toBe(2);
    expect(failure.parse(JSON.parse(among.stdout)).error.code).toBe(5021);
    expect(await readdir(taken)).toEqual(["thesis.tex"]);
  });

  test("clears up after one that was killed, and is gone after SIGINT", async () => {
    const other = join(root, "other");
    const killed = startCauseway(["devnet", "--chains", "2", "--folder", other]);
    await killed.says("starting 2 local chains");
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(existsSync(join(other, "pid"))).toBe(true);
    const next = startCauseway(["devnet", "--chains", "2", "--folder", other, "--json"]);
    await next.says("Causeway deployed");
    next.child.kill("SIGINT");
    const { code, stdout } = await next.ended;
    expect(code).toBe(130);
    expect(failure.parse(JSON.parse(stdout)).error).toMatchObject({
      code: 5012,
      details: { signal: "SIGINT" },
    });
    expect(existsSync(other)).toBe(false);
  });

  test("printed one object, and is gone after SIGTERM: chains, relayer, folder", async () => {
    running.child.kill("SIGTERM");
    const { code, stdout } = await running.ended;
    expect(code).toBe(143);
    expect(devnetResult.parse(JSON.parse(stdout))).toEqual(devnet);
    expect(existsSync(folder)).toBe(false);
    for (const { name, rpcUrl } of devnet.chains)
      await expect(connectChain({ ...getChain(name), rpcUrls: [rpcUrl] }, 1_000)).rejects.toMatchObject({
        kind: "RpcUnreachable",
      });
    expect((await refused("positions --account alice")).code).toBe(5022);
  });
});
