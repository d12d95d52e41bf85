// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {IPriceSource} from "../../../contracts/interfaces/IPriceSource.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {ScriptedSource} from "./support/ScriptedSource.sol";

/// @notice What may be set, by whom.
contract RouterTermsTest is RouterTestBase {
    IPriceRouter.SourceTerms private none;

    function test_SetTellsAndIsRead() public {
        ScriptedSource trades = new ScriptedSource();
        list(3, parameters(2), trades);
        IPriceRouter.SourceTerms memory internal_ = IPriceRouter.SourceTerms(trades, 77);
        vm.expectEmit(address(router));
        emit IPriceRouter.UnderlyingSet(BTC, parameters(3), terms(), internal_);
        router.setUnderlying(BTC, parameters(3), terms(), internal_);
        (IPriceRouter.Parameters memory p, IPriceRouter.SourceTerms[] memory s, IPriceRouter.SourceTerms memory i) =
            router.termsOf(BTC);
        assertEq(abi.encode(p), abi.encode(parameters(3)));
        assertEq(abi.encode(s), abi.encode(terms()));
        assertEq(abi.encode(i), abi.encode(internal_));
    }

    function test_CLR22_ReplacedSourcesAreListedNoMore() public {
        ScriptedSource trades = new ScriptedSource();
        list(3, parameters(2), trades);
        ScriptedSource[] memory old = sources;
        assertEq(router.listings(old[0]), 1);
        router.setUnderlying("ETH", parameters(2), terms(), none);
        assertEq(router.listings(old[0]), 2);
        list(2, 2);
        router.setUnderlying("ETH", parameters(2), terms(), none);
        assertEq(router.listings(old[0]), 0);
        assertEq(router.listings(trades), 0);
        assertEq(router.listings(sources[0]), 2);
    }

    function test_CLR22_RevertWhen_AStrangerSetsAnything() public {
        list(3, 2);
        bytes memory why =
            abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(7));
        vm.startPrank(address(7));
        vm.expectRevert(why);
        router.setUnderlying(BTC, parameters(2), terms(), none);
        vm.expectRevert(why);
        router.setSequencer(address(7), 0);
    }

    function test_CLR13_RevertWhen_QuorumIsBelowTwoOrBeyondTheSources() public {
        list(3, 2);
        IPriceRouter.Parameters memory p = parameters(1);
        _refused(p, "quorum", 1);
        p.quorum = 0;
        _refused(p, "quorum", 0);
        p.quorum = 4;
        _refused(p, "quorum", 4);
        // The internal one does not make up the number.
        none = IPriceRouter.SourceTerms(new ScriptedSource(), 60);
        _refused(p, "quorum", 4);
    }

    function test_RevertWhen_ASourceIsListedTwice() public {
        list(3, 2);
        IPriceRouter.SourceTerms[] memory t = terms();
        t[1] = t[0];
        address twice = address(t[0].source);
        vm.expectRevert(abi.encodeWithSelector(IPriceRouter.Router_SourcesNotAscending.selector, twice, twice));
        router.setUnderlying(BTC, parameters(2), t, none);
        t[0].source = IPriceSource(address(0));
        vm.expectRevert(
            abi.encodeWithSelector(IPriceRouter.Router_SourcesNotAscending.selector, address(0), address(0))
        );
        router.setUnderlying(BTC, parameters(2), t, none);
        none = terms()[2];
        _refused(parameters(2), "internalSource", uint160(address(sources[2])));
    }

    function test_RevertWhen_ThereAreNineSources() public {
        ScriptedSource trades = new ScriptedSource();
        list(8, 2);
        none = IPriceRouter.SourceTerms(trades, 60);
        _refused(parameters(2), "sources", 9);
    }

    function test_RevertWhen_AParameterIsOut() public {
        list(2, 2);
        IPriceRouter.Parameters memory p = parameters(2);
        p.maxDeviationBps = 0;
        _refused(p, "maxDeviationBps", 0);
        p.maxDeviationBps = 1_001;
        _refused(p, "maxDeviationBps", 1_001);
        p = parameters(2);
        p.maxConfidenceBps = 0;
        _refused(p, "maxConfidenceBps", 0);
        p.maxConfidenceBps = 10_001;
        _refused(p, "maxConfidenceBps", 10_001);
        p = parameters(2);
        p.maxMoveBpsPerMinute = 0;
        _refused(p, "maxMoveBpsPerMinute", 0);
        p.maxMoveBpsPerMinute = 10_001;
        _refused(p, "maxMoveBpsPerMinute", 10_001);
        p = parameters(2);
        p.minPriceWad = 0;
        _refused(p, "minPriceWad", 0);
        p.minPriceWad = 2;
        p.maxPriceWad = 1;
        _refused(p, "maxPriceWad", 1);
        p.maxPriceWad = type(uint128).max / 2 + 1;
        _refused(p, "maxPriceWad", p.maxPriceWad);
        none = IPriceRouter.SourceTerms(new ScriptedSource(), 0);
        _refused(parameters(2), "internalHeartbeat", 0);
        none = IPriceRouter.SourceTerms(IPriceSource(address(0)), 0);
        IPriceRouter.SourceTerms[] memory t = terms();
        t[1].heartbeatSeconds = 0;
        vm.expectRevert(
            abi.encodeWithSelector(IPriceRouter.Router_BadParameter.selector, bytes32("heartbeatSeconds"), 1)
        );
        router.setUnderlying(BTC, parameters(2), t, none);
    }

    function _refused(IPriceRouter.Parameters memory p, bytes32 name, uint256 value) private {
        vm.expectRevert(abi.encodeWithSelector(IPriceRouter.Router_BadParameter.selector, name, value));
        router.setUnderlying(BTC, p, terms(), none);
    }
}
