// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {OApp, MessagingFee, MessagingReceipt, Origin} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/OApp.sol";
import {MessagingParams} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";

/// @title The smallest application that exercises the transport
/// @notice Test only: its receive can be told to fail or to burn gas, so that the relayer's handling of both
/// is tested against the real endpoint.
contract PingOApp is OApp {
    /// @notice Messages received, by global id; 0 if never.
    mapping(bytes32 guid => uint256 times) public received;
    /// @notice Number of messages received in all.
    uint256 public count;
    /// @notice While set, every receive reverts with `PingOApp_Refused`.
    bool public refusing;

    error PingOApp_Refused(bytes32 guid);

    event Ping(bytes32 guid, uint32 srcEid, uint256 burn);

    constructor(address endpoint_, address delegate_) OApp(endpoint_, delegate_) Ownable(delegate_) {}

    /// @notice Sends `burn` to the peer on `dstEid`; the value sent pays the fee, the rest is refunded.
    /// @param burn How much gas the receive is to burn before it succeeds.
    function ping(uint32 dstEid, uint256 burn, bytes calldata options)
        external
        payable
        returns (MessagingReceipt memory)
    {
        return _lzSend(dstEid, abi.encode(burn), options, MessagingFee(msg.value, 0), msg.sender);
    }

    /// @notice Sends `times` messages in one transaction; the value sent is split evenly.
    function pingMany(uint32 dstEid, uint256 times, bytes calldata options) external payable {
        uint256 each = msg.value / times;
        for (uint256 i = 0; i < times; ++i) {
            endpoint.send{value: each}(_params(dstEid, options), msg.sender);
        }
    }

    /// @notice Makes every later receive fail, or succeed again.
    function setRefusing(bool refusing_) external {
        refusing = refusing_;
    }

    function _params(uint32 dstEid, bytes calldata options)
        private
        view
        returns (MessagingParams memory)
    {
        return MessagingParams(dstEid, _getPeerOrRevert(dstEid), abi.encode(uint256(0)), options, false);
    }

    function _lzReceive(Origin calldata origin, bytes32 guid, bytes calldata message, address, bytes calldata)
        internal
        override
    {
        if (refusing) revert PingOApp_Refused(guid);
        uint256 burn = abi.decode(message, (uint256));
        uint256 start = gasleft();
        while (start - gasleft() < burn) {}
        ++received[guid];
        ++count;
        emit Ping(guid, origin.srcEid, burn);
    }
}
