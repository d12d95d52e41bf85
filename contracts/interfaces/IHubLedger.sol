// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InterestCurve} from "../funding/UtilisationCurve.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {IFundingRates} from "./IFundingRates.sol";
import {IInstrumentRegistry} from "./IInstrumentRegistry.sol";
import {IMarginEngine} from "./IMarginEngine.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @notice What the hub keeps, tells and refuses: the structures, events and errors of `IClearingHub`.
interface IHubLedger {
    /// @param underlying price of one unit; zero for the settlement asset, which is the dollar of the ledger
    struct Asset {
        bytes16 underlying;
        uint16 haircutInitialBps;
        uint16 haircutMaintenanceBps;
        uint8 sharedDecimals;
        bool listed;
    }

    /// @notice The hub's ledger of one chain's tokens of one asset, shared units.
    struct Liquidity {
        uint128 total;
        uint128 reserved;
    }

    /// @notice An account's position in an instrument over all spokes and the hub.
    /// @dev As it is told; it is stored in one word, see `PackedPosition`.
    /// @param base 1e-8; `quote` 1e-6 dollar, including what settlement moved to or from cash, and funding up to its last accrual
    /// @param place in the account's list of instruments, from 1; zero if it is not on it, 255 if it is held but the list is full
    /// @param longs sum of the long pairs, 1e-8; `shorts` likewise
    struct NetPosition {
        int120 base;
        int120 quote;
        uint16 place;
        uint128 longs;
        uint128 shorts;
    }

    /// @notice Funding of a perpetual. Indices: dollars that a unit of base, long or short, has paid since the first day, 1e18.
    /// @param openLong Σ of the accounts that are long, 1e-8; `openShort` of those that are short
    /// @param kept what was paid and received by nobody, and lost by rounding, 1e-26 dollar: the insurance fund's
    /// @param accruedAt up to when it is charged
    /// @param travelWad how far the indices have moved in all
    /// @param baseBits pairs hold less than 2^baseBits
    struct FundingState {
        int256 longIndexWad;
        int256 shortIndexWad;
        uint256 openLong;
        uint256 openShort;
        uint256 kept;
        uint40 accruedAt;
        uint256 travelWad;
        uint8 baseBits;
    }

    /// @notice The lending pool, with interest up to now. Dollars are 1e-6.
    /// @param indexWad what a unit of debt has grown to since the pool opened, 1e18; zero: no curve was set, nobody lends
    /// @param rateWad yearly rate since the last accrual, 1e18; zero right after one
    /// @param lent what lenders are owed; `idle` what nobody has borrowed
    /// @param worth of all shares: idle and lent, without the reserve
    /// @param debtUnits Σ of all debts in units of the index
    /// @param reserve interest that is not the lenders': the insurance fund's
    /// @param accruedAt up to when interest is charged in what is stored
    struct LendingState {
        uint256 indexWad;
        uint256 rateWad;
        uint256 lent;
        uint256 idle;
        uint256 worth;
        uint256 shares;
        uint256 debtUnits;
        uint256 reserve;
        uint40 accruedAt;
        InterestCurve curve;
    }

    /// @param nonce of its last order
    struct Lender {
        uint128 shares;
        uint64 nonce;
    }

    /// @param amount of cash to lend, 1e-6 dollar; `nonce` the lender's last plus one
    struct SupplyOrder {
        AccountId account;
        uint128 amount;
        uint64 nonce;
        uint40 deadline;
    }

    /// @param minimum the least that is welcome, 1e-6 dollar: of less nothing is taken, and the order stays good
    /// @param nonce the lender's last plus one
    struct RedemptionOrder {
        AccountId account;
        uint128 shares;
        uint128 minimum;
        uint64 nonce;
        uint40 deadline;
    }

    /// @notice The credit of an account on a spoke, cents. Outstanding = `ceiling − usedApplied`.
    /// @param limit latest cumulative limit granted; never goes down
    /// @param ceiling what the spoke can at the most have let be used, as far as the hub can prove
    /// @param usedApplied Σ used of the pairs applied here
    /// @param usedSeen highest used total that a credit state told
    /// @param maxOutstanding from the mandate
    /// @param validUntil latest lease end ever sent, by the spoke's clock
    /// @param freezeSeen highest version of the account's freeze that the spoke told it obeys
    /// @param instrumentLimit how many instruments the spoke may ever have let be opened, the latest sent; never goes down
    /// @param instrumentsLeft how many of these no pair applied here has opened: the account's list keeps room for them
    struct CreditLine {
        uint64 limit;
        uint64 ceiling;
        uint64 usedApplied;
        uint64 usedSeen;
        uint64 maxOutstanding;
        uint64 mandateNonce;
        uint40 validUntil;
        uint32 version;
        uint32 freezeSeen;
        uint16 instrumentLimit;
        uint8 instrumentsLeft;
    }

