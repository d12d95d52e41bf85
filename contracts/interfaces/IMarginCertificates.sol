// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Exposure} from "./IMarginEngine.sol";

/// @notice Scenarios that are to prove that an account lacks margin.
/// @param joint one of the grid (`Scenarios`), for all underlyings together; of one underlying it says nothing more than that one's own
/// @param scenarios one for each underlying, in the order in which the exposures first name them
struct Certificate {
    uint8 joint;
    uint8[] scenarios;
}

/// @notice What a certificate proves, dollars, 1e18. An account whose equity and band together are less than the requirement is below maintenance, whatever
/// the other scenarios say.
/// @param valueWad what positions are worth: `Assessment.valueMaintenanceWad`
/// @param bandWad by how much more they may be worth within the oracle's confidence: Σ |delta| · confidence over underlyings, rounded up
/// @param maintenanceWad at the most `Assessment.maintenanceWad`
struct CertifiedMargin {
    int256 valueWad;
    uint256 bandWad;
    uint256 maintenanceWad;
}

/// @title Worst-scenario certificates (risk model, section 3)
/// @notice A bound from below of the maintenance requirement, from few scenarios that the caller names, for less gas than the whole requirement. To be
/// called at the address of a margin engine.
interface IMarginCertificates {
    /// @param found scenarios named, for so many underlyings
    error Margin_ScenarioCount(uint256 found, uint256 expected);
    error Margin_UnknownScenario(uint256 found, uint256 count);
    /// @notice The joint scenario is none of the 21 of spot × volatility.
    error Margin_NotOnGrid(uint256 found);

    /// @notice What the certificate proves of an account at the latest prices and epochs, however old: it is for liquidation. Reverts where
    /// `IMarginEngine.assess` does, by the same names.
    /// @dev Of closing allowances nothing but whether there are any matters: to count them would raise the requirement and leave the value as it is.
    function certify(Certificate calldata certificate, Exposure[] calldata exposures)
        external
        view
        returns (CertifiedMargin memory);
}
