// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {MessagingFee} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";

/// @title One chain's vault: holds tokens, keeps a double-entry record of the trades on its chain, reports to
/// the hub, obeys the hub
/// @dev Assumptions under which it is safe:
/// - listed tokens do not rebase and do not exceed 2^64 shared units in all; fees on transfer are fine (what
///   arrives is credited);
/// - venues are untrusted: an account loses to a venue at most the allowance that its owner signed (CLR-07);
/// - commands come from the hub only (`Origin` and peer are checked by the OApp); they are applied by version,
///   so applied twice, late or out of order they change nothing (CLR-03);
/// - final at once are only trades inside credit that the hub has set aside (CLR-06).
interface ISpokeVault {
    /// @param token ERC-20 on this chain
    /// @param scale token units in one shared unit: 10^(decimals − shared decimals)
    /// @param suspended by the guardian: no deposits; payouts and claims go on
    struct Token {
        address token;
        uint64 scale;
        bool suspended;
    }

    /// @notice Whether the hub lets an account trade here. `version` rises with every change.
    struct Freeze {
        bool frozen;
        uint32 version;
    }

    /// @param limit cents, cumulative; `used` is charged against it
    /// @param validUntil unix seconds by this chain's clock: from then on no trade
    /// @param instrumentLimit how many instruments may be opened, cumulative; `instruments` were
    struct Credit {
        uint64 limit;
        uint64 used;
        uint32 version;
        uint40 validUntil;
        uint16 instrumentLimit;
        uint16 instruments;
    }

    struct VenueAllowance {
        uint64 limit;
        uint64 used;
        uint64 version;
    }

    /// @notice How far an account may trade one way in one instrument here without opening credit. The hub's limits and the
    /// vault's own counters; one slot each.
    /// @param maxBase 1e-8, cumulative over closing trades of the side `isBuy`: against `usedBuys` or `usedSells`
    /// @param credit cents, cumulative over closing trades of both sides: against `usedCredit`
    /// @param validUntil unix seconds by this chain's clock: from then on no closing trade
    struct ClosingAllowance {
        uint88 maxBase;
        uint64 credit;
        uint32 version;
        uint40 validUntil;
        bool isBuy;
        uint88 usedBuys;
        uint88 usedSells;
        uint64 usedCredit;
    }

    /// @notice What to report. Keys without any record are refused; without any keys a report is its heartbeat alone.
    /// @param pairs each with what was used of its closing allowance, if the hub ever gave one
    /// @param balances assets whose tokens held here are told, for information
    struct ReportKeys {
        AccountId[] creditStates;
        DepositKey[] deposits;
        PairKey[] pairs;
        uint64[] withdrawals;
        bytes32[] payouts;
        uint16[] balances;
    }

    struct DepositKey {
        AccountId account;
        uint16 asset;
        uint8 purpose;
    }

    struct PairKey {
        AccountId account;
        InstrumentId instrument;
    }

    event TokenListed(uint16 indexed asset, address indexed token, uint64 scale);
    /// @param amount what was credited, in shared units; `total` is cumulative
    event Deposited(
        AccountId indexed account, uint16 indexed asset, address indexed from, uint8 purpose, uint64 amount, uint64 total
    );
    /// @param base 1e-8; `priceWad` 1e18; `feeEach` 1e-6 dollar
    /// @param buyerCharge cents of the buyer's opening credit, or, if `buyerCloses`, of its closing allowance; likewise the seller's
    event TradeRecorded(
        InstrumentId indexed instrument,
        AccountId indexed buyer,
        AccountId indexed seller,
        address venue,
        uint88 base,
        uint128 priceWad,
        uint64 buyerCharge,
        uint64 sellerCharge,
        uint88 feeEach,
        bool buyerCloses,
        bool sellerCloses
    );
    event PairChanged(AccountId indexed account, InstrumentId indexed instrument, Pair pair);
    event WithdrawalRequested(
        AccountId indexed account, uint64 indexed number, address indexed requester, ReportCodec.Withdrawal request
    );
    /// @notice An index was assigned, for good: from then on reports may call the account, or the instrument, by it.
    event AccountIndexed(uint32 indexed index, AccountId indexed account);
    event InstrumentIndexed(uint16 indexed index, InstrumentId indexed instrument);
    event ReportSent(uint64 indexed sequence, bytes32 indexed guid);
    /// @notice A command that is no command of this version; nothing of it was applied.
    event CommandRejected(bytes32 indexed guid, bytes message);
    /// @notice One item of a command was skipped. `reason` is ASCII; `Cancelled`: a payout came after it was given up.
    event CommandItemSkipped(bytes32 indexed guid, uint8 kind, bytes32 key, bytes32 reason);
    event CreditSet(
        AccountId indexed account, uint64 limit, uint32 version, uint40 validUntil, uint16 instrumentLimit
    );
    event VenueAllowanceSet(AccountId indexed account, address indexed venue, uint64 limit, uint64 version);
    event ReferencePriceSet(bytes16 indexed underlying, uint128 priceWad, uint40 time);
    event InstrumentTermsSet(
        InstrumentId indexed instrument, uint32 ratePpm, uint32 feePpm, uint88 maxBase, uint32 version
    );
    event FreezeSet(AccountId indexed account, bool frozen, uint32 version);
    event OptionReferenceSet(
        InstrumentId indexed instrument,
        uint128 markWad,
        int32 deltaPpb,
        uint128 spotWad,
        uint32 ratePpm,
        uint40 time
    );
    event ClosingAllowanceSet(
        AccountId indexed account,
        InstrumentId indexed instrument,
        bool isBuy,
        uint88 maxBase,
        uint64 credit,
        uint32 version,
        uint40 validUntil
    );
    /// @notice From now on (or no longer) trades here only reduce.
    event VaultPaused(bool paused);
    event TokenSuspended(uint16 indexed asset, bool suspended);
    /// @param rank `PayoutId.CLAIM` (the token call failed; `claim` can try again), `PAID` or `CANCELLED`
    event PayoutResolved(
        bytes32 indexed payoutId, address indexed recipient, uint16 indexed asset, uint64 amount, uint8 rank
    );