    /// @notice How far an account may reduce its net position in an instrument on a spoke without opening credit. All was granted that
    /// was used or is unused; limits travel as their sums.
    /// @param unusedBuys what buying may at the most still have let be used, or use, as far as the hub can prove, 1e-8; `unusedSells`
    /// likewise; `unusedCredit` cents, of both sides. Counted in full in the account's requirement
    /// @param isBuy the side that the latest grant gives
    /// @param usedBuys total that the spoke told to be used in pairs that were applied, 1e-8; likewise the others
    /// @param validUntil latest lease end ever sent, by the spoke's clock
    /// @param turnedAt version since which every grant gives the side `isBuy`
    struct ClosingLine {
        uint88 unusedBuys;
        uint88 unusedSells;
        uint64 unusedCredit;
        bool isBuy;
        uint88 usedBuys;
        uint88 usedSells;
        uint40 validUntil;
        uint32 version;
        uint64 usedCredit;
        uint32 turnedAt;
    }

    struct OpenClosing {
        uint32 eid;
        InstrumentId instrument;
        ClosingLine line;
    }

    /// @notice What the hub knows of a spoke as a whole.
    /// @param leaseSeconds length of a lease: max(10 min, 2 × the lane's command latency) in production
    /// @param maxLagSeconds a spoke whose oldest unreported pair, or last settled digest, is older gets no new credit;
    /// also how long a divergence must last before it can pause the lane
    /// @param lastChainTime latest chain time reported
    /// @param lastSequence highest number received
    /// @param arrivedUpTo every number up to it has arrived, or lies before one at which both ends agreed; 2^64 − 1
    /// from an unpausing until they agree: it forgets which arrived
    /// @param paused by the guardian; `diverged`: by anyone's proof, until both ends agree again
    /// @param toldTime chain time of the report `lastSequence`; `oldestDirty` and `told` are of its heartbeat
    /// @param settledTime chain time of the latest report at which both ends agreed, at most the hub's own time then
    /// @param divergedSince chain time of the report that first showed that they disagree although nothing is missing; zero if they do not
    /// @param digest of everything that was applied
    struct Lane {
        uint32 leaseSeconds;
        uint40 lastChainTime;
        uint64 lastSequence;
        uint64 arrivedUpTo;
        bool listed;
        bool paused;
        bool diverged;
        uint40 toldTime;
        uint40 oldestDirty;
        uint40 settledTime;
        uint40 divergedSince;
        // In the slot of `settledTime`: a margin check reads both of every lane.
        uint32 maxLagSeconds;
        uint256 digest;
        uint256 told;
    }

    /// @notice Whether an account may not trade, on any spoke. `version` rises with every change.
    struct Freeze {
        bool frozen;
        uint32 version;
        uint64 nonce;
    }

    /// @notice The owner's permission to be lent credit on one spoke and to trade there through one venue.
    /// @param maxOutstanding cents that may be outstanding at any time, to open and to close together; lowering it stops renewals at once
    /// @param venueLimit cents, cumulative: the most that `venue` can ever cost the account (CLR-07)
    /// @param nonce must rise, per account and spoke
    struct Mandate {
        AccountId account;
        uint32 eid;
        uint64 maxOutstanding;
        address venue;
        uint64 venueLimit;
        uint64 nonce;
        uint40 deadline;
    }

    struct VenueAllowance {
        uint64 limit;
        uint64 version;
    }

    /// @param amount shared units; `minimum`: smallest part-payment that is welcome
    struct WithdrawalOrder {
        AccountId account;
        uint16 asset;
        uint64 amount;
        uint32 dstEid;
        address recipient;
        uint64 minimum;
        uint40 deadline;
        uint64 nonce;
    }

    enum WithdrawalState {
        None,
        Pending,
        Done
    }

