// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {Epoch} from "../interfaces/IRiskArrays.sol";
import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ISurfaceBook} from "../interfaces/ISurfaceBook.sol";
import {AccountParameters, UnderlyingLimits, UnderlyingParameters} from "../risk/MarginParameters.sol";
import {EpochData, EpochState} from "../risk/EpochLogic.sol";
import {ScenarioMarginEngine} from "../risk/ScenarioMarginEngine.sol";
import {UnderlyingSettings} from "../risk/SettingsLogic.sol";
import {InstrumentId} from "../types/InstrumentId.sol";

/// @notice The scenario margin engine with epochs as they are given, and ramps that rise at once.
contract SettableEngine is ScenarioMarginEngine {
    constructor(EngineHarness h)
        ScenarioMarginEngine(
            address(h),
            IPriceOracle(address(h)),
            IInstrumentRegistry(address(h)),
            IExpiryPrices(address(h)),
            ISurfaceBook(address(h)),
            AccountParameters(1, 0, 0)
        )
    {}

    function setEpoch(uint256 index, EpochData calldata data) external {
        EpochWriter.set(_epochs, _settings[index], index, data);
    }
}

/// @notice Linked, for the engine has no room for it.
library EpochWriter {
    function set(
        EpochState storage epochs,
        UnderlyingSettings storage settings,
        uint256 index,
        EpochData calldata data
    ) external {
        epochs.live[index] = data;
        settings.rampCeiling = type(uint48).max;
    }
}

/// @notice A market that is made up, and questions to the engine over it, for `./causeway fuzz margin`: hub, oracle, registry of
/// instruments, settlement prices and manager at once.
contract EngineHarness {
    /// @param hasParameters else the engine has none, nor an epoch
    /// @param index place of the underlying in numbers
    /// @param openInterest what the hub says, 1e-8
    struct Underlying {
        bytes16 underlying;
        uint8 index;
        bool hasParameters;
        UnderlyingParameters parameters;
        UnderlyingLimits limits;
        Price price;
        uint256 openInterest;
        Epoch epoch;
        bytes[] chunks;
    }

    struct Price {
        uint256 priceWad;
        uint256 confidenceWad;
        uint256 ageSeconds;
        uint256 time;
    }

    struct Option {
        uint32 number;
        InstrumentId instrument;
    }

    struct Settlement {
        bytes16 underlying;
        uint40 expiry;
        uint256 priceWad;
    }

    struct Market {
        Underlying[] underlyings;
        Option[] options;
        Settlement[] settlements;
        AccountParameters account;
    }

    /// @param calls of the engine
    struct Case {
        Market market;
        bytes[] calls;
    }

    struct Answer {
        bool isGiven;
        bytes data;
    }

    mapping(bytes16 underlying => Price) public read;
    mapping(bytes16 underlying => uint256) public openInterestOf;
    mapping(bytes16 underlying => uint8) public underlyingIndexOf;
    mapping(InstrumentId instrument => uint32) public numberOf;
    mapping(uint32 number => InstrumentId) public instrumentOf;
    mapping(bytes16 underlying => mapping(uint40 expiry => uint256)) public priceOf;

    /// @notice What the engine says to every call of every case.
    function answers(SettableEngine engine, Case[] calldata cases) external returns (Answer[][] memory all) {
        all = new Answer[][](cases.length);
        for (uint256 i; i < cases.length; ++i) {
            try this.play(engine, cases[i]) {}
            catch (bytes memory told) {
                all[i] = abi.decode(told, (Answer[]));
            }
        }
    }

    /// @notice Reverts with the answers, so that no market is left behind.
    function play(SettableEngine engine, Case calldata c) external {
        _make(engine, c.market);
        Answer[] memory told = new Answer[](c.calls.length);
        for (uint256 i; i < c.calls.length; ++i) {
            (told[i].isGiven, told[i].data) = address(engine).staticcall(c.calls[i]);
        }
        bytes memory encoded = abi.encode(told);
        assembly ("memory-safe") {
            revert(add(encoded, 32), mload(encoded))
        }
    }

    function latest(bytes16 underlying) external view returns (uint256 priceWad, uint256 time) {
        return (read[underlying].priceWad, read[underlying].time);
    }

    function hub() external view returns (address) {
        return address(this);
    }

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function _make(SettableEngine engine, Market calldata m) private {
        engine.setAccountParameters(m.account);
        for (uint256 i; i < m.underlyings.length; ++i) {
            Underlying calldata u = m.underlyings[i];
            read[u.underlying] = u.price;
            underlyingIndexOf[u.underlying] = u.index;
            if (!u.hasParameters) continue;
            engine.setUnderlyingParameters(u.underlying, u.parameters, u.limits);
            EpochData memory data;
            data.epoch = u.epoch;
            for (uint256 j; j < u.chunks.length; ++j) {
                data.chunks[j] = SSTORE2.write(u.chunks[j]);
            }
            engine.setEpoch(u.index, data);
            openInterestOf[u.underlying] = u.openInterest;
            // Refused at a price that is missing or too old.
            try engine.updateOpenInterest(u.underlying) {} catch {}
        }
        for (uint256 i; i < m.options.length; ++i) {
            (numberOf[m.options[i].instrument], instrumentOf[m.options[i].number]) =
                (m.options[i].number, m.options[i].instrument);
        }
        for (uint256 i; i < m.settlements.length; ++i) {
            Settlement calldata s = m.settlements[i];
            priceOf[s.underlying][s.expiry] = s.priceWad;
        }
    }
}
