import { openLendingPool } from "../funding/lendingPool.ts";
import { add, entry, key } from "./entry.ts";
import type { HubEventTable } from "./events.ts";
import type { HubLedger, LedgerLender } from "./hubLedger.ts";

export const noLender = (): LedgerLender => ({ shares: 0n, nonce: 0n });

type Note<Name extends keyof HubEventTable> = (
  ledger: HubLedger,
  args: HubEventTable[Name],
  time: number,
) => void;

/** What the events of lending say of the ledger. */
export const noteLending: {
  [Name in
    | "InterestCurveSet"
    | "InterestAccrued"
    | "CashLent"
    | "CashRepaid"
    | "CashSupplied"
    | "CashRedeemed"]: Note<Name>;
} = {
  InterestCurveSet(ledger, { curve: told }, time) {
    const curve = {
      base: BigInt(told.base),
      toKink: BigInt(told.toKink),
      beyondKink: BigInt(told.beyondKink),
      kink: BigInt(told.kink),
      reserve: BigInt(told.reserve),
    };
    ledger.lending = { ...(ledger.lending ?? openLendingPool(curve, time)), curve, accruedAt: time };
  },
  InterestAccrued(ledger, { indexWad, reserve }, time) {
    Object.assign(ledger.lending!, { indexWad, reserve, accruedAt: time });
  },
  CashLent(ledger, { account, amount, units }, time) {
    moveCash(ledger, account, -amount, time);
    owe(ledger, account, units);
  },
  CashRepaid(ledger, { account, amount, units }, time) {
    moveCash(ledger, account, amount, time);
    owe(ledger, account, units);
  },
  CashSupplied(ledger, { account, amount, shares, nonce }, time) {
    moveCash(ledger, account, amount, time);
    moveShares(ledger, account, shares, nonce);
  },
  CashRedeemed(ledger, { account, amount, shares, nonce }, time) {
    moveCash(ledger, account, -amount, time);
    moveShares(ledger, account, -shares, nonce);
  },
};

/** From an account into the pool, which has accrued by then. */
function moveCash({ cash, lending }: HubLedger, account: string, amount: bigint, time: number): void {
  add(cash, key(account), -amount);
  lending!.idle += amount;
  lending!.accruedAt = time;
}

function owe({ debts, lending }: HubLedger, account: string, units: bigint): void {
  lending!.debt += units - (debts.get(key(account)) ?? 0n);
  debts.set(key(account), units);
}

function moveShares({ lenders, lending }: HubLedger, account: string, shares: bigint, nonce: bigint): void {
  lending!.shares += shares;
  const lender = entry(lenders, key(account), noLender);
  lender.shares += shares;
  lender.nonce = nonce;
}
