// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {IMarginEngine} from "./IMarginEngine.sol";
import {IPriceOracle} from "./IPriceOracle.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {MessagingFee} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";

/// @title The clearing hub: the ledger of all accounts over all chains
/// @dev Assumptions under which it is safe:
/// - a report says what the vault of its own chain says: everything credited by it is bound to `Origin.srcEid`
///   and the peer (CLR-05); a compromised spoke is bounded by its budget, which is not built yet (CLR-08);
/// - the oracle's quorum is honest; prices older than `maxPriceAge` stop grants, payouts and settlement (CLR-13);
/// - receiving only records; whatever needs a margin decision happens in a later, permissionless call;
/// - who calls `report`, `push`, `renewCredit`, `process`, `settle` pays the message fee and gains nothing else.
interface IClearingHub {
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
    /// @param base 1e-8; `quote` 1e-6 dollar, including what settlement moved to or from cash
    /// @param slot place in the account's list of instruments, from 1
    /// @param longs sum of the long pairs, 1e-8; `shorts` likewise
    struct NetPosition {
        int120 base;
        int120 quote;
        uint16 slot;
        uint128 longs;
        uint128 shorts;
    }

    /// @notice The credit of an account on a spoke, cents. Outstanding = `ceiling − usedApplied`.
    /// @param limit latest cumulative limit granted; never goes down
    /// @param ceiling what the spoke can at the most have let be used, as far as the hub can prove
    /// @param usedApplied Σ used of the pairs applied here
    /// @param usedSeen highest used total that a credit state told
    /// @param maxOutstanding from the mandate
    /// @param validUntil latest lease end ever sent, by the spoke's clock
    /// @param freezeSeen highest version of the account's freeze that the spoke told it obeys
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
        uint32 maxLagSeconds;
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
    /// @param maxOutstanding cents that may be outstanding at any time; lowering it stops renewals at once
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
    }

    struct VenueKey {
        AccountId account;
        address venue;
    }

    /// @param equityInitialWad collateral after the initial haircut, dollars 1e18; likewise maintenance
    /// @param outstandingWad opening credit outstanding over all spokes
    struct MarginState {
        int256 equityInitialWad;
        int256 equityMaintenanceWad;
        uint256 initialWad;
        uint256 maintenanceWad;
        uint256 outstandingWad;
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
    event CreditGranted(AccountId indexed account, uint32 indexed eid, uint64 limit, uint40 validUntil, uint32 version);
    /// @notice Not renewed: re-granting would leave `requiredCents` outstanding, of which `allowedCents` is covered.
    event CreditRefused(AccountId indexed account, uint32 indexed eid, uint256 requiredCents, uint256 allowedCents);
    /// @param amount 1e-6 dollar moved between position and cash: negative = paid into the pool
    event PositionSettled(AccountId indexed account, InstrumentId indexed instrument, int256 amount, uint256 markWad);
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
    error Hub_Expired(uint256 deadline, uint256 time);
    error Hub_NotAuthorized(AccountId account, address caller);
    error Hub_StaleNonce(uint64 found, uint64 lastUsed);
    error Hub_StalePrice(bytes16 underlying, uint256 ageSeconds, uint256 maxAgeSeconds);
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
    error Hub_AccountsNotAscending(AccountId account);

    /// @notice Lists a spoke or changes its lease length and lag. Role-gated, as all of the next four.
    function listLane(uint32 eid, uint32 leaseSeconds, uint32 maxLagSeconds) external;
    function listAsset(uint16 asset, Asset calldata parameters) external;
    /// @notice Lists an instrument or changes its terms.
    function listInstrument(InstrumentId instrument, uint32 ratePpm, uint32 feePpm, uint88 maxBase) external;
    function setRiskModules(IPriceOracle oracle, IMarginEngine marginEngine, uint32 maxPriceAge) external;

    /// @notice Stops what adds risk on a lane: new credit and payouts there; `eid` 0 stops it everywhere. Reports, settlement,
    /// results of payouts, freezes and claims go on (CLR-18). For the guardian; `unpauseLane` is for another role.
    function pauseLane(uint32 eid) external;
    /// @notice Lifts a pause, whoever made it, and forgets what the spoke told of its reports as a whole (numbers, times, digest), so
    /// that a lane on which something false was told once can be used again. The next report counts as the highest.
    function unpauseLane(uint32 eid) external;
    /// @notice Pauses a lane whose digests differ. Anyone may, once a report that was made `maxLagSeconds` after the one that first
    /// showed a difference still shows it, and no report is missing. So whatever was reported again within that time has arrived.
    /// It ends by itself when both ends agree again.
    function pauseDiverged(uint32 eid) external;

    /// @notice Freezes an account, or no longer: frozen it trades nowhere, and gets no new credit. By the home or its signature; a
    /// registered wallet on this chain may freeze, but not lift it. Takes effect on a spoke when it arrives there (`push`).
    /// @param nonce the account's last one plus one, so that nobody can use them up
    function setFreeze(AccountId account, bool frozen, uint64 nonce, bytes calldata signature) external;

    /// @notice Sets a mandate, by the account's home or its EIP-712 signature. Takes effect at the next renewal;
    /// the venue allowance travels with `push`.
    function setMandate(Mandate calldata mandate, bytes calldata signature) external;

    /// @notice Gives an address on a chain rights over `account` (`WalletRights`), or takes them. By the home or its signature
    /// only; `nonce` must rise per account. The owner's address on another chain is such a wallet too: it may be somebody else's.
    function registerWallet(
        AccountId account,
        uint32 eid,
        address wallet,
        uint8 rights,
        uint64 nonce,
        bytes calldata signature
    ) external;

    /// @notice Grants or renews credit of `accounts` on `eid`, as far as mandate and margin allow, and sends it.
    /// An account that is not covered is skipped (`CreditRefused`); if none is covered, nothing is sent and the
    /// fee goes back. Anyone may call.
    /// @dev CLR-06 holds for each account granted.
    function renewCredit(uint32 eid, AccountId[] calldata accounts, bytes calldata priceProof) external payable;

    /// @notice Brings the accounts' position in `instrument` to zero value at a fresh mark, against cash: losses
    /// are paid into the instrument's variation pool as far as cash covers them, gains from it pro rata.
    /// @param accounts strictly ascending
    function settle(InstrumentId instrument, AccountId[] calldata accounts, bytes calldata priceProof) external;

    /// @notice Queues a withdrawal signed by the owner (EIP-712 `WithdrawalOrder`). Anyone may bring it.
    function requestWithdrawal(WithdrawalOrder calldata order, bytes calldata signature)
        external
        returns (bytes32 requestId);

    /// @notice Decides a queued withdrawal at fresh prices: debits, reserves, sends `pay`. Pays what the
    /// destination's liquidity allows, if at least `minimum`, and leaves the rest queued.
    function process(bytes32 requestId, bytes calldata priceProof) external payable returns (bytes32 payoutId);

    /// @notice Sends the current state of `keys` to a spoke. Anyone may, any number of times.
    function push(uint32 eid, CommandKeys calldata keys) external payable returns (bytes32 guid);

    function quotePush(uint32 eid, CommandKeys calldata keys) external view returns (MessagingFee memory);
    /// @notice Fee of the message that `renewCredit` of `count` accounts, or `process`, sends.
    function quoteRenewCredit(uint32 eid, uint256 count) external view returns (MessagingFee memory);
    function quoteProcess(bytes32 requestId) external view returns (MessagingFee memory);

    /// @notice Id of the request that `number` of the vault on `eid` becomes.
    function requestIdOf(uint32 eid, uint64 number) external view returns (bytes32);
    /// @notice Digest (EIP-712) that the owner signs to set `mandate`.
    function hashMandate(Mandate calldata mandate) external view returns (bytes32);
    /// @notice Digest that the owner signs to register a wallet.
    function hashWallet(AccountId account, uint32 eid, address wallet, uint8 rights, uint64 nonce)
        external
        view
        returns (bytes32);
    /// @notice Digest that the owner signs to freeze.
    function hashFreeze(AccountId account, bool frozen, uint64 nonce) external view returns (bytes32);
    /// @notice Digest that the owner signs to withdraw; also the id of the request.
    function hashWithdrawalOrder(WithdrawalOrder calldata order) external view returns (bytes32);

    function settlementAsset() external view returns (uint16);
    /// @notice Cash (settlement asset, 1e-6 dollar) or collateral (shared units) of an account.
    function balanceOf(AccountId account, uint16 asset) external view returns (int256);
    /// @notice Margin at the latest accepted prices, however old: for display. Decisions check freshness.
    function marginOf(AccountId account) external view returns (MarginState memory);
    function positionOf(AccountId account, InstrumentId instrument) external view returns (NetPosition memory);
    function instrumentsOf(AccountId account) external view returns (InstrumentId[] memory);
    function creditLineOf(AccountId account, uint32 eid) external view returns (CreditLine memory);
    function venueAllowanceOf(AccountId account, uint32 eid, address venue) external view returns (VenueAllowance memory);
    function liquidityOf(uint32 eid, uint16 asset) external view returns (Liquidity memory);
    function variationPoolOf(InstrumentId instrument) external view returns (uint256);
    /// @notice Value of a spoke's unmatched gain in an instrument at the latest price, 1e-6 dollar.
    function unmatchedGainOf(uint32 eid, InstrumentId instrument) external view returns (uint256);
    function pairOf(uint32 eid, uint32 accountIndex, uint16 instrumentIndex) external view returns (Pair memory);
    function accountAt(uint32 eid, uint32 index) external view returns (AccountId);
    function instrumentAt(uint32 eid, uint16 index) external view returns (InstrumentId);
    function depositSeenOf(uint32 eid, AccountId account, uint16 asset, uint8 purpose) external view returns (uint64);
    function withdrawalOf(bytes32 requestId) external view returns (WithdrawalRequest memory);
    function payoutOf(bytes32 payoutId) external view returns (Payout memory);
    /// @notice `WalletRights` of an address on a chain, the home's own included.
    function rightsOf(AccountId account, uint32 eid, address wallet) external view returns (uint8);
    function freezeOf(AccountId account) external view returns (Freeze memory);
    /// @notice Whether the account is frozen and every spoke on which it has credit outstanding told that it obeys the current
    /// version: from then on it cannot trade anywhere until it is unfrozen.
    function isFrozenEverywhere(AccountId account) external view returns (bool);
    function laneOf(uint32 eid) external view returns (Lane memory);
    function eids() external view returns (uint32[] memory);
    function assetOf(uint16 asset) external view returns (Asset memory);
    function termsOf(InstrumentId instrument) external view returns (CommandCodec.InstrumentTerms memory);
    function oracle() external view returns (IPriceOracle);
    function marginEngine() external view returns (IMarginEngine);
    function maxPriceAge() external view returns (uint32);
}
