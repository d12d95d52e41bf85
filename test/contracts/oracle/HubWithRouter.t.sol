// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {IPriceSource} from "../../../contracts/interfaces/IPriceSource.sol";
import {PriceRouter} from "../../../contracts/oracle/PriceRouter.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {HubTestBase} from "../hub/HubTestBase.sol";
import {ScriptedMarginEngine} from "../support/ScriptedMarginEngine.sol";
import {ScriptedSource} from "./support/ScriptedSource.sol";

/// @notice The hub takes its prices from the router as it is: settlement stops with the sources and resumes with them.
contract HubWithRouterTest is HubTestBase {
    PriceRouter private router;
    ScriptedSource[3] private sources;
    uint256 private start;

    function setUp() public override {
        super.setUp();
        start = block.timestamp;
        nameAll(A_EID);
        router = new PriceRouter(address(manager));
        hub.setRiskModules(router, new ScriptedMarginEngine(router, registry), MAX_PRICE_AGE);
        for (uint256 i; i < 3; ++i) {
            sources[i] = new ScriptedSource();
        }
        for (uint256 i; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (sources[j] < sources[i]) (sources[i], sources[j]) = (sources[j], sources[i]);
            }
        }
        IPriceRouter.SourceTerms[] memory terms = new IPriceRouter.SourceTerms[](3);
        for (uint256 i; i < 3; ++i) {
            terms[i] = IPriceRouter.SourceTerms(sources[i], MAX_PRICE_AGE);
        }
        router.setUnderlying(
            BTC,
            IPriceRouter.Parameters(2, 150, 200, 2_000, 1e18, 10_000_000e18),
            terms,
            IPriceRouter.SourceTerms(IPriceSource(address(0)), 0)
        );
        deposit(A_EID, 0, USDC, 50_000e6);
        deposit(A_EID, 1, USDC, 50_000e6);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
    }

    function test_SettlesAtTheMedianThatItsOwnProofBrought() public {
        hub.settle(btcPerp, _both(), _pushAll(61_000e18, 60_900e18, 30_000e18));
        assertEq(hub.balanceOf(accounts[0], USDC), 50_900e6);
        assertEq(hub.balanceOf(accounts[1], USDC), 49_100e6);
    }

    function test_CLR13_SettlementStopsWithTheSourcesAndResumesWithThem() public {
        hub.settle(btcPerp, _both(), _pushAll(60_000e18, 60_000e18, 60_000e18));
        // Two of three gone: below quorum.
        sources[0].misbehave(ScriptedSource.Manner.BURN_GAS);
        sources[1].misbehave(ScriptedSource.Manner.REVERT);
        uint256 late = MAX_PRICE_AGE + 1;
        vm.warp(start + late);
        sources[2].set(61_000e18, 0, block.timestamp);
        bytes memory proof = _proof(new IPriceRouter.Push[](0));
        vm.expectRevert(
            abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, late, uint256(MAX_PRICE_AGE))
        );
        hub.settle(btcPerp, _both(), proof);
        // Back, but in disagreement: no mean.
        sources[0].set(63_000e18, 0, block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, late, uint256(MAX_PRICE_AGE))
        );
        hub.settle(btcPerp, _both(), proof);
        // Two that agree, and it goes on.
        sources[1].set(61_100e18, 0, block.timestamp);
        hub.settle(btcPerp, _both(), proof);
        assertEq(hub.balanceOf(accounts[0], USDC), 51_100e6);
    }

    /// @dev Two calls in one block settle at one price, whatever the second brings.
    function test_OneBlockHasOnePrice() public {
        hub.settle(btcPerp, _both(), _pushAll(61_000e18, 61_000e18, 61_000e18));
        hub.settle(btcPerp, _both(), _pushAll(60_500e18, 60_500e18, 60_500e18));
        assertEq(hub.balanceOf(accounts[0], USDC), 51_000e6);
    }

    function _both() private view returns (AccountId[] memory list) {
        list = new AccountId[](2);
        (list[0], list[1]) = (accounts[0], accounts[1]);
        return ascending(list);
    }

    function _pushAll(uint256 a, uint256 b, uint256 c) private view returns (bytes memory) {
        IPriceRouter.Push[] memory pushes = new IPriceRouter.Push[](3);
        pushes[0] = IPriceRouter.Push(sources[0], abi.encode(a));
        pushes[1] = IPriceRouter.Push(sources[1], abi.encode(b));
        pushes[2] = IPriceRouter.Push(sources[2], abi.encode(c));
        return _proof(pushes);
    }

    function _proof(IPriceRouter.Push[] memory pushes) private pure returns (bytes memory) {
        bytes16[] memory underlyings = new bytes16[](1);
        underlyings[0] = BTC;
        return abi.encode(underlyings, pushes);
    }
}
