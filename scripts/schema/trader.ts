import { z } from "zod";
import { count, decimal } from "./common.ts";
import { underlyingRequirement } from "./margin.ts";

const address = z.string().describe("address, with checksum");
const hash = z.string().describe("transaction hash");
const account = z.string().describe("account id, 32 bytes");
const chain = z.string().describe("chain by name");
const asset = z.string().describe("symbol, for example USDC");
const amount = decimal.describe("of the asset");
const usd = decimal.describe("dollars");
const time = count.describe("unix seconds");

/** Options of every command that acts on a network. */
const network = {
  folder: z.string().describe("the devnet's folder, unless --config is given"),
  config: z.string().optional().describe("configuration file of the network, JSON"),
};
const waiting = { timeout: count.describe("seconds that each wait may take") };
/** Options of every command that acts for somebody. */
const actor = {
  as: z.string().optional().describe("a devnet's account, by name"),
  keyFile: z.string().optional().describe("file with the private key"),
  home: z.string().optional().describe("chain on which the key's address is believed"),
  account: z.string().optional().describe("account, by a devnet's name or by id"),
};

export const depositInput = z.strictObject({ ...network, ...waiting, ...actor, chain, asset, amount });

export const depositResult = z.strictObject({
  account,
  chain,
  asset,
  amount,
  minted: amount.describe("test tokens made for it, on local chains only"),
  transaction: hash,
  balance: amount.describe("what the account has of the asset at the hub, once it is credited"),
});
export type DepositResult = z.infer<typeof depositResult>;

export const mandateInput = z.strictObject({
  ...network,
  ...waiting,
  ...actor,
  chain,
  credit: usd.describe("credit that may be outstanding on the chain at any time; 0 ends it"),
  venueLimit: usd.optional().describe("most that the venue may cost from now on; by default as credit"),
  venue: address.optional().describe("by default the chain's order venue"),
});

export const mandateResult = z.strictObject({
  account,
  chain,
  venue: address,
  creditUsd: usd,
  venueLimitUsd: usd.describe("cumulative, what the venue has cost so far included"),
  nonce: z.string().describe("of the mandate, a whole number"),
  transaction: hash,
  availableUsd: usd.describe("credit that can be used on the chain now"),
  outstandingUsd: usd.describe("credit that the hub holds back for the chain"),
});
export type MandateResult = z.infer<typeof mandateResult>;

export const tradeInput = z.strictObject({
  ...network,
  ...waiting,
  ...actor,
  chain,
  instrument: z
    .string()
    .describe("underlying of a perpetual, for example BTC, or an option, for example BTC-26DEC25-60000-C"),
  buy: decimal.optional().describe("size in units of the underlying; either this or sell"),
  sell: decimal.optional(),
  price: usd
    .optional()
    .describe(
      "limit of both orders; by default the chain's reference price, or what an option is worth at it",
    ),
  with: z.string().optional().describe("the other side, a devnet's account by name"),
  withKeyFile: z.string().optional(),
  withHome: z.string().optional(),
});

const side = z.strictObject({ account, chargedUsd: usd.describe("credit used") });

export const tradeResult = z.strictObject({
  chain,
  instrument: z.string(),
  size: decimal,
  price: usd,
  buyer: side,
  seller: side,
  feeEachUsd: usd,
  transaction: hash,
  nettedSeconds: z.number().describe("until the hub had netted both sides"),
});
export type TradeResult = z.infer<typeof tradeResult>;

/** What lending comes to. */
const lent = {
  lentUsd: usd.describe("what the account has lent, with interest"),
  owedUsd: usd.describe("what the account owes, with interest; its balance is less by so much"),
  idleUsd: usd.describe("what nobody has borrowed of what all lend"),
  borrowRate: decimal.describe("yearly, a ratio, since interest was charged last; 0 when that was just now"),
};

export const positionsInput = z.strictObject({
  ...network,
  account: z.string().describe("account, by a devnet's name or by id"),
});