    error Vault_UnknownAsset(uint16 asset);
    error Vault_AssetAlreadyListed(uint16 asset, address token);
    error Vault_TooFewDecimals(address token, uint8 decimals, uint8 required);
    error Vault_ZeroAmount();
    error Vault_ZeroAccount();
    error Vault_ZeroRecipient();
    error Vault_NotHubEid(uint32 eid, uint32 hubEid);
    error Vault_AmountTooLarge(uint256 amount, uint256 maximum);
    error Vault_SameAccount(AccountId account);
    error Vault_InstrumentNotListed(InstrumentId instrument);
    error Vault_StaleReferencePrice(bytes16 underlying, uint256 ageSeconds, uint256 maxAgeSeconds);
    error Vault_StaleOptionReference(InstrumentId instrument, uint256 ageSeconds, uint256 maxAgeSeconds);
    error Vault_Expired(InstrumentId instrument, uint256 expiry, uint256 chainTime);
    error Vault_CreditLapsed(AccountId account, uint256 validUntil, uint256 chainTime);
    error Vault_InsufficientCredit(AccountId account, uint256 required, uint256 available);
    /// @notice Opening one more instrument is beyond what the hub allows; what was opened before can be traded on.
    error Vault_TooManyInstruments(AccountId account, uint256 opened, uint256 limit);
    error Vault_InsufficientAllowance(AccountId account, address venue, uint256 required, uint256 available);
    error Vault_PositionTooLarge(AccountId account, InstrumentId instrument, uint256 base, uint256 maxBase);
    error Vault_NothingToReport(bytes32 key);
    /// @notice Applying the report would take more gas than fits every chain's transactions: report fewer keys.
    error Vault_ReportTooLarge(uint256 gas, uint256 maximum);
    error Vault_UnknownPayout(bytes32 payoutId);
    error Vault_NotClaimable(bytes32 payoutId, uint8 rank);
    error Vault_PayoutFailed(address token, address recipient);
    error Vault_NotCancellable(bytes32 payoutId, uint8 rank);
    error Vault_TooEarly(bytes32 payoutId, uint256 from, uint256 time);
    error Vault_NotAuthorized(AccountId account, address caller);
    error Vault_NotSelf(address caller);
    error Vault_WrongTransfer(address token, uint256 amount, uint256 balanceBefore, uint256 balanceAfter);
    error Vault_AccountFrozen(AccountId account);
    error Vault_Paused();
    error Vault_TokenSuspended(uint16 asset);

    /// @notice Lists the token of an asset on this chain. Role-gated.
    function listToken(uint16 asset, address token, uint8 sharedDecimals) external;

    /// @notice Lets trades here only reduce positions, until `unpause`. Deposits, reports, claims and cancellations go on
    /// (CLR-18). For the guardian; undoing it is for another role, likewise with `suspendToken`.
    function pause() external;
    function unpause() external;
    /// @notice Stops deposits of an asset.
    function suspendToken(uint16 asset) external;
    function resumeToken(uint16 asset) external;

    /// @notice Deposits collateral for any account; gives no control over it. Takes a multiple of the shared unit,
    /// credits what arrives, rounded down to the shared unit.
    /// @param amount in the token's own units
    /// @return credited in shared units
    function deposit(AccountId account, uint16 asset, uint256 amount) external returns (uint64 credited);