    /// @param remaining not yet paid out, shared units
    /// @param signed by the owner: may pay any recipient; otherwise only registered ones
    /// @param srcEid where it was asked for if it is not signed, and `requester` by whom: they need the right still when it is decided
    struct WithdrawalRequest {
        AccountId account;
        uint16 asset;
        uint64 remaining;
        uint64 minimum;
        uint40 deadline;
        bool signed;
        WithdrawalState state;
        uint32 dstEid;
        address recipient;
        uint32 srcEid;
        address requester;
    }

    /// @param rank `PayoutId` rank told by the destination vault
    struct Payout {
        AccountId account;
        address recipient;
        uint16 asset;
        uint64 amount;
        uint64 nonce;
        uint40 issuedAt;
        uint32 dstEid;
        uint8 rank;
    }

    /// @notice What to send (again) to a spoke.
    struct CommandKeys {
        AccountId[] credits;
        VenueKey[] venues;
        bytes32[] payouts;
        bytes16[] prices;
        InstrumentId[] instruments;
        AccountId[] freezes;
        InstrumentId[] optionReferences;
        ClosingKey[] closings;
    }

    struct ClosingKey {
        AccountId account;
        InstrumentId instrument;
    }

    struct VenueKey {
        AccountId account;
        address venue;
    }

    /// @param equityInitialWad collateral at the lower edge of the oracle's confidence, after the initial haircut, and cash, both only as far as
    /// the chains that have the tokens were heard of (`Freshness`); dollars 1e18
    /// @param equityMaintenanceWad collateral at its price, after the maintenance haircut
    /// @param initialWad requirement, whatever part of the closing allowances is used; likewise `maintenanceWad`
    /// @param outstandingWad opening credit outstanding over all spokes
    /// @param closingWad credit of closing allowances that may still be used, over all spokes
    struct MarginState {
        int256 equityInitialWad;
        int256 equityMaintenanceWad;
        uint256 initialWad;
        uint256 maintenanceWad;
        uint256 outstandingWad;
        uint256 closingWad;
    }

    /// @notice What a worst-scenario certificate proves of an account, dollars 1e18 (`IMarginCertificates`).
    /// @param equityWad `MarginState.equityMaintenanceWad`
    /// @param bandWad by how much more positions may be worth within the oracle's confidence
    /// @param maintenanceWad at the most `MarginState.maintenanceWad`
    /// @param isBelow whether equity and band together are less: then the account is below maintenance, whatever the other scenarios say
    struct CertifiedMarginState {
        int256 equityWad;
        uint256 bandWad;
        uint256 maintenanceWad;
        bool isBelow;
    }

    event LaneListed(uint32 indexed eid, uint32 leaseSeconds, uint32 maxLagSeconds);
    /// @notice Nothing that adds risk on the lane any more; `eid` 0 is the whole hub. `diverged`: by anyone's proof.
    event LanePaused(uint32 indexed eid, bool diverged);
    event LaneUnpaused(uint32 indexed eid, bool diverged);
    /// @notice What a report ended with: what its vault tells of all it ever reported, and what the hub holds.
    event HeartbeatApplied(
        uint32 indexed eid, uint64 indexed sequence, uint32 dirtyPairs, uint40 oldestDirty, uint256 told, uint256 digest
    );
    /// @notice Both ends hold the same totals of deposits and pairs: those up to `sequence` are settled, whatever was lost or skipped.
    event LaneSettled(uint32 indexed eid, uint64 indexed sequence, uint40 chainTime);
    /// @notice Both ends differ although no report is missing: report all keys with names; if that does not help, the lane
    /// can be paused.
    event LaneDiverged(uint32 indexed eid, uint64 indexed sequence, uint256 told, uint256 digest);
    /// @notice A vault's own word on what it holds, shared units. For information only.
    event VaultBalanceTold(uint32 indexed eid, uint16 indexed asset, uint64 amount);
    event AssetListed(
        uint16 indexed asset,
        bytes16 underlying,
        uint16 haircutInitialBps,
        uint16 haircutMaintenanceBps,
        uint8 sharedDecimals
    );
    event InstrumentListed(InstrumentId indexed instrument, uint32 ratePpm, uint32 feePpm, uint88 maxBase, uint32 version);
    event InstrumentRegistrySet(IInstrumentRegistry registry);
    event FundingRatesSet(IFundingRates rates);
    event RiskModulesSet(IPriceOracle oracle, IMarginEngine marginEngine, uint32 maxPriceAge);

