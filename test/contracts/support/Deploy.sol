// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ClearingHub} from "../../../contracts/hub/ClearingHub.sol";
import {ClearingHubViews} from "../../../contracts/hub/ClearingHubViews.sol";
import {IClearingHub} from "../../../contracts/interfaces/IClearingHub.sol";
import {IExpiryPrices} from "../../../contracts/interfaces/IExpiryPrices.sol";
import {ILoopback} from "../../../contracts/interfaces/ILoopback.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {InstrumentRegistry} from "../../../contracts/risk/InstrumentRegistry.sol";
import {OrderVenue} from "../../../contracts/spoke/venues/OrderVenue.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";

/// @notice Creates the large contracts. Linked libraries, since a test that says `new` itself has the whole contract compiled
/// into it once more: that was most of the time that compiling took. The creator is the test, as these are called by delegation.
library DeployHub {
    function hub(address endpoint, address manager, ILoopback loopback) external returns (IClearingHub) {
        return IClearingHub(address(new ClearingHub(endpoint, manager, loopback, new ClearingHubViews())));
    }
}

library DeployRisk {
    function registry(IClearingHub hub_, IExpiryPrices expiryPrices) external returns (InstrumentRegistry) {
        return new InstrumentRegistry(address(hub_), expiryPrices);
    }
}

library DeployVault {
    function vault(address endpoint, uint32 hubEid, address manager, ILoopback loopback) external returns (SpokeVault) {
        return new SpokeVault(endpoint, hubEid, manager, loopback);
    }

    function orderVenue(ISpokeVault vault_) external returns (OrderVenue) {
        return new OrderVenue(vault_);
    }
}

library DeployParts {
    function manager(address admin) external returns (AccessManager) {
        return new AccessManager(admin);
    }

    function scriptedEndpoint(uint32 eid) external returns (ScriptedEndpoint) {
        return new ScriptedEndpoint(eid);
    }
}
