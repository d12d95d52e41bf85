// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    MessagingFee, MessagingParams, MessagingReceipt
} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";

/// @notice An endpoint that only remembers what was sent last, for a fixed fee. To receive, the test pranks it.
contract StubEndpoint {
    uint32 public immutable eid;
    uint256 public fee;
    uint64 public sent;

    MessagingParams private _last;

    constructor(uint32 eid_) {
        eid = eid_;
    }

    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    function setDelegate(address) external {}

    function quote(MessagingParams calldata, address) external view returns (MessagingFee memory) {
        return MessagingFee(fee, 0);
    }

    function send(MessagingParams calldata params, address) external payable returns (MessagingReceipt memory) {
        require(msg.value == fee, "fee");
        _last = params;
        ++sent;
        return MessagingReceipt(keccak256(abi.encode(sent)), sent, MessagingFee(fee, 0));
    }

    function last() external view returns (MessagingParams memory) {
        return _last;
    }
}