    /// @notice Records a trade; the caller is the venue. Checks, in order: accounts differ and are not frozen, instrument
    /// listed and not expired, references fresh, then charges both accounts and moves base and quote between them, the fee
    /// going to the fee account; no |base| may grow beyond `maxBase`, and none at all while paused unless it closes.
    /// @dev Each side is charged for the whole trade either as *opening*, against its credit: `|base| · reference price of the
    /// underlying · rate` + what the price is worse than fair + the fee; or, if a live closing allowance of its side has room for all
    /// of it, as *closing*, against that alone: the venue rate of 0.5 % in the place of the rate. Either way the caller's allowance is
    /// charged as much (CLR-07). Fair is the reference price, and of an option max(0, mark + delta · (reference price − spot)).
    /// @param base size, 1e-8, positive
    /// @param priceWad dollars per unit, 1e18
    function recordTrade(
        InstrumentId instrument,
        AccountId buyer,
        AccountId seller,
        uint88 base,
        uint128 priceWad
    ) external;

    /// @notice Requests a withdrawal of `account`; the hub decides whether the caller may and whether it is covered.
    /// @param amount in shared units; `minimum`: smallest part-payment that is welcome
    /// @param deadline unix seconds at the hub
    function requestWithdrawal(
        AccountId account,
        uint16 asset,
        uint64 amount,
        uint32 dstEid,
        address recipient,
        uint64 minimum,
        uint40 deadline
    ) external returns (uint64 number);

    /// @notice Sends the current totals of `keys` to the hub. Anyone may, any number of times; the caller pays the fee.
    /// Names of accounts and instruments travel on first use, and of all in `keys` if `withNames`. Ends with a heartbeat: pairs
    /// still to be reported, and the digest of all that was.
    function report(ReportKeys calldata keys, bool withNames) external payable returns (bytes32 guid);

    /// @notice Native fee that `report` with these arguments takes now.
    function quoteReport(ReportKeys calldata keys, bool withNames) external view returns (MessagingFee memory fee);

    /// @notice Tries again to pay a payout that became a claim. Anyone may call; the recipient is fixed.
    function claim(CommandCodec.Pay calldata payout) external;

    /// @notice Gives up a payout that was not paid an hour after it was issued, claim or not yet arrived; the hub refunds the
    /// account when that is reported. By the recipient, the owner's home if on this chain, or the owner's signature; after 30 days by
    /// anyone.
    /// @param signature of `hashCancel`, else empty
    function cancel(CommandCodec.Pay calldata payout, bytes calldata signature) external;

    /// @notice Only for the vault itself: transfers, or reverts unless exactly `amount` left. Whatever the token did is undone.
    function transferOut(address token, address to, uint256 amount) external;

    function hubEid() external view returns (uint32);
    /// @notice The account that collects this chain's trading fees and rounding.
    function feeAccount() external view returns (AccountId);
    function tokenOf(uint16 asset) external view returns (Token memory);
    function pairOf(AccountId account, InstrumentId instrument) external view returns (Pair memory);
    function creditOf(AccountId account) external view returns (Credit memory);
    function venueAllowanceOf(AccountId account, address venue) external view returns (VenueAllowance memory);
    function closingAllowanceOf(AccountId account, InstrumentId instrument)
        external
        view
        returns (ClosingAllowance memory);
    function depositTotalOf(AccountId account, uint16 asset, uint8 purpose) external view returns (uint64);
    /// @notice Indices start at 1; 0 means none was assigned yet.
    function accountIndexOf(AccountId account) external view returns (uint32);
    function accountAt(uint32 index) external view returns (AccountId);
    function accountCount() external view returns (uint32);
    function instrumentIndexOf(InstrumentId instrument) external view returns (uint16);
    function instrumentAt(uint16 index) external view returns (InstrumentId);
    function instrumentCount() external view returns (uint16);
    function termsOf(InstrumentId instrument) external view returns (CommandCodec.InstrumentTerms memory);
    function referencePriceOf(bytes16 underlying) external view returns (uint128 priceWad, uint40 time);
    /// @notice What trades of an option are measured at; `time` zero if the hub told none.
    function optionReferenceOf(InstrumentId instrument) external view returns (CommandCodec.OptionReference memory);
    function withdrawalOf(uint64 number) external view returns (ReportCodec.Withdrawal memory);
    function withdrawalCount() external view returns (uint64);
    function payoutRankOf(bytes32 payoutId) external view returns (uint8);
    /// @notice Digest (EIP-712) that the owner signs to cancel a payout.
    function hashCancel(bytes32 payoutId) external view returns (bytes32);
    function freezeOf(AccountId account) external view returns (Freeze memory);
    function paused() external view returns (bool);
    /// @notice Pairs that changed since they were last reported, since when the oldest waits (zero: none), and the digest of all
    /// that was reported.
    function heartbeat() external view returns (ReportCodec.Heartbeat memory);
    /// @notice Number of the latest report.
    function sequence() external view returns (uint64);
}
