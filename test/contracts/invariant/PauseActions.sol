// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {PayoutActions} from "./PayoutActions.sol";
import "./World.sol";

/// @notice What the guardian stops, and what anybody can who proves that two ends differ.
abstract contract PauseActions is PayoutActions {
    /// @notice The guardian pauses a lane, the hub, a vault or a token; or lets all go on.
    function pause(uint256 seed) external action(seed) {
        _count("pause", true);
        if (!_chance(3)) return _resumeAll();
        uint256 lane = _pick(LANES);
        uint256 kind = _pick(4);
        uint16 asset = Places.assetOf(_pick(ASSETS));
        vm.prank(w.guardian);
        if (kind == 0) w.hub.pauseLane(Places.eidOf(lane));
        else if (kind == 1) w.hub.pauseLane(0);
        else if (kind == 2) w.vaults[lane].pause();
        else w.vaults[lane].suspendToken(asset);
    }

    /// @notice Anybody pauses a lane whose ends differ: only if they do although nothing is missing, and did for long.
    function proveDiverged(uint256 seed) external action(seed) {
        uint256 lane = _pick(LANES);
        if (_differsSince[lane] != 0 && _chance(2)) {
            time += MAX_LAG;
            _at(0);
            if (_report(lane, 4, false)) _deliverInFull(_take(_pending.length - 1));
        }
        _count("proveDiverged", _proveDiverged(lane));
    }

    function _proveDiverged(uint256 lane) internal returns (bool proven) {
        IHubLedger.Lane memory l = w.hub.laneOf(Places.eidOf(lane));
        try w.hub.pauseDiverged(Places.eidOf(lane)) {
            proven = true;
        } catch {}
        if (!proven || l.diverged) return proven;
        bool long = _differsSince[lane] != 0 && l.toldTime >= _differsSince[lane] + MAX_LAG;
        assertTrue(long, "CLR-18: paused without time to repair");
        // From an unpausing until both ends agree the hub does not know what is missing; the time to repair it is all there is.
        if (l.arrivedUpTo == type(uint64).max) return proven;
        assertFalse(_isMissing(lane), "CLR-18: paused for what is on its way");
    }

    /// @dev Whether the hub will lend and pay nothing on a lane.
    function _isPaused(uint256 lane) internal view returns (bool) {
        IHubLedger.Lane memory l = w.hub.laneOf(Places.eidOf(lane));
        return l.paused || l.diverged || w.hub.laneOf(0).paused;
    }

    /// @dev Whether the hub has not heard for too long all that a spoke has to say.
    function _isBehind(uint256 lane) internal view returns (bool) {
        IHubLedger.Lane memory l = w.hub.laneOf(Places.eidOf(lane));
        if (time > l.settledTime + MAX_LAG) return true;
        return l.oldestDirty != 0 && time > l.oldestDirty + MAX_LAG;
    }

    function _setPaused(uint256 lane, bool paused) internal {
        vm.prank(w.guardian);
        if (paused) w.vaults[lane].pause();
        else w.vaults[lane].unpause();
    }

    function _resumeAll() private {
        vm.startPrank(w.guardian);
        w.hub.unpauseLane(0);
        for (uint256 lane; lane < LANES; ++lane) {
            SpokeVault vault = w.vaults[lane];
            uint32 eid = Places.eidOf(lane);
            IHubLedger.Lane memory l = w.hub.laneOf(eid);
            // It makes the hub forget what the spoke told of itself.
            if (l.paused || l.diverged) w.hub.unpauseLane(eid);
            vault.unpause();
            for (uint256 asset; asset < ASSETS; ++asset) {
                vault.resumeToken(Places.assetOf(asset));
            }
        }
        vm.stopPrank();
    }
}
