// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms} from "../../../contracts/interfaces/IPricingModel.sol";
import {Black76Model} from "../../../contracts/pricing/models/Black76Model.sol";
import {GramCharlierModel} from "../../../contracts/pricing/models/GramCharlierModel.sol";
import {SviModel} from "../../../contracts/pricing/models/SviModel.sol";
import {EpochMove} from "../../../contracts/risk/EpochMove.sol";
import {OptionArray} from "../../../contracts/risk/OptionArray.sol";
import {RiskArray} from "../../../contracts/risk/RiskArray.sol";
import {Scenarios} from "../../../contracts/risk/Scenarios.sol";
import {VectorFile} from "../codec/VectorFile.sol";

/// @notice Marks and risk arrays of options are, to the bit, those of `clearing/margin/optionArray.ts`, and fail where those do.
contract OptionArrayVectorsTest is VectorFile {
    struct OptionCase {
        uint256 model;
        uint256 spotWad;
        uint256 forwardWad;
        uint256 strikeWad;
        uint256 yearsWad;
        uint256 discountWad;
        bool isCall;
        int256[] parameters;
        uint256 scanRange;
        uint256 failure;
        uint256 mark;
        int256 delta;
        bytes packed;
    }

    struct MoveCase {
        int256[] gains;
        uint256 scanRange;
        uint256 size;
        uint256 epochWad;
        uint256 priceWad;
        int256 move;
        int256 gained;
        bytes32 scenarios;
    }

    uint256 private constant ENTRY_OUT_OF_RANGE = 1;
    uint256 private constant MARK_OUT_OF_RANGE = 2;

    IPricingModel[3] private models = [IPricingModel(new Black76Model()), new GramCharlierModel(), new SviModel()];

    function setUp() public {
        load("optionArrays.json");
    }

    function test_CLR20_EveryArray() public view {
        OptionCase[] memory all = abi.decode(
            cases(
                ".options",
                "Case(uint256 model,uint256 spotWad,uint256 forwardWad,uint256 strikeWad,uint256 yearsWad,uint256 discountWad,bool isCall,int256[] parameters,uint256 scanRange,uint256 failure,uint256 mark,int256 delta,bytes packed)"
            ),
            (OptionCase[])
        );
        assertGe(all.length, 400);
        uint256[5] memory met;
        for (uint256 i; i < all.length; ++i) {
            OptionCase memory c = all[i];
            ++met[c.failure];
            try this.arrayOf(c) returns (uint256 mark, int256 delta, bytes memory packed) {
                assertEq(c.failure, 0);
                assertEq(mark, c.mark);
                assertEq(delta, c.delta);
                assertEq(packed, c.packed);
            } catch (bytes memory reason) {
                _checkFailure(c.failure, bytes4(reason));
            }
        }
        assertGe(met[0], 300);
        for (uint256 failure = 1; failure < 5; ++failure) {
            assertGt(met[failure], 0);
        }
    }

    /// @dev What they say at another price than their epoch's.
    function test_CLR20_EveryMove() public view {
        MoveCase[] memory all = abi.decode(
            cases(
                ".moves",
                "Case(int256[] gains,uint256 scanRange,uint256 size,uint256 epochWad,uint256 priceWad,int256 move,int256 gained,bytes32 scenarios)"
            ),
            (MoveCase[])
        );
        assertGe(all.length, 200);
        for (uint256 i; i < all.length; ++i) {
            MoveCase memory c = all[i];
            int256[32] memory gains;
            for (uint256 s; s < 32; ++s) {
                gains[s] = c.gains[s];
            }
            int256 move = EpochMove.relative(c.priceWad, c.epochWad);
            int256 gained = EpochMove.gained(gains, move, c.scanRange, c.size);
            assertEq(move, c.move);
            assertEq(gained, c.gained);
            int256[32] memory now_ = EpochMove.scenarios(gains, move, c.scanRange, c.size, gained);
            bytes memory words = abi.encode(now_);
            assembly ("memory-safe") {
                mstore(words, 960)
            }
            assertEq(keccak256(words), c.scenarios);
        }
    }

    function arrayOf(OptionCase memory c) external view returns (uint256 mark, int256 delta, bytes memory packed) {
        int256[32] memory entries;
        (mark, entries) = c.model == 3
            ? OptionArray.computePayoff(c.strikeWad, c.isCall, c.spotWad, Scenarios.moves(c.scanRange))
            : OptionArray.compute(
                models[c.model],
                OptionTerms(c.forwardWad, c.strikeWad, c.yearsWad, c.discountWad, c.isCall),
                abi.encodePacked(c.parameters),
                c.spotWad,
                Scenarios.moves(c.scanRange)
            );
        return (mark, RiskArray.delta(entries[30], entries[31], c.scanRange), RiskArray.pack(entries));
    }

    /// @dev What a model refuses it refuses in its own words, which its own vectors are about: here it only must not panic.
    function _checkFailure(uint256 failure, bytes4 reason) private pure {
        if (failure == ENTRY_OUT_OF_RANGE) assertEq(reason, RiskArray.RiskArray_EntryOutOfRange.selector);
        else if (failure == MARK_OUT_OF_RANGE) assertEq(reason, OptionArray.OptionArray_MarkOutOfRange.selector);
        else assertTrue(failure != 0 && reason != 0 && reason != 0x4e487b71);
    }
}
