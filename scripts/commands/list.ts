import type { Command } from "commander";
import type { Output } from "../output.ts";

/** A command of `./causeway`. Its module is loaded only when it is run. */
export interface CommandEntry {
  name: string;
  summary: string;
  load: () => Promise<(output: Output) => Command>;
}

/** In the order of `./causeway --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: "demo",
    summary: "deposit, trade, net and pay out across local chains, end to end",
    load: async () => (await import("./demo.ts")).demoCommand,
  },
  {
    name: "test",
    summary: "run the whole test suite, as CI does",
    load: async () => (await import("./test.ts")).testCommand,
  },
  {
    name: "devnet",
    summary: "local chains, contracts and relayer, until Ctrl-C",
    load: async () => (await import("./devnet.ts")).devnetCommand,
  },
  {
    name: "deposit",
    summary: "put tokens of one chain into an account",
    load: async () => (await import("./deposit.ts")).depositCommand,
  },
  {
    name: "mandate",
    summary: "let the hub lend credit on a chain, which trading there needs, or end it",
    load: async () => (await import("./mandate.ts")).mandateCommand,
  },
  {
    name: "trade",
    summary: "match two signed orders on a chain",
    load: async () => (await import("./trade.ts")).tradeCommand,
  },
  {
    name: "positions",
    summary: "all that an account has: positions, balances, margin, credit, withdrawals",
    load: async () => (await import("./positions.ts")).positionsCommand,
  },
  {
    name: "lend",
    summary: "lend an account's cash to those who owe losses, for interest, or have it back",
    load: async () => (await import("./lend.ts")).lendCommand,
  },
  {
    name: "withdraw",
    summary: "have an account paid on any chain",
    load: async () => (await import("./withdraw.ts")).withdrawCommand,
  },
  {
    name: "relayer",
    summary: "move the messages of a deployed network, until Ctrl-C",
    load: async () => (await import("./relayer.ts")).relayerCommand,
  },
  {
    name: "signer",
    summary: "sign prices and surfaces for a relayer, if they are near one's own",
    load: async () => (await import("./signer.ts")).signerCommand,
  },
  {
    name: "mutate",
    summary: "try whether the invariant campaign finds faults put into the contracts",
    load: async () => (await import("./mutate.ts")).mutateCommand,
  },
  {
    name: "fuzz",
    summary: "compare TypeScript with the contracts on random input, to the bit",
    load: async () => (await import("./fuzz.ts")).fuzzCommand,
  },
  {
    name: "margin",
    summary: "scenario margin of a portfolio file, netted and chain by chain",
    load: async () => (await import("./margin.ts")).marginCommand,
  },
  {
    name: "net",
    summary: "report what netting over chains saves on a file of trades",
    load: async () => (await import("./net.ts")).netCommand,
  },
  {
    name: "quote",
    summary: "price an option, with its greeks",
    load: async () => (await import("./quote.ts")).quoteCommand,
  },
  {
    name: "fit",
    summary: "fit volatility smiles to a chain of option quotes",
    load: async () => (await import("./fit.ts")).fitCommand,
  },
  {
    name: "deploy",
    summary: "put the contracts on the chains of a configuration file",
    load: async () => (await import("./deploy.ts")).deployCommand,
  },
  {
    name: "wire",
    summary: "connect what was deployed: peers, roles, tokens, markets",
    load: async () => (await import("./wire.ts")).wireCommand,
  },
  {
    name: "bench",
    summary: "measure gas and throughput, against targets and peers",
    load: async () => (await import("./bench.ts")).benchCommand,
  },
];
