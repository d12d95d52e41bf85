// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {MessagingFee} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {InterestCurve} from "../funding/UtilisationCurve.sol";
import {IFundingRates} from "../interfaces/IFundingRates.sol";
import {IHubEntries} from "../interfaces/IHubEntries.sol";
import {IHubViews} from "../interfaces/IHubViews.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {ILoopback} from "../interfaces/ILoopback.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {Transport} from "../transport/Transport.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ClosingLogic} from "./ClosingLogic.sol";
import {CommandLogic} from "./CommandLogic.sol";
import {CreditLogic} from "./CreditLogic.sol";
import {FundingLogic} from "./FundingLogic.sol";
import {HubSignatures} from "./HubSignatures.sol";
import {HubStorage} from "./HubState.sol";
import {LaneLogic} from "./LaneLogic.sol";
import {LendingLogic} from "./LendingLogic.sol";
import {ListingLogic} from "./ListingLogic.sol";
import {ReportLogic} from "./ReportLogic.sol";
import {SettlementLogic} from "./SettlementLogic.sol";
import {WalletRights} from "./WalletRights.sol";
import {WithdrawalLogic} from "./WithdrawalLogic.sol";

/// @title The clearing hub
/// @notice Entry points only; each hands the ledger to the library that is named by what it does. What reads the ledger is
/// `ClearingHubViews`: its code runs here for every function that is not of this contract, so `IClearingHub` is the ABI of this address.
/// @dev No proxy: the address of the views is fixed for ever. `HubStorage` first, so that both find the ledger in slot 0.
contract ClearingHub is HubStorage, Transport, AccessManaged, HubSignatures, ReentrancyGuardTransient {
    /// @notice Answers the part of `IClearingHub` that is not here.
    IHubViews public immutable views;

    /// @param endpoint_ LayerZero endpoint of the hub's chain
    /// @param manager_ AccessManager
    /// @param loopback_ queue to the vault on this chain
    /// @param views_ a `ClearingHubViews`
    constructor(address endpoint_, address manager_, ILoopback loopback_, IHubViews views_)
        Transport(endpoint_, manager_, loopback_)
        AccessManaged(manager_)
    {
        views = views_;
    }

    /// @notice Whatever is not a function here, the views answer as if it were; what they do not know either reverts.
    fallback(bytes calldata data) external returns (bytes memory) {
        return Address.functionDelegateCall(address(views), data);
    }

    /// @inheritdoc IHubEntries
    function listLane(uint32 eid, uint32 leaseSeconds, uint32 maxLagSeconds) external restricted {
        ListingLogic.listLane(_s, eid, leaseSeconds, maxLagSeconds);
    }

    /// @inheritdoc IHubEntries
    function listAsset(uint16 asset, Asset calldata parameters) external restricted {
        ListingLogic.listAsset(_s, asset, parameters);
    }

    /// @inheritdoc IHubEntries
    function listInstrument(InstrumentId instrument, uint32 ratePpm, uint32 feePpm, uint88 maxBase)
        external
        restricted
    {
        ListingLogic.listInstrument(_s, instrument, ratePpm, feePpm, maxBase);
    }

    /// @inheritdoc IHubEntries
    function setInstrumentRegistry(IInstrumentRegistry registry) external restricted {
        ListingLogic.setInstrumentRegistry(_s, registry);
    }

    /// @inheritdoc IHubEntries
    function setFundingRates(IFundingRates rates) external restricted {
        FundingLogic.setRates(_s, rates);
    }

    /// @inheritdoc IHubEntries
    function setInterestCurve(InterestCurve calldata curve) external restricted {
        LendingLogic.setCurve(_s, curve);
    }

    /// @inheritdoc IHubEntries
    function setRiskModules(IPriceOracle oracle_, IMarginEngine marginEngine_, uint32 maxPriceAge_)
        external
        restricted
    {
        ListingLogic.setRiskModules(_s, oracle_, marginEngine_, maxPriceAge_);
    }

    /// @inheritdoc IHubEntries
    function pauseLane(uint32 eid) external restricted {
        LaneLogic.setPaused(_s, eid, true);
    }

    /// @inheritdoc IHubEntries
    function unpauseLane(uint32 eid) external restricted {
        LaneLogic.setPaused(_s, eid, false);
    }

    /// @inheritdoc IHubEntries
    function pauseDiverged(uint32 eid) external {
        LaneLogic.pauseDiverged(_s, eid);
    }

    /// @inheritdoc IHubEntries
    function setFreeze(AccountId account, bool frozen, uint64 nonce, bytes calldata signature) external {
        if (!frozen || !WalletRights.mayAct(_s, account, localEid, msg.sender)) {
            _authorize(account, hashFreeze(account, frozen, nonce), signature, localEid);
        }
        CreditLogic.setFreeze(_s, account, frozen, nonce);
    }

    /// @inheritdoc IHubEntries
    function setMandate(Mandate calldata mandate, bytes calldata signature) external {
        _authorize(mandate.account, hashMandate(mandate), signature, localEid);
        CreditLogic.setMandate(_s, mandate);
    }

    /// @inheritdoc IHubEntries
    function registerWallet(
        AccountId account,
        uint32 eid,
        address wallet,
        uint8 rights,
        uint64 nonce,
        bytes calldata signature
    ) external {
        _authorize(account, hashWallet(account, eid, wallet, rights, nonce), signature, localEid);
        ListingLogic.registerWallet(_s, account, eid, wallet, rights, nonce);
    }

    /// @inheritdoc IHubEntries
    function renewCredit(uint32 eid, AccountId[] calldata accounts, bytes calldata priceProof)
        external
        payable
        nonReentrant
    {
        _s.oracle.update(priceProof);
        AccountId[] memory granted = CreditLogic.renew(_s, eid, accounts);
        if (granted.length == 0) return _refund();
        CommandKeys memory keys;
        keys.credits = granted;
        _sendCommand(eid, keys);
    }

    /// @inheritdoc IHubEntries
    function renewClosing(uint32 eid, ClosingKey[] calldata requests, bytes calldata priceProof)
        external
        payable
        nonReentrant
    {
        _s.oracle.update(priceProof);
        ClosingKey[] memory granted = ClosingLogic.renew(_s, eid, requests, localEid);
        if (granted.length == 0) return _refund();
        CommandKeys memory keys;
        keys.closings = granted;
        _sendCommand(eid, keys);
    }

    /// @inheritdoc IHubEntries
    function settle(InstrumentId instrument, AccountId[] calldata accounts, bytes calldata priceProof)
        external
        nonReentrant
    {
        _s.oracle.update(priceProof);
        SettlementLogic.settle(_s, instrument, accounts);
    }

    /// @inheritdoc IHubEntries
    function accrueFunding(InstrumentId instrument, bytes calldata priceProof) external nonReentrant {
        _s.oracle.update(priceProof);
        FundingLogic.accrue(_s, instrument);
    }

    /// @inheritdoc IHubEntries
    function supply(SupplyOrder calldata order, bytes calldata signature, bytes calldata priceProof)
        external
        nonReentrant
        returns (uint256 shares)
    {
        _authorize(order.account, hashSupplyOrder(order), signature, localEid);
        _s.oracle.update(priceProof);
        return LendingLogic.supply(_s, order);
    }

    /// @inheritdoc IHubEntries
    function redeem(RedemptionOrder calldata order, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 amount)
    {
        _authorize(order.account, hashRedemptionOrder(order), signature, localEid);
        return LendingLogic.redeem(_s, order);
    }

    /// @inheritdoc IHubEntries
    function repay(AccountId account) external nonReentrant {
        LendingLogic.repay(_s, account);
    }

    /// @inheritdoc IHubEntries
    function requestWithdrawal(WithdrawalOrder calldata order, bytes calldata signature)
        external
        returns (bytes32 requestId)
    {
        requestId = hashWithdrawalOrder(order);
        _authorize(order.account, requestId, signature, localEid);
        WithdrawalLogic.queue(_s, order, requestId);
    }

    /// @inheritdoc IHubEntries
    function process(bytes32 requestId, bytes calldata priceProof)
        external
        payable
        nonReentrant
        returns (bytes32 payoutId)
    {
        _s.oracle.update(priceProof);
        uint32 dstEid = _s.withdrawals[requestId].dstEid;
        payoutId = WithdrawalLogic.process(_s, requestId, localEid, peers[dstEid]);
        if (payoutId == 0) {
            _refund();
            return payoutId;
        }
        CommandKeys memory keys;
        keys.payouts = new bytes32[](1);
        keys.payouts[0] = payoutId;
        _sendCommand(dstEid, keys);
    }

    /// @inheritdoc IHubEntries
    function push(uint32 eid, CommandKeys calldata keys) external payable nonReentrant returns (bytes32 guid) {
        return _sendCommand(eid, keys);
    }

    /// @inheritdoc IHubEntries
    function quotePush(uint32 eid, CommandKeys calldata keys) external view returns (MessagingFee memory) {
        (bytes memory message, uint256 gas) = CommandLogic.build(_s, eid, keys);
        return _quoteSend(eid, message, gas);
    }

    /// @inheritdoc IHubEntries
    function quoteRenewCredit(uint32 eid, uint256 count) external view returns (MessagingFee memory) {
        return _quoteItems(eid, CommandCodec.CREDIT, count);
    }

    /// @inheritdoc IHubEntries
    function quoteRenewClosing(uint32 eid, uint256 count) external view returns (MessagingFee memory) {
        return _quoteItems(eid, CommandCodec.CLOSING_ALLOWANCE, count);
    }

    /// @inheritdoc IHubEntries
    function quoteProcess(bytes32 requestId) external view returns (MessagingFee memory) {
        return _quoteItems(_s.withdrawals[requestId].dstEid, CommandCodec.PAY, 1);
    }

    function _sendCommand(uint32 eid, CommandKeys memory keys) private returns (bytes32) {
        if (!_s.lanes[eid].listed) revert Hub_UnknownLane(eid);
        (bytes memory message, uint256 gas) = CommandLogic.build(_s, eid, keys);
        return _send(eid, message, gas);
    }

    /// @dev The fee depends on length and gas alone, so a message of zeros has the fee of the one to be sent.
    function _quoteItems(uint32 eid, uint8 kind, uint256 count) private view returns (MessagingFee memory) {
        (uint256 length, uint256 gas) = CommandCodec.measure(kind, count);
        return _quoteSend(eid, new bytes(length), gas);
    }

    /// @dev Only records: whatever decides happens in `renewCredit`, `process` and `settle`.
    function _receiveMessage(uint32 srcEid, bytes32 guid, bytes calldata message) internal override nonReentrant {
        (bool valid, uint256 gasBound) = ReportCodec.check(message);
        _requireGas(gasBound);
        if (!valid || !_s.lanes[srcEid].listed) {
            emit ReportRejected(srcEid, guid, message);
        } else {
            ReportLogic.applyReport(_s, srcEid, guid, message);
        }
    }
}
