// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";
import {IInstrumentRegistry} from "./IInstrumentRegistry.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @notice One instrument of an account, netted over all chains.
/// @param number of the instrument, `IInstrumentRegistry`
/// @param base net, 1e-8, signed
/// @param quote 1e-6 dollar, signed. A position without base still has it: it is a gain or a loss that was not settled
/// @param offset what is long on some spokes and short on others, min(Σ longs, Σ shorts), 1e-8
/// @param closing by how much closing allowances may still move `base` towards zero and beyond, 1e-8; counted in full
struct Exposure {
    uint32 number;
    int88 base;
    int88 quote;
    uint96 offset;
    uint88 closing;
}

/// @notice What positions are worth and what they require, dollars, 1e18.
/// @param valueInitialWad Σ base · mark + quote, of which unrealised gains count up to the engine's cap per underlying. Rounded down, once a sum
/// that the engine keeps, not once a position: so never above what the positions are worth, and at most a sum's last digit below
/// @param valueMaintenanceWad the same with all gains
/// @param initialWad requirement, rounded up; likewise maintenance
struct Assessment {
    int256 valueInitialWad;
    int256 valueMaintenanceWad;
    uint256 initialWad;
    uint256 maintenanceWad;
}

/// @notice What vaults measure trades of an option at.
/// @param markWad dollars per unit of base at `spotWad`, 1e18
/// @param deltaPpb change of the mark per change of the spot, billionths
/// @param spotWad price of the underlying that mark and delta are for, 1e18
/// @param ratePpm credit per notional of the underlying: the worst weighted loss of either side and the minimums, millionths
/// @param time unix seconds at which that price was published
struct OptionReference {
    uint128 markWad;
    int32 deltaPpb;
    uint128 spotWad;
    uint32 ratePpm;
    uint40 time;
}

/// @title What a netted portfolio is worth and what margin it needs
/// @dev Knows prices and instruments of its own, and nothing of the hub's storage, so that a better model is another address. The hub
/// takes one only whose oracle and registry are its own.
interface IMarginEngine {
    /// @notice There is no price of the underlying, or none younger than asked.
    error Margin_StalePrice(bytes16 underlying, uint256 ageSeconds, uint256 maxAgeSeconds);
    /// @notice An instrument that the engine has no model for; zero if no instrument has the number.
    error Margin_UnsupportedInstrument(InstrumentId instrument);
    error Margin_TooManyInstruments(uint256 found, uint256 most);

    /// @notice Where its prices come from.
    function oracle() external view returns (IPriceOracle);

    /// @notice Whose numbers it knows instruments by.
    function registry() external view returns (IInstrumentRegistry);

    /// @notice Value and requirement of all that an account holds. Reverts with a named error where an open position has no
    /// price, none younger than `maxPriceAge`, or no parameters: an unknown risk is never zero risk.
    /// @param maxPriceAge seconds; `type(uint256).max` for display and liquidation: the latest price, however old
    function assess(Exposure[] calldata exposures, uint256 maxPriceAge) external view returns (Assessment memory);

    /// @notice Dollars per unit of base, 1e18: of a perpetual the oracle's price, of an option what the model says, at the least zero,
    /// and what it pays once its settlement price is fixed. Reverts as `assess` does.
    function markOf(InstrumentId instrument, uint256 maxPriceAge) external view returns (uint256 markWad);

    /// @notice What vaults need to take trades of an option. Reverts with a named error where there is none to give.
    function optionReferenceOf(InstrumentId instrument) external view returns (OptionReference memory);
}
