// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IPriceRouter} from "../../../../contracts/interfaces/IPriceRouter.sol";
import {IPriceSource, NoPrice} from "../../../../contracts/interfaces/IPriceSource.sol";
import {PriceRouter} from "../../../../contracts/oracle/PriceRouter.sol";
import {ScriptedSource} from "./ScriptedSource.sol";
import {DeployParts} from "../../support/Deploy.sol";

/// @notice A router with scripted sources for BTC.
abstract contract RouterTestBase is Test {
    bytes16 internal constant BTC = "BTC";
    uint32 internal constant HEARTBEAT = 120;

    AccessManager internal manager;
    PriceRouter internal router;
    /// @dev Ascending by address, as the router lists them.
    ScriptedSource[] internal sources;
    uint256 internal start = 1_800_000_000;

    function setUp() public virtual {
        vm.warp(start);
        manager = DeployParts.manager(address(this));
        router = new PriceRouter(address(manager));
    }

    /// @notice As the risk model's section 5 has them.
    function parameters(uint8 quorum) internal pure returns (IPriceRouter.Parameters memory) {
        return IPriceRouter.Parameters({
            quorum: quorum,
            maxDeviationBps: 150,
            maxConfidenceBps: 200,
            maxMoveBpsPerMinute: 2_000,
            minPriceWad: 1e18,
            maxPriceWad: 10_000_000e18
        });
    }

    /// @notice `count` fresh sources.
    function list(uint256 count, uint8 quorum) internal {
        list(count, parameters(quorum), IPriceSource(address(0)));
    }

    function list(uint256 count, IPriceRouter.Parameters memory p, IPriceSource internalSource) internal {
        delete sources;
        for (uint256 i; i < count; ++i) {
            sources.push(new ScriptedSource());
        }
        for (uint256 i; i < count; ++i) {
            for (uint256 j = i + 1; j < count; ++j) {
                if (sources[j] < sources[i]) (sources[i], sources[j]) = (sources[j], sources[i]);
            }
        }
        router.setUnderlying(BTC, p, terms(), IPriceRouter.SourceTerms(internalSource, HEARTBEAT));
    }

    function terms() internal view returns (IPriceRouter.SourceTerms[] memory t) {
        t = new IPriceRouter.SourceTerms[](sources.length);
        for (uint256 i; i < t.length; ++i) {
            t[i] = IPriceRouter.SourceTerms(sources[i], HEARTBEAT);
        }
    }

    /// @notice Source `i` publishes now, without doubt.
    function say(uint256 i, uint256 priceWad) internal {
        sources[i].set(priceWad, 0, block.timestamp);
    }

    function say(uint256 a, uint256 b, uint256 c) internal {
        say(0, a);
        say(1, b);
        say(2, c);
    }

    function update() internal {
        router.update(proof(new IPriceRouter.Push[](0)));
    }

    function proof(IPriceRouter.Push[] memory pushes) internal pure returns (bytes memory) {
        bytes16[] memory underlyings = new bytes16[](1);
        underlyings[0] = BTC;
        return abi.encode(underlyings, pushes);
    }

    /// @notice The update is refused for this reason and nothing changes.
    function refuse(NoPrice reason) internal {
        bytes32 before = keccak256(abi.encode(router.priceOf(BTC)));
        (NoPrice outcome,) = router.preview(BTC);
        assertEq(uint8(outcome), uint8(reason), "preview");
        vm.expectEmit(address(router));
        emit IPriceRouter.PriceRefused(BTC, reason);
        update();
        assertEq(keccak256(abi.encode(router.priceOf(BTC))), before, "changed");
    }

    function assertPrice(uint256 priceWad) internal view {
        (uint256 found,) = router.latest(BTC);
        assertEq(found, priceWad, "price");
    }

    function reasonOf(uint256 i) internal view returns (NoPrice) {
        (, NoPrice[] memory reasons) = router.preview(BTC);
        return reasons[i];
    }

    function assertReason(uint256 i, NoPrice reason) internal view {
        assertEq(uint8(reasonOf(i)), uint8(reason), "source's reason");
    }
}
