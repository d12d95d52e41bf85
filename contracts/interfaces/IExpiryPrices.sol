// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Settlement prices of expiries: the oracle's mean over the last window before
interface IExpiryPrices {
    /// @param minute unix minutes whose price was taken; each counts once
    event PriceSampled(bytes16 indexed underlying, uint40 indexed expiry, uint256 priceWad, uint256 minute);
    event PriceFixed(bytes16 indexed underlying, uint40 indexed expiry, uint256 priceWad, uint256 samples);

    error Expiry_TooEarly(uint256 time, uint256 from);
    error Expiry_TooFewSamples(uint256 found, uint256 least);

    /// @notice Takes the oracle's price into the mean, once for each minute that begins within the window, or after it as long as
    /// samples are missing. Anyone may call; a price that is not in such a minute, or not the first of it, changes nothing.
    function sample(bytes16 underlying, uint40 expiry) external;

    /// @notice Fixes the price of an expiry that has enough samples, for ever. Anyone may call.
    function fix(bytes16 underlying, uint40 expiry) external returns (uint256 priceWad);

    /// @notice Settlement price, dollars, 1e18; zero until it is fixed.
    function priceOf(bytes16 underlying, uint40 expiry) external view returns (uint256 priceWad);
}
