// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Source of the prices that margin, settlement and reference prices use
interface IPriceOracle {
    /// @notice Takes in an oracle-specific proof (for example signed prices). Anyone may call; a proof no newer
    /// than what is known changes nothing.
    function update(bytes calldata proof) external;

    /// @notice Latest accepted price. Freshness is the caller's to judge.
    /// @return priceWad dollars per unit, 1e18; zero if there never was one
    /// @return time unix seconds at which it was published
    function latest(bytes16 underlying) external view returns (uint256 priceWad, uint256 time);

    /// @notice The same price with what it is good for.
    /// @return priceWad as `latest`
    /// @return confidenceWad half the width of the interval that the oracle vouches for, dollars 1e18; zero if it makes no statement
    /// @return ageSeconds since it was published, by the chain's clock; zero if it is ahead of it, the whole clock if there never
    /// was a price
    function read(bytes16 underlying)
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 ageSeconds);
}
