// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice An account of the hub: owner (20 bytes) ‖ home eid (4) ‖ sub-account (8).
/// @dev The home is the owner's address on the chain `homeEid`. Only it (or the owner's EIP-712 signature
/// checked at the hub) controls the account: the same address on another chain may be somebody else's
/// contract wallet. Sub-accounts are margined apart.
type AccountId is bytes32;

using AccountIdLib for AccountId global;
using {equals as ==} for AccountId global;

function equals(AccountId a, AccountId b) pure returns (bool) {
    return AccountId.unwrap(a) == AccountId.unwrap(b);
}

library AccountIdLib {
    /// @notice Packs an account id.
    function pack(address owner_, uint32 homeEid_, uint64 subAccount_) internal pure returns (AccountId) {
        return AccountId.wrap(
            bytes32((uint256(uint160(owner_)) << 96) | (uint256(homeEid_) << 64) | uint256(subAccount_))
        );
    }

    function owner(AccountId account) internal pure returns (address) {
        return address(uint160(uint256(AccountId.unwrap(account)) >> 96));
    }

    function homeEid(AccountId account) internal pure returns (uint32) {
        return uint32(uint256(AccountId.unwrap(account)) >> 64);
    }

    function subAccount(AccountId account) internal pure returns (uint64) {
        return uint64(uint256(AccountId.unwrap(account)));
    }
}