    event ReportApplied(uint32 indexed eid, uint64 indexed sequence, bytes32 indexed guid, uint40 chainTime);
    /// @notice A message that is no report of this version; nothing of it was applied.
    event ReportRejected(uint32 indexed eid, bytes32 indexed guid, bytes message);
    /// @notice One item of a report was skipped; sending its key again heals it. `reason` is ASCII.
    event ReportItemSkipped(uint32 indexed eid, bytes32 indexed guid, uint8 kind, bytes32 key, bytes32 reason);
    /// @notice An honest vault cannot have sent this: somebody should look at the lane.
    event LaneAlarm(uint32 indexed eid, bytes32 indexed guid, AccountId indexed account, bytes32 reason);
    event AccountNamed(uint32 indexed eid, uint32 indexed index, AccountId indexed account);
    event InstrumentNamed(uint32 indexed eid, uint16 indexed index, InstrumentId indexed instrument);
    event DepositCredited(uint32 indexed eid, AccountId indexed account, uint16 indexed asset, uint8 purpose, uint64 amount, uint64 total);
    /// @notice A vault told of an asset that is not listed here: counted in the digest, credited to nobody.
    event UnlistedDepositTold(
        uint32 indexed eid, AccountId indexed account, uint16 indexed asset, uint8 purpose, uint64 total
    );
    /// @param packed the pair, as `Pair.pack`: base (int88) ‖ quote (int88) ‖ used (uint48) ‖ version (uint32)
    event PositionNetted(uint32 indexed eid, AccountId indexed account, InstrumentId indexed instrument, uint256 packed);
    /// @notice A credit state told of more use, or released what was not used (`ceiling` fell).
    event CreditStateApplied(uint32 indexed eid, AccountId indexed account, uint64 ceiling, uint64 usedSeen);
    event MandateSet(
        AccountId indexed account, uint32 indexed eid, address indexed venue, uint64 maxOutstanding, uint64 venueLimit, uint64 nonce
    );
    event CreditGranted(
        AccountId indexed account,
        uint32 indexed eid,
        uint64 limit,
        uint40 validUntil,
        uint32 version,
        uint16 instrumentLimit
    );
    /// @notice Not renewed: re-granting would leave `requiredCents` outstanding, of which `allowedCents` is covered.
    event CreditRefused(AccountId indexed account, uint32 indexed eid, uint256 requiredCents, uint256 allowedCents);
    event ClosingGranted(
        AccountId indexed account, uint32 indexed eid, InstrumentId indexed instrument, ClosingLine line
    );
    /// @notice Not granted. `reason` is ASCII: `NoMandate`, `Frozen`, `Expiring`, `Flat`; `HeldAlready`: earlier grants, here and on other spokes, give
    /// as much as the net or more; `OpenedElsewhere`: who may not act for the account asks for more than was opened on the spoke, or to renew it;
    /// `TooMany` are open; `Mandate`: all the credit that it leaves, or more, may still be used; `Margin` does not cover it; `NotReducing`: it could
    /// raise the requirement by more than its credit.
    event ClosingRefused(
        AccountId indexed account, uint32 indexed eid, InstrumentId indexed instrument, bytes32 reason
    );
    /// @notice A spoke told of more use, or released what was not used.
    event ClosingStateApplied(
        uint32 indexed eid, AccountId indexed account, InstrumentId indexed instrument, ClosingLine line
    );
    /// @param amount 1e-6 dollar moved between position and cash: negative = paid into the pool
    event PositionSettled(AccountId indexed account, InstrumentId indexed instrument, int256 amount, uint256 markWad);
    /// @notice A position that was held off the account's list of instruments got a place there; or, `place` 0, one that is worth
    /// nothing, and stays so, left: the last on the list has its place then. A pair that arrives later puts it back.
    event InstrumentMoved(AccountId indexed account, InstrumentId indexed instrument, uint256 place);
    /// @notice `elapsed` seconds of a perpetual's funding were charged at an hourly rate; longs paid if it is positive. Indices and
    /// surplus as they are since.
    event FundingAccrued(
        InstrumentId indexed instrument,
        int256 rateWad,
        uint256 priceWad,
        uint256 elapsed,
        int256 longIndexWad,
        int256 shortIndexWad,
        uint256 surplus
    );
    event InterestCurveSet(InterestCurve curve);
    /// @notice Debts grew: `elapsed` seconds at a yearly rate. Index and reserve as they are since.
    event InterestAccrued(uint256 elapsed, uint256 rateWad, uint256 indexWad, uint256 reserve);
    /// @notice Lent into the account's cash, 1e-6 dollar, to pay a loss; `units` is its debt since, in units of the index.
    event CashLent(AccountId indexed account, uint256 amount, uint256 units);
    /// @notice Paid from the account's cash; `units` is what is left of its debt.
    event CashRepaid(AccountId indexed account, uint256 amount, uint256 units);
    event CashSupplied(AccountId indexed account, uint256 amount, uint256 shares, uint64 nonce);
    event CashRedeemed(AccountId indexed account, uint256 amount, uint256 shares, uint64 nonce);
    /// @param rights `WalletRights`
    event WalletRegistered(
        AccountId indexed account, uint32 indexed eid, address indexed wallet, uint8 rights, uint64 nonce
    );
    event FreezeSet(AccountId indexed account, bool frozen, uint32 version, uint64 nonce);
    /// @notice A spoke told that it obeys `version` of the account's freeze.
    event FreezeSeen(uint32 indexed eid, AccountId indexed account, uint32 version);
    event WithdrawalQueued(bytes32 indexed requestId, AccountId indexed account, WithdrawalRequest request);
    event WithdrawalExpired(bytes32 indexed requestId, uint64 remaining);
    event PayoutIssued(
        bytes32 indexed payoutId, bytes32 indexed requestId, AccountId indexed account, uint32 dstEid, CommandCodec.Pay pay
    );
    /// @notice The destination's vault told what became of a payout. Paid: `amount` left the chain's liquidity. Cancelled: it
    /// is the account's again.
    event PayoutResultApplied(bytes32 indexed payoutId, uint8 rank, AccountId indexed account, uint64 amount);

