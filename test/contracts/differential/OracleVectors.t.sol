// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {PriceRouter} from "../../../contracts/oracle/PriceRouter.sol";
import {VectorFile} from "../codec/VectorFile.sol";
import {ScriptedSource} from "../oracle/support/ScriptedSource.sol";
import {DeployParts} from "../support/Deploy.sol";

/// @notice The router decides, step by step and to the bit, what `clearing/oracle/decidePrice.ts` does.
contract OracleVectorsTest is VectorFile {
    struct RouterCase {
        uint8 quorum;
        uint16 maxDeviationBps;
        uint16 maxConfidenceBps;
        uint16 maxMoveBpsPerMinute;
        uint128 minPriceWad;
        uint128 maxPriceWad;
        uint32[] heartbeats;
    }

    struct StepCase {
        uint256 router;
        uint256 now_;
        uint256[] priceWad;
        uint256[] confidenceWad;
        uint256[] time;
        uint8[] reason;
        uint8 outcome;
        uint8[] reasons;
        uint256[] stored;
    }

    bytes16 private constant BTC = "BTC";

    PriceRouter private router;
    /// @dev The last is the internal one.
    ScriptedSource[] private sources;

    function test_CLR20_CLR13_EveryStepOfEveryRouter() public {
        load("oracle.json");
        RouterCase[] memory routers = abi.decode(
            cases(
                ".routers",
                "Case(uint8 quorum,uint16 maxDeviationBps,uint16 maxConfidenceBps,uint16 maxMoveBpsPerMinute,uint128 minPriceWad,uint128 maxPriceWad,uint32[] heartbeats)"
            ),
            (RouterCase[])
        );
        StepCase[] memory steps = abi.decode(
            cases(
                ".steps",
                "Case(uint256 router,uint256 now,uint256[] priceWad,uint256[] confidenceWad,uint256[] time,uint8[] reason,uint8 outcome,uint8[] reasons,uint256[] stored)"
            ),
            (StepCase[])
        );
        assertGt(steps.length, 400);
        uint256 current = type(uint256).max;
        for (uint256 i; i < steps.length; ++i) {
            if (steps[i].router != current) {
                current = steps[i].router;
                _build(routers[current]);
            }
            _check(steps[i]);
        }
    }

    function _build(RouterCase memory c) private {
        router = new PriceRouter(address(DeployParts.manager(address(this))));
        delete sources;
        for (uint256 i; i < c.heartbeats.length; ++i) {
            sources.push(new ScriptedSource());
        }
        uint256 external_ = c.heartbeats.length - 1;
        for (uint256 i; i < external_; ++i) {
            for (uint256 j = i + 1; j < external_; ++j) {
                if (sources[j] < sources[i]) (sources[i], sources[j]) = (sources[j], sources[i]);
            }
        }
        IPriceRouter.SourceTerms[] memory terms = new IPriceRouter.SourceTerms[](external_);
        for (uint256 i; i < external_; ++i) {
            terms[i] = IPriceRouter.SourceTerms(sources[i], c.heartbeats[i]);
        }
        router.setUnderlying(
            BTC,
            IPriceRouter.Parameters(
                c.quorum,
                c.maxDeviationBps,
                c.maxConfidenceBps,
                c.maxMoveBpsPerMinute,
                c.minPriceWad,
                c.maxPriceWad
            ),
            terms,
            IPriceRouter.SourceTerms(sources[external_], c.heartbeats[external_])
        );
    }

    function _check(StepCase memory c) private {
        vm.warp(c.now_);
        for (uint256 i; i < sources.length; ++i) {
            sources[i].set(c.priceWad[i], c.confidenceWad[i], c.time[i]);
            if (c.reason[i] != 0) sources[i].setNone(NoPrice(c.reason[i]));
        }
        (NoPrice outcome, NoPrice[] memory reasons) = router.preview(BTC);
        assertEq(uint8(outcome), c.outcome, "outcome");
        for (uint256 i; i < c.reasons.length; ++i) {
            assertEq(uint8(reasons[i]), c.reasons[i], "reason");
        }
        bytes16[] memory names = new bytes16[](1);
        names[0] = BTC;
        router.update(abi.encode(names, new IPriceRouter.Push[](0)));
        IPriceRouter.Price memory p = router.priceOf(BTC);
        assertEq(p.priceWad, c.stored[0], "price");
        assertEq(p.confidenceWad, c.stored[1], "confidence");
        assertEq(p.time, c.stored[2], "time");
        assertEq(p.emaWad, c.stored[3], "average");
    }
}
