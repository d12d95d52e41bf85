// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommandCodec} from "./CommandCodec.sol";
import {ReportCodec} from "./ReportCodec.sol";

/// @notice What two ends of a lane must have in common to understand each other.
library Codecs {
    /// @notice Hash of both formats: versions, item sizes and the gas that items are given. Wiring refuses a vault and a hub that differ (CLR-24).
    function fingerprint() internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ReportCodec.VERSION,
                ReportCodec.SIZES,
                ReportCodec.GAS,
                ReportCodec.BASE_GAS,
                ReportCodec.NEW_PAIR_GAS,
                CommandCodec.VERSION,
                CommandCodec.SIZES,
                CommandCodec.GAS,
                CommandCodec.BASE_GAS
            )
        );
    }
}
