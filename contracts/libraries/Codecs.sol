// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommandCodec} from "./CommandCodec.sol";
import {ReportCodec} from "./ReportCodec.sol";

/// @notice What two ends of a lane must have in common to understand each other.
library Codecs {
    /// @notice Hash of both formats: versions and item sizes. Wiring refuses a vault and a hub that differ (CLR-24).
    function fingerprint() internal pure returns (bytes32) {
        return keccak256(
            abi.encode(ReportCodec.VERSION, ReportCodec.SIZES, CommandCodec.VERSION, CommandCodec.SIZES)
        );
    }
}
