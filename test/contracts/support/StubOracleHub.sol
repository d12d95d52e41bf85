// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";

/// @notice Of the hub only that it has an oracle.
contract StubOracleHub {
    IPriceOracle public oracle;

    constructor(IPriceOracle oracle_) {
        oracle = oracle_;
    }

    function setOracle(IPriceOracle oracle_) external {
        oracle = oracle_;
    }
}
