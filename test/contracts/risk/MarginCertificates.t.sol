// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginEngine, Assessment, Exposure} from "../../../contracts/interfaces/IMarginEngine.sol";
import {Certificate, CertifiedMargin, IMarginCertificates} from "../../../contracts/interfaces/IMarginCertificates.sol";
import {EpochMove} from "../../../contracts/risk/EpochMove.sol";
import {AccountParameters, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";
import {MarginSettings} from "../../../contracts/risk/MarginSettings.sol";
import {Scenarios} from "../../../contracts/risk/Scenarios.sol";
import {InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";
import {EngineTestBase} from "./EngineTestBase.sol";

/// @notice What certificates prove, against the whole check of the engine.
contract MarginCertificatesTest is EngineTestBase {
    uint256 private constant ANY_AGE = type(uint256).max;

    IMarginCertificates private certificates;
    uint32 private perpetual;

    function setUp() public override {
        super.setUp();
        certificates = IMarginCertificates(address(engine));
        perpetual = registry.numbersOf(BTC)[0];
        list(BTC, WEEK, 62_000, false);
        list(BTC, MONTH, 57_000, true);
        list(BTC, MONTH, 60_000, false);
        list(BTC, WEEK, 60_000, true);
        list(ETH, WEEK, 3_100, false);
        list(ETH, WEEK, 2_900, true);
        listMany(8);
    }

    /// @dev Any account, at any price however far from the epoch's, with some options expired, settled, or carried over: any certificate says its value to
    /// the bit, and no more than it requires.
    function testFuzz_NoCertificateExceedsTheRequirement(uint256 seed, uint256 market) public {
        refresh(seed);
        _setParameters(seed);
        _move(market);
        Exposure[] memory held = draw(seed, market % 3 == 0);
        uint256 most = held.length;
        // Also small accounts, of one underlying alone, and of perpetuals.
        if (market % 5 == 0) most = 1 + market % 4;
        assembly ("memory-safe") {
            mstore(held, most)
        }
        Assessment memory a = engine.assess(held, ANY_AGE);
        Certificate memory c;
        c.scenarios = new uint8[](_underlyings(held));
        for (uint256 i; i < 8; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            _drawCertificate(c, seed);
            CertifiedMargin memory m = certificates.certify(c, held);
            assertEq(m.valueWad, a.valueMaintenanceWad);
            assertLe(m.maintenanceWad, a.maintenanceWad);
        }
    }

    /// @dev Perpetuals on two underlyings: their worst scenarios prove all of what is required, the credit included.
    function testFuzz_OfPerpetualsNothingIsMissing(int64 btc, int64 eth, uint64 offset, uint32 share) public {
        engine.setAccountParameters(AccountParameters(0.8e9, uint32(share % (1e9 + 1)), 0.15e9));
        Exposure[] memory held = new Exposure[](2);
        held[0] = Exposure(perpetual, btc, 0, offset, 0);
        held[1] = Exposure(registry.numbersOf(ETH)[0], eth, 0, 0, 0);
        uint256 best;
        for (uint256 joint; joint < 2; ++joint) {
            Certificate memory c = Certificate(joint == 0 ? 2 : 6, new uint8[](2));
            (c.scenarios[0], c.scenarios[1]) = (btc < 0 ? 6 : 2, eth < 0 ? 6 : 2);
            uint256 bound = certificates.certify(c, held).maintenanceWad;
            if (bound > best) best = bound;
        }
        // But for what is rounded against the certificate.
        assertApproxEqAbs(best, engine.assess(held, ANY_AGE).maintenanceWad, 10);
    }

    /// @dev A short straddle: one of the 30 scenarios proves its whole scan, at the epoch's price and away from it.
    function testFuzz_TheWorstScenarioProvesTheScan(uint8 percent) public {
        refreshBoth();
        oracle.set(BTC, 60_000e18 * (70 + uint256(percent) % 61) / 100, NOW);
        Exposure[] memory held = new Exposure[](2);
        held[0] = Exposure(registry.numbersOf(BTC)[3], -1e8, 0, 0, 0);
        held[1] = Exposure(registry.numbersOf(BTC)[4], -1e8, 0, 0, 0);
        uint256 best;
        Certificate memory c = Certificate(3, new uint8[](1));
        for (uint8 s; s < 30; ++s) {
            c.scenarios[0] = s;
            uint256 bound = certificates.certify(c, held).maintenanceWad;
            if (bound > best) best = bound;
        }
        assertEq(best, engine.assess(held, ANY_AGE).maintenanceWad);
    }

    /// @dev From the entries that `placesOf` and `placesWithin` name, and no others, one scenario is what it is among all.
    function testFuzz_OneScenarioOfAll(int32[32] memory entries, int48 move, uint32 scanRange, uint16 size) public pure {
        int256[32] memory all;
        for (uint256 s; s < 32; ++s) {
            all[s] = s == 3 ? int256(0) : int256(entries[s]);
        }
        uint256 range = 1e6 + uint256(scanRange) % 0.949e9;
        // Half of them near.
        int256 to = int256(move) % (size % 2 == 0 ? int256(0.3e9) : int256(1e12));
        if (to <= -1e9) to = -to;
        int256 gained = EpochMove.gained(all, to, range, size);
        int256[32] memory now_ = EpochMove.scenarios(all, to, range, size, gained);
        for (uint256 s; s < 30; ++s) {
            int256[32] memory few = _only(all, EpochMove.placesOf(s, to, range));
            assertEq(EpochMove.scenario(few, s, to, range, size, gained), now_[s]);
        }
        assertEq(EpochMove.gained(_only(all, EpochMove.placesWithin(uint256(to < 0 ? -to : to), range)), to, range, size), gained);
        int256[32] memory moves = Scenarios.moves(range);
        for (uint256 s; s < 30; ++s) {
            assertEq(Scenarios.moveOf(s, range), moves[s]);
        }
    }

    /// @dev Delta times confidence: of a perpetual its size; of what offsets it nothing; of a deep call nearly its size, also where the price is far away.
    function test_TheBandIsThatOfTheDelta() public {
        oracle.setConfidence(BTC, 60e18);
        assertEq(_certify(one(perpetual, -2e8, 0, 0, 0)).bandWad, 120e18);
        refreshBoth();
        uint32 call = list(BTC, WEEK, 20_000, false);
        oracle.set(BTC, 60_000e18, NOW + 1);
        refreshAll(BTC, 100);
        for (uint256 price = 30_000; price <= 120_000; price += 15_000) {
            oracle.set(BTC, price * 1e18, NOW + 1);
            oracle.setConfidence(BTC, 60e18);
            Exposure[] memory held = one(call, 1e8, 0, 0, 0);
            assertApproxEqAbs(_certify(held).bandWad, 60e18, 1.5e18);
            held = new Exposure[](2);
            held[0] = Exposure(perpetual, -1e8, 0, 0, 0);
            held[1] = Exposure(call, 1e8, 0, 0, 0);
            assertLt(_certify(held).bandWad, 1.5e18);
        }
    }

    /// @dev An account whose equity is a wei too low is proven to be; a certificate of other scenarios is silent.
    function test_OnlyTheWorstScenariosProveABreach() public view {
        Exposure[] memory held = one(perpetual, 1e8, 0, 0, 0);
        Certificate memory c = Certificate(2, new uint8[](1));
        c.scenarios[0] = 2;
        assertEq(certificates.certify(c, held).maintenanceWad, 7_200e18);
        c.scenarios[0] = 6;
        // Nothing lost there: the minimum of the perpetual is left.
        assertEq(certificates.certify(c, held).maintenanceWad, 900e18);
    }

    function test_RevertWhen_ACertificateIsMalformed() public {
        Exposure[] memory held = one(perpetual, 1e8, 0, 0, 0);
        Certificate memory c = Certificate(2, new uint8[](2));
        vm.expectRevert(abi.encodeWithSelector(IMarginCertificates.Margin_ScenarioCount.selector, 2, 1));
        certificates.certify(c, held);
        vm.expectRevert(abi.encodeWithSelector(IMarginCertificates.Margin_ScenarioCount.selector, 2, 0));
        certificates.certify(c, new Exposure[](0));
        c.scenarios = new uint8[](1);
        c.scenarios[0] = 30;
        vm.expectRevert(abi.encodeWithSelector(IMarginCertificates.Margin_UnknownScenario.selector, 30, 30));
        certificates.certify(c, held);
        c.scenarios[0] = 29;
        for (uint256 i; i < 4; ++i) {
            uint8[4] memory off = [7, 15, 23, 26];
            c.joint = off[i];
            vm.expectRevert(abi.encodeWithSelector(IMarginCertificates.Margin_NotOnGrid.selector, off[i]));
            certificates.certify(c, held);
        }
        // What is no function of either.
        (bool done,) = address(engine).call(hex"12345678");
        assertFalse(done);
        (done,) = address(engine).call("");
        assertFalse(done);
    }

    /// @dev By the names by which the engine does.
    function testFuzz_RevertWhen_TheEngineDoes(Exposure memory any, uint256 time) public {
        refreshBoth();
        if (time % 4 == 0) oracle.set(BTC, 0, 0);
        if (time % 4 == 1) oracle.set(BTC, 2 ** 113, NOW);
        uint32[] memory numbers = registry.numbersOf(BTC);
        if (time % 5 != 0) any.number = numbers[any.number % numbers.length] + (time % 7 == 0 ? 1 : 0);
        Exposure[] memory held = new Exposure[](1);
        held[0] = any;
        Certificate memory c = Certificate(0, new uint8[](1));
        try engine.assess(held, ANY_AGE) returns (Assessment memory a) {
            assertEq(certificates.certify(c, held).valueWad, a.valueMaintenanceWad);
        } catch (bytes memory reason) {
            vm.expectRevert(reason);
            certificates.certify(c, held);
        }
    }

    /// @dev Called at its own address the code knows nothing.
    function test_TheCodeAloneKnowsNoUnderlying() public {
        IMarginCertificates alone = IMarginCertificates(vm.computeCreateAddress(address(engine), 1));
        Certificate memory c = Certificate(0, new uint8[](1));
        vm.expectRevert(abi.encodeWithSelector(MarginSettings.Margin_NoParameters.selector, 1));
        alone.certify(c, one(perpetual, 1e8, 0, 0, 0));
    }

    function _certify(Exposure[] memory held) private view returns (CertifiedMargin memory) {
        return certificates.certify(Certificate(0, new uint8[](1)), held);
    }

    /// @dev Any share of the credit and any ratio; half the time so little depth that concentration matters.
    function _setParameters(uint256 seed) private {
        engine.setAccountParameters(AccountParameters(1 + uint32(seed % 1e9), uint32((seed >> 32) % (1e9 + 1)), 0));
        UnderlyingParameters memory p = DefaultMargin.parameters(0.15e9);
        if (seed % 2 == 0) p.depth = uint48(1 + (seed >> 64) % 2 ** ((seed >> 8) % 44));
        engine.setUnderlyingParameters(BTC, p, DefaultMargin.limits());
    }

    /// @dev A price anywhere, and time up to beyond the first expiry, which may have settled; what then cannot be priced is carried over.
    function _move(uint256 market) private {
        if (market % 4 == 0) {
            vm.warp(WEEK + 60);
            if (market % 8 == 0) expiryPrices.set(BTC, WEEK, 61_000e18);
            surfaces.set(BTC, MONTH, black76, 0, 0, "");
            oracle.set(BTC, 59_000e18, WEEK + 60);
            if (market % 16 < 8) refreshAll(BTC, 100);
        }
        if (market % 2 == 0) oracle.set(BTC, 6_000e18 + (market >> 16) % 300_000e18, block.timestamp);
        if (market % 3 == 0) oracle.set(ETH, 300e18 + (market >> 96) % 20_000e18, block.timestamp);
    }

    function _drawCertificate(Certificate memory c, uint256 seed) private pure {
        c.joint = uint8(8 * (seed % 3) + (seed >> 8) % 7);
        for (uint256 i; i < c.scenarios.length; ++i) {
            c.scenarios[i] = uint8((seed >> (16 + 8 * i)) % 30);
        }
    }

    function _underlyings(Exposure[] memory held) private pure returns (uint256 count) {
        uint256 seen;
        for (uint256 i; i < held.length; ++i) {
            uint256 bit = 1 << (held[i].number >> 24);
            if (seen & bit == 0) ++count;
            seen |= bit;
        }
    }

    function _only(int256[32] memory all, uint256 places) private pure returns (int256[32] memory few) {
        for (uint256 s; s < 32; ++s) {
            if ((places >> s) & 1 == 1) few[s] = all[s];
        }
    }
}
