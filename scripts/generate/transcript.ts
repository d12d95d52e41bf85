import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CausewayRun, causeway, startCauseway } from "../../test/integration/support/causeway.ts";
import { type DevnetResult, devnetResult } from "../schema/devnet.ts";

/*
 * Writes docs/transcript.md: a trader's life, as the commands print it. Run by hand when they change; what differs from run
 * to run is put in angle brackets. `test/integration/trader.test.ts` holds what the transcript shows.
 */

const target = fileURLToPath(new URL("../../docs/transcript.md", import.meta.url));

/** What is said of commands, and the commands. */
const script: readonly (string | { run: string })[] = [
  "## Deposit",
  "Alice's home is the hub's chain, but she has dollars on `local-a`. A maker has some on `local-b`.",
  { run: "deposit --as alice --chain local-a --amount 10000" },
  { run: "deposit --as maker --chain local-b --amount 50000" },
  "## Trade",
  "On `local-b`, where Alice has deposited nothing. A trade is final at once because the hub has lent credit to both sides before; for that it needs a mandate, signed by the owner. Without one the command says so, and what to do:",
  { run: "trade --as alice --chain local-b --instrument BTC --buy 0.1 --price 60000 --with maker" },
  { run: "mandate --as alice --chain local-b --credit 3000" },
  { run: "mandate --as maker --chain local-b --credit 20000" },
  { run: "trade --as alice --chain local-b --instrument BTC --buy 0.1 --price 60000 --with maker" },
  "She sells a part on another chain, `local-a`:",
  { run: "mandate --as alice --chain local-a --credit 2000" },
  { run: "mandate --as maker --chain local-a --credit 2000" },
  { run: "trade --as alice --chain local-a --instrument BTC --sell 0.04 --price 60000 --with maker" },
  "## Options",
  "A devnet lists a call and a put at three strikes, a month away. Without `--price` the trade is at what the chain's vault knows the option to be worth; she insures her position with puts, buys them on one chain and sells a part on the other, as the position:",
  { run: "trade --as alice --chain local-b --instrument BTC-<expiry>-60000-P --buy 0.1 --with maker" },
  { run: "trade --as alice --chain local-a --instrument BTC-<expiry>-60000-P --sell 0.04 --with maker" },
  "## Positions",
  "Two positions on two chains are one at the hub, and margin is taken of that one:",
  { run: "positions --account alice" },
  "## Withdraw",
  "What is lent for trading backs trades that the hub may not know yet, so it cannot be paid out:",
  { run: "withdraw --as alice --chain local-b --amount 9000" },
  { run: "mandate --as alice --chain local-a --credit 0" },
  { run: "mandate --as alice --chain local-b --credit 0" },
  "Now it can, on `local-b`, where she never deposited:",
  { run: "withdraw --as alice --chain local-b --amount 9000" },
  "A chain pays only what its vault holds:",
  { run: "withdraw --as alice --chain local-hub --amount 100" },
];

async function record(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "causeway-transcript-"));
  const folder = join(root, "devnet");
  const running = startCauseway(["devnet", "--folder", folder]);
  try {
    await running.says("ready");
    const devnet = devnetResult.parse(JSON.parse(await readFile(join(folder, "devnet.json"), "utf8")));
    const parts: string[] = [];
    for (const step of script) {
      if (typeof step === "string") parts.push(step);
      else {
        const run = step.run.replace("<expiry>", expiryOf(devnet.markets));
        const result = await causeway([...run.split(" "), "--folder", folder]);
        parts.push(block(step.run, result, devnet));
      }
    }
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    const start = block("devnet", { code, stdout, stderr: stderr.slice(0, stderr.indexOf("ready")) }, devnet);
    return [...HEAD, start, ...parts].join("\n\n").concat("\n");
  } finally {
    running.child.kill("SIGKILL");
    await rm(root, { recursive: true });
  }
}

const HEAD = [
  "# Transcript: a trader's life by command line",
  "Recorded by `scripts/generate/transcript.ts` from a real run. `<hash>`, `<address>` and the like stand for what differs from run to run; each command takes `--json` too. See [traders.md](traders.md) for what it means.",
  "## Start a network",
  "In a terminal of its own, until Ctrl-C:",
];

/** A command and what it printed: first what it said meanwhile (stderr), then its result. */
function block(command: string, { code, stdout, stderr }: CausewayRun, devnet: DevnetResult): string {
  const said = `${stderr}${stdout}`.trimEnd();
  const end = code === 0 || code === 130 ? "" : `\n(exit code ${code})`;
  return `\`\`\`console\n$ ./causeway ${command}\n${normalise(said, devnet)}${end}\n\`\`\``;
}

/** Replaces what differs from run to run, and keys, public or not. */
function normalise(text: string, { accounts, folder, markets }: DevnetResult): string {
  const keys = new Set(accounts.map(({ privateKey }) => privateKey));
  const kept = new Set(accounts.flatMap(({ account, address }) => [account, address]));
  return (
    text
      .replaceAll(` --folder ${folder}`, "")
      .replaceAll(folder, ".causeway/devnet")
      .replace(/compiling the contracts.*\n/, "")
      .replaceAll(/0x[0-9a-fA-F]{64}/g, (hex) => (kept.has(hex) ? hex : keys.has(hex) ? "<key>" : "<hash>"))
      .replaceAll(expiryOf(markets), "<expiry>")
      // Columns of a table stay where they are.
      .replaceAll(/0x[0-9a-fA-F]{40}(?= {2})/g, (hex) =>
        kept.has(hex) ? hex : "<address>".padEnd(hex.length),
      )
      .replaceAll(/0x[0-9a-fA-F]{40}\b/g, (hex) => (kept.has(hex) ? hex : "<address>"))
      .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
      .replaceAll(/after [\d.]+ s/g, "after <seconds> s")
      .replaceAll(/\(\d+ transactions\)/g, "(<count> transactions)")
      .replaceAll(/ +$/gm, "")
  );
}

/** As in the names of the options that the devnet lists. */
function expiryOf(markets: DevnetResult["markets"]): string {
  return markets[0]!.options[0]!.split("-")[1]!;
}

if (import.meta.main) await writeFile(target, await record());