export const positionsResult = z.strictObject({
  account,
  owner: address,
  home: chain,
  frozen: z.boolean().describe("whether it may trade nowhere"),
  perChain: z
    .array(
      z.strictObject({
        chain,
        instrument: z.string(),
        size: decimal.describe("signed, in units of the underlying"),
        quoteUsd: usd,
        netted: z.boolean().describe("whether the hub has it in this state"),
      }),
    )
    .describe("as the vaults record them"),
  net: z
    .array(
      z.strictObject({
        instrument: z.string(),
        size: decimal,
        markUsd: usd.nullable().describe("null while the margin engine knows none"),
        valueUsd: usd.nullable().describe("size · mark + quote: not yet settled into cash"),
      }),
    )
    .describe("as the hub nets them"),
  balances: z.array(
    z.strictObject({ asset, amount, underWay: amount.describe("deposited, not yet credited") }),
  ),
  lending: z.strictObject(lent).nullable().describe("null for an account that neither lends nor owes"),
  margin: z
    .strictObject({
      equityUsd: usd.describe("collateral after haircut for initial margin, and positions"),
      maintenanceEquityUsd: usd.describe("likewise for maintenance margin"),
      initialUsd: usd,
      maintenanceUsd: usd,
      outstandingUsd: usd.describe("credit held back for trades not yet netted"),
      closingUsd: usd.describe("credit held back for closing"),
      freeUsd: usd.describe("equity − initial − outstanding"),
      underlyings: z.array(underlyingRequirement).describe("what the requirement is made of"),
      crossCreditUsd: usd.describe("credit across underlyings, initial, before the floor"),
    })
    .describe("at the latest prices"),
  credit: z.array(
    z.strictObject({
      chain,
      mandateUsd: usd.describe("most that may be outstanding"),
      outstandingUsd: usd,
      availableUsd: usd.describe("usable on the chain now"),
      validUntil: time,
      venueAllowanceUsd: usd.describe("what the order venue may still cost"),
    }),
  ),
  closing: z
    .array(
      z.strictObject({
        chain,
        instrument: z.string(),
        side: z.enum(["buy", "sell"]),
        size: amount.describe("may be closed on the chain now"),
        creditUsd: usd.describe(
          "what closing may cost there: 0.5 %, fees, and prices worse than the reference",
        ),
        validUntil: time,
      }),
    )
    .describe("where closing needs no credit"),
  withdrawals: z
    .array(
      z.strictObject({
        requestId: z.string(),
        chain,
        asset,
        remaining: amount,
        deadline: time,
      }),
    )
    .describe("not yet decided, or not fully"),
  payouts: z
    .array(
      z.strictObject({
        payoutId: z.string(),
        chain,
        asset,
        amount,
        recipient: address,
        state: z.enum(["under way", "claim", "paid, not yet booked", "cancelled, not yet booked"]),
      }),
    )
    .describe("decided, and not yet known at the hub to be done"),
});
export type PositionsResult = z.infer<typeof positionsResult>;

export const lendInput = z.strictObject({
  ...network,
  ...waiting,
  ...actor,
  amount: usd.optional().describe("with back, all that is there without it"),
  back: z.boolean().optional().describe("have it back"),
  minimum: usd.optional().describe("with back: of less nothing is taken; what there is now without it"),
});

export const lendResult = z.strictObject({ account, ...lent, transaction: hash });
export type LendResult = z.infer<typeof lendResult>;

export const withdrawInput = z.strictObject({
  ...network,
  ...waiting,
  ...actor,
  chain: chain.describe("where to pay"),
  asset,
  amount,
  to: address.optional().describe("recipient; by default the owner's address"),
  minimum: amount.optional().describe("smallest part-payment that is welcome; by default all"),
});

export const withdrawResult = z.strictObject({
  account,
  chain,
  asset,
  recipient: address,
  requestId: z.string(),
  payoutId: z.string(),
  amount: amount.describe("paid"),
  remaining: amount.describe("still queued, until the request's deadline"),
  transactions: z.strictObject({ requested: hash, decided: hash, paid: hash }),
});
export type WithdrawResult = z.infer<typeof withdrawResult>;
