// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The range of every number that funding takes. Inside it nothing overflows; outside it there is a named error.
/// Mirrored by `clearing/funding/limits.ts` (CLR-20).
library FundingLimits {
    /// @dev Prices in 1e18 and amounts of base in 1e-8.
    uint256 internal constant MAX_AMOUNT = type(uint128).max;
    int256 internal constant WAD = 1e18;
    /// @dev A premium, as one sample has it.
    int256 internal constant MAX_PREMIUM = WAD;
    /// @dev Ten times the default cap.
    int256 internal constant MAX_HOURLY_RATE = 0.04e18;
    uint256 internal constant HOUR = 3600;
    uint256 internal constant YEAR = 31_536_000;
    uint256 internal constant PPB = 1e9;
    int256 internal constant PPB_TO_WAD = 1e9;

    /// @param field name of the number; `least` and `most` are allowed
    error Funding_OutOfRange(string field, int256 found, int256 least, int256 most);

    function requireRange(string memory field, int256 found, int256 least, int256 most) internal pure {
        if (found < least || found > most) revert Funding_OutOfRange(field, found, least, most);
    }

    /// @dev What does not fit an int256 is told as its largest.
    function requireRange(string memory field, uint256 found, uint256 least, uint256 most) internal pure {
        if (found < least || found > most) {
            uint256 told = found > uint256(type(int256).max) ? uint256(type(int256).max) : found;
            revert Funding_OutOfRange(field, int256(told), int256(least), int256(most));
        }
    }
}
