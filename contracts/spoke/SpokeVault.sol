// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MessagingFee} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {ILoopback} from "../interfaces/ILoopback.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {PayoutBook} from "./PayoutBook.sol";
import {ReportBuilder} from "./ReportBuilder.sol";
import {TradeBook} from "./TradeBook.sol";
import {VaultBase} from "./VaultBase.sol";
import {VaultCommands} from "./VaultCommands.sol";
import {WithdrawalBook} from "./WithdrawalBook.sol";

/// @title One chain's vault
/// @notice What crosses to and from the hub. The rest, a file each: deposits (`TokenBook`), trades (`TradeBook`, with
/// `CreditBook` and `MarketBook`), withdrawals (`WithdrawalBook`), payouts (`PayoutBook`), reports
/// (`ReportBuilder`), commands (`VaultCommands`).
contract SpokeVault is TradeBook, WithdrawalBook, PayoutBook {
    /// @param endpoint_ LayerZero endpoint of this chain
    /// @param hubEid_ eid of the hub's chain; its hub becomes the only peer by `setPeer`
    /// @param manager_ AccessManager: lists tokens, owns the OApp
    /// @param loopback_ queue to the hub if this is the hub's chain, else zero
    constructor(address endpoint_, uint32 hubEid_, address manager_, ILoopback loopback_)
        VaultBase(endpoint_, hubEid_, manager_, loopback_)
    {}

    /// @inheritdoc ISpokeVault
    function report(ReportKeys calldata keys, bool withNames) external payable nonReentrant returns (bytes32 guid) {
        (bytes memory message, uint256 gas, uint64 number) = ReportBuilder.next(_s, keys, withNames);
        guid = _send(hubEid, message, gas);
        emit ReportSent(number, guid);
    }

    /// @inheritdoc ISpokeVault
    function quoteReport(ReportKeys calldata keys, bool withNames) external view returns (MessagingFee memory) {
        (bytes memory message, uint256 gas) = ReportBuilder.preview(_s, keys, withNames);
        return _quoteSend(hubEid, message, gas);
    }

    /// @inheritdoc ISpokeVault
    function heartbeat() external view returns (ReportCodec.Heartbeat memory) {
        return ReportBuilder.heartbeat(_s);
    }

    /// @inheritdoc ISpokeVault
    function sequence() external view returns (uint64) {
        return _s.sequence;
    }

    function _receiveMessage(uint32, bytes32 guid, bytes calldata message) internal override nonReentrant {
        (bool valid, uint256 gasBound) = CommandCodec.check(message);
        _requireGas(gasBound);
        if (!valid) {
            emit CommandRejected(guid, message);
            return;
        }
        VaultCommands.applyCommand(_s, _places(), guid, message);
    }
}
