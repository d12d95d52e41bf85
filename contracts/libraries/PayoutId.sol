// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommandCodec} from "./CommandCodec.sol";

/// @notice The id of a payout and the ranks of its result: none < claim < {paid, cancelled}. The last two are terminal and
/// exclude each other (CLR-10).
library PayoutId {
    uint8 internal constant NONE = 0;
    uint8 internal constant CLAIM = 1;
    uint8 internal constant PAID = 2;
    uint8 internal constant CANCELLED = 3;

    /// @notice Binds a payout to one hub, one destination vault, one recipient and one amount, so that the id can
    /// pay once and in one place (CLR-10).
    function compute(uint32 hubEid, address hub, uint32 dstEid, address vault, CommandCodec.Pay memory p)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                hubEid, hub, dstEid, vault, p.account, p.recipient, p.asset, p.amount, p.issuedAt, p.nonce
            )
        );
    }

    /// @notice Whether nothing can follow `rank`.
    function isTerminal(uint8 rank) internal pure returns (bool) {
        return rank == PAID || rank == CANCELLED;
    }
}
