// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {HubState} from "./HubState.sol";

/// @notice How far an asset's balances count for initial margin: as far as the chains that have its tokens were heard of. Balances have
/// no place, so what is stale on one chain is shared by all who hold the asset.
/// @dev Source: risk model, section 2. A chain is fresh up to its `maxLagSeconds`, which stands for finality and two minutes there (the lane's own
/// measure of what is late), by the last report at which both ends agreed. Mirrored by `clearing/freshness.ts` (CLR-20).
library Freshness {
    /// @notice Everything is fresh.
    uint256 internal constant ONE = 1e9;
    /// @notice Seconds beyond a lane's lag after which nothing of its tokens counts.
    uint256 internal constant FADE = 28 minutes;

    /// @notice How far the tokens of each chain count.
    /// @return lanes by its place in `eids`, 1e-9 rounded down; none where everything is fresh, as it nearly always is
    function ofLanes(HubState storage s) internal view returns (uint256[] memory lanes) {
        lanes = new uint256[](s.eids.length);
        bool anyStale;
        for (uint256 i; i < lanes.length; ++i) {
            uint32 eid = s.eids[i];
            if (eid == 0) break;
            IHubLedger.Lane storage lane = s.lanes[eid];
            uint256 settled = lane.settledTime;
            lanes[i] = ofAge(block.timestamp > settled ? block.timestamp - settled : 0, lane.maxLagSeconds);
            if (lanes[i] != ONE) anyStale = true;
        }
        if (!anyStale) return new uint256[](0);
    }

    /// @notice Freshness of a chain that was last in step `age` seconds ago, 1e-9 rounded down: linear from `lag` on.
    function ofAge(uint256 age, uint256 lag) internal pure returns (uint256) {
        if (age <= lag) return ONE;
        if (age - lag >= FADE) return 0;
        return ONE * (lag + FADE - age) / FADE;
    }

    /// @notice Σ liquidity · freshness / Σ liquidity over all lanes, 1e-9 rounded down; of an asset of which there is nothing, `ONE`.
    /// @param lanes `ofLanes`
    function ofAsset(HubState storage s, uint16 asset, uint256[] memory lanes) internal view returns (uint256) {
        uint256 total;
        uint256 fresh;
        for (uint256 i; i < lanes.length; ++i) {
            uint32 eid = s.eids[i];
            if (eid == 0) break;
            uint256 liquidity = s.liquidity[eid][asset].total;
            total += liquidity;
            fresh += liquidity * lanes[i];
        }
        return total == 0 ? ONE : fresh / total;
    }
}
