// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MessagingFee} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {InterestCurve} from "../funding/UtilisationCurve.sol";
import {IFundingRates} from "./IFundingRates.sol";
import {IHubLedger} from "./IHubLedger.sol";
import {IInstrumentRegistry} from "./IInstrumentRegistry.sol";
import {IMarginEngine} from "./IMarginEngine.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @notice What the hub does, and what it costs or has to be signed: the part of `IClearingHub` that is `ClearingHub`'s own code.
interface IHubEntries is IHubLedger {
    /// @notice Lists a spoke or changes its lease length and lag. Role-gated, as all of the next six.
    function listLane(uint32 eid, uint32 leaseSeconds, uint32 maxLagSeconds) external;
    function listAsset(uint16 asset, Asset calldata parameters) external;
    /// @notice Lists an instrument, which the registry gives a number, or changes its terms.
    function listInstrument(InstrumentId instrument, uint32 ratePpm, uint32 feePpm, uint88 maxBase) external;
    /// @notice Sets the registry of instruments, before the first is listed and for ever.
    function setInstrumentRegistry(IInstrumentRegistry registry) external;
    /// @notice Sets where funding rates come from.
    function setFundingRates(IFundingRates rates) external;
    /// @notice Sets what borrowing costs from now on. The first curve opens the lending pool, for ever.
    function setInterestCurve(InterestCurve calldata curve) external;
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

    /// @notice Grants or renews closing allowances on `eid` and sends them: of each account's net position in an instrument what no other spoke
    /// holds, for as long as a lease, with the credit that closing it may cost. Under the account's mandate for the spoke, which bounds all its
    /// credit there, and as far as equity covers the maintenance requirement at the worst use of it, and all credit. Also while the lane or the hub
    /// is paused (CLR-18). One that is refused is skipped (`ClosingRefused`); if all are, nothing is sent and the fee goes back. Anyone may call;
    /// for who may not act for the account (`WalletRights`, on this chain) no more than was opened on `eid`, and no more than half of the mandate.
    /// @dev Of CLR-06 its second half holds for each granted: equity ≥ maintenance + all credit. The first, of the initial requirement,
    /// would refuse those who need it.
    function renewClosing(uint32 eid, ClosingKey[] calldata requests, bytes calldata priceProof) external payable;

    /// @notice Brings the accounts' position in `instrument` to zero value at a fresh mark, that of an expired option its settlement
    /// price, against cash: losses are paid into the instrument's variation pool as far as cash covers them, and then what the account
    /// is lent (`mayBorrow`, and as far as something is idle); gains from it pro rata.
    /// @param accounts strictly ascending
    function settle(InstrumentId instrument, AccountId[] calldata accounts, bytes calldata priceProof) external;

    /// @notice Charges a perpetual's funding since the last time, an hour at the most, at a fresh price. Anyone may call; the rates
    /// are those of the hours before, whoever calls when.
    function accrueFunding(InstrumentId instrument, bytes calldata priceProof) external;

    /// @notice Lends an account's cash, by its home or its EIP-712 signature: it becomes shares of what all lenders have, idle or lent,
    /// and margin no longer. Checked as a withdrawal is, at fresh prices (CLR-06).
    function supply(SupplyOrder calldata order, bytes calldata signature, bytes calldata priceProof)
        external
        returns (uint256 shares);
    /// @notice Turns shares into cash again, at what they are worth now, by the home or its signature: as many as idle cash is there for,
    /// `Hub_LentOut` if none is.
    function redeem(RedemptionOrder calldata order, bytes calldata signature) external returns (uint256 amount);
    /// @notice Pays what an account owes from its cash, as far as that goes. Anyone may; settlement and withdrawals do it by themselves.
    function repay(AccountId account) external;

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
    /// @notice Fee of the message that `renewClosing` of `count` requests sends.
    function quoteRenewClosing(uint32 eid, uint256 count) external view returns (MessagingFee memory);
    function quoteProcess(bytes32 requestId) external view returns (MessagingFee memory);

    /// @notice Digest (EIP-712) that the owner signs to set `mandate`.
    function hashMandate(Mandate calldata mandate) external view returns (bytes32);
    /// @notice Digest that the owner signs to register a wallet.
    function hashWallet(AccountId account, uint32 eid, address wallet, uint8 rights, uint64 nonce)
        external
        view
        returns (bytes32);
    /// @notice Digest that the owner signs to freeze.
    function hashFreeze(AccountId account, bool frozen, uint64 nonce) external view returns (bytes32);
    /// @notice Digest that the owner signs to lend.
    function hashSupplyOrder(SupplyOrder calldata order) external view returns (bytes32);
    /// @notice Digest that the owner signs to have it back.
    function hashRedemptionOrder(RedemptionOrder calldata order) external view returns (bytes32);
    /// @notice Digest that the owner signs to withdraw; also the id of the request.
    function hashWithdrawalOrder(WithdrawalOrder calldata order) external view returns (bytes32);
}
