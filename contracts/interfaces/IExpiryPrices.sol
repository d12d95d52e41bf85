// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Settlement prices of expiries: the oracle's mean over the last window before
/// @notice Of each minute of the window counts the first price *published* in it that anyone brings: a price that the oracle
/// accepted and says when it is sampled. Minutes after expiry count too, as long as samples are missing.
///
/// **What a caller can choose.** Which of the prices that the oracle accepts in a minute is taken, if he is first; it weighs
/// one sample of twenty at least. Nobody can take a minute twice, bring a price of before the window, keep others from
/// sampling, or change what is fixed. Where *nobody* sampled enough in the window although the oracle had prices, whoever
/// does it later picks the minutes: whoever holds an option has the reason, and a call a minute the means, to prevent it.
interface IExpiryPrices {
    /// @param priceSumWad of the samples, dollars 1e18
    /// @param samples taken
    /// @param nextMinute first minute that may still be taken, counted from the window's start
    struct Mean {
        uint144 priceSumWad;
        uint8 samples;
        uint40 nextMinute;
        bool isFixed;
    }

    /// @param minute counted from the window's start
    event PriceSampled(bytes16 indexed underlying, uint40 indexed expiry, uint256 priceWad, uint256 minute);
    event PriceFixed(bytes16 indexed underlying, uint40 indexed expiry, uint256 priceWad, uint256 samples);

    /// @notice No option expires before a window has passed since 1970; zero is what perpetuals have.
    error Expiry_None(uint256 expiry);
    error Expiry_TooEarly(uint256 time, uint256 from);
    error Expiry_TooFewSamples(uint256 found, uint256 least);

    /// @notice Takes the oracle's price into the mean, if it is the first of a minute that counts; else changes nothing.
    /// Anyone may call.
    function sample(bytes16 underlying, uint40 expiry) external;

    /// @notice Samples, then fixes the price of an expiry that has samples enough, for ever. Anyone may call, from a minute after
    /// expiry: until then a price of the window's last minute may still be brought.
    /// @return priceWad settlement price, dollars, 1e18
    function fix(bytes16 underlying, uint40 expiry) external returns (uint256 priceWad);

    /// @notice Settlement price, dollars, 1e18; zero until it is fixed.
    function priceOf(bytes16 underlying, uint40 expiry) external view returns (uint256 priceWad);

    /// @notice What was sampled so far.
    function meanOf(bytes16 underlying, uint40 expiry) external view returns (Mean memory);
}
