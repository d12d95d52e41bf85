// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExpiryPrices} from "../../../contracts/interfaces/IExpiryPrices.sol";
import {IInstrumentRegistry} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {ISurfaceBook} from "../../../contracts/interfaces/ISurfaceBook.sol";
import {PriceRouter} from "../../../contracts/oracle/PriceRouter.sol";
import {AccountParameters} from "../../../contracts/risk/MarginParameters.sol";
import {ScenarioMarginEngine} from "../../../contracts/risk/ScenarioMarginEngine.sol";

/// @notice As `Deploy.sol`, apart from it so that tests of the hub do not compile the risk engine.
library DeployEngine {
    function engine(
        address manager,
        IPriceOracle oracle,
        IInstrumentRegistry registry,
        IExpiryPrices expiryPrices,
        ISurfaceBook surfaces,
        AccountParameters memory account
    ) external returns (ScenarioMarginEngine) {
        return new ScenarioMarginEngine(manager, oracle, registry, expiryPrices, surfaces, account);
    }
}

library DeployOracle {
    function router(address manager) external returns (PriceRouter) {
        return new PriceRouter(manager);
    }
}
