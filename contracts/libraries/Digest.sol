// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";

/// @notice Terms of the digest that vault and hub both keep of all totals that the vault reported: their sum modulo 2^256.
/// A sum has no order, so whatever was late, repeated or healed, both ends agree exactly when they hold the same totals.
/// @dev Mirrored by `clearing/codec/digest.ts` (CLR-20). It finds faults, not a spoke that lies: terms can be chosen to
/// cancel out. A key that was never reported has the term zero. Names are covered, since terms are over full ids, not indices.
library Digest {
    /// @notice Term of an account's total of deposits, in shared units.
    function deposit(AccountId account, uint16 asset, uint8 purpose, uint64 total) internal pure returns (uint256 term) {
        if (total == 0) return 0;
        uint256 kind = (uint256(asset) << 8) | purpose;
        return _hash(AccountId.unwrap(account), bytes32(kind), uint256(total) << 32);
    }

    /// @notice Term of a pair.
    /// @param packed `Pair.pack`
    function pair(AccountId account, InstrumentId instrument, uint256 packed) internal pure returns (uint256 term) {
        if (packed == 0) return 0;
        return _hash(AccountId.unwrap(account), InstrumentId.unwrap(instrument), packed);
    }

    /// @dev The third word's last four bytes tell deposits (zero) from pairs (a version).
    function _hash(bytes32 account, bytes32 key, uint256 value) private pure returns (uint256 term) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, account)
            mstore(add(at, 32), key)
            mstore(add(at, 64), value)
            term := keccak256(at, 96)
        }
    }
}
