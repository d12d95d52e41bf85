// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A European option on a forward, settled in cash.
/// @param forwardWad price of the underlying for delivery at expiry, 1e18; from 1 wei to 2^120
/// @param strikeWad 1e18; the same range
/// @param yearsWad time to expiry in years of 31,536,000 s, 1e18; at most 100. 0 is worth its payoff at the forward
/// @param discountWad what one dollar at expiry is worth now, 1e18; above 0, at most 10
struct OptionTerms {
    uint256 forwardWad;
    uint256 strikeWad;
    uint256 yearsWad;
    uint256 discountWad;
    bool isCall;
}

/// @notice A scenario: forward and volatility are multiplied by these, 1e18.
struct Shock {
    uint256 forwardFactorWad;
    uint256 volFactorWad;
}

/// @notice A model's parameters for one expiry, encoded as that model says.
/// @param yearsWad time to that expiry when they were posted, 1e18
/// @param parameters empty: there is no such expiry
struct Slice {
    uint256 yearsWad;
    bytes parameters;
}

/// @title A way to price European options
/// @notice Chosen per underlying by address, so that a new one needs no change of hub or margin engine.
/// @dev Who calls a model relies on this of it, and on nothing else; `test/contracts/pricing/ModelConformance.sol` is
/// the same in tests, for a model of yours too:
/// - it is a pure function of its arguments: no state of its own that could change, no clock, no caller;
/// - a price lies within what no arbitrage allows: for a call, discount · max(0, F − K) to discount · F;
/// - a put is the call less discount · (F − K), but for rounding of one wei in each;
/// - `prices` gives what `price` gives for the shocked terms;
/// - any argument gives a price or reverts with a named error, never with a panic, and never with a price that only
///   means "cannot tell". Zero means: worth less than about 1e-18 of the forward.
/// What a model does *not* promise: that its parameters are true. They are believed as far as the quorum that signs
/// them; `check` refuses those that contradict themselves or their neighbours. A caller must not use parameters that
/// did not pass it, and must bound their age: a model cannot know it. Nor are gas or precision bounded here: a model from
/// elsewhere is called with limited gas, and its failing must only stop what adds risk.
interface IPricingModel {
    /// @notice Value now, 1e18, of one option. Error against the exact formula as the model documents it.
    function price(OptionTerms calldata option, bytes calldata parameters) external view returns (uint256 priceWad);

    /// @notice Values of one option under each shock, in order. The forward moves by its factor first; the
    /// volatility that the model then sees is multiplied by the other.
    function prices(OptionTerms calldata option, bytes calldata parameters, Shock[] calldata shocks)
        external
        view
        returns (uint256[] memory pricesWad);

    /// @notice The volatility that a shock multiplies, 1e18: of this option, where the model has one per strike.
    function vol(OptionTerms calldata option, bytes calldata parameters) external view returns (uint256 volWad);

    /// @notice Reverts with a named error unless `slice` may be used, between the expiries before and after it.
    function check(Slice calldata slice, Slice calldata before, Slice calldata later) external view;
}