    error Hub_UnknownLane(uint32 eid);
    error Hub_UnknownAsset(uint16 asset);
    error Hub_UnknownInstrument(InstrumentId instrument);
    error Hub_UnknownKey(bytes32 key);
    error Hub_InvalidParameter(bytes32 what, uint256 found);
    /// @notice The margin engine has another oracle or registry (`what`) than the hub.
    error Hub_ForeignMarginEngine(bytes32 what, address found, address expected);
    error Hub_Expired(uint256 deadline, uint256 time);
    error Hub_NotAuthorized(AccountId account, address caller);
    error Hub_StaleNonce(uint64 found, uint64 lastUsed);
    /// @notice More than margin can be told for; settling those that are closed makes room.
    error Hub_TooManyInstruments(AccountId account, uint256 found, uint256 most);
    /// @notice An option has expired that the account may have closed on a spoke, which has told nothing since: what it gained or lost is not known.
    error Hub_ClosingUntold(AccountId account, uint32 eid, InstrumentId instrument);
    error Hub_InsufficientMargin(AccountId account, uint256 requiredWad, int256 availableWad);
    error Hub_InsufficientBalance(AccountId account, uint16 asset, uint256 required, int256 available);
    error Hub_InsufficientLiquidity(uint32 eid, uint16 asset, uint256 required, uint256 available);
    error Hub_RecipientNotRegistered(AccountId account, uint32 dstEid, address recipient);
    /// @param eid 0: the whole hub
    error Hub_Paused(uint32 eid);
    error Hub_LaneBehind(uint32 eid, uint256 ageSeconds, uint256 maxLagSeconds);
    error Hub_NotDiverged(uint32 eid);
    error Hub_AlreadyRequested(bytes32 requestId);
    error Hub_NotPending(bytes32 requestId);
    /// @notice Nothing funds this instrument: it is not listed, no perpetual, or there are no rates.
    error Hub_NoFunding(InstrumentId instrument);
    error Hub_AlreadyAccrued(InstrumentId instrument, uint256 time);
    /// @notice The indices would travel farther than stored quotes have room for. Positions stay as they are.
    error Hub_FundingExhausted(InstrumentId instrument, uint256 travelWad, uint256 limitWad);
    /// @notice No interest curve is set: nobody lends here.
    error Hub_NoLending();
    /// @notice Cash and collateral alone, without unrealised gains, would not cover what is owed.
    error Hub_LoanNotCovered(AccountId account, uint256 owed);
    error Hub_InsufficientShares(AccountId account, uint256 required, uint256 available);
    /// @notice More than is idle: debtors have the rest, until they repay.
    error Hub_LentOut(uint256 required, uint256 idle);
    /// @notice A redemption would pay less now than its order wants.
    error Hub_BelowMinimum(uint256 amount, uint256 minimum);
    error Hub_AccountsNotAscending(AccountId account);
}
