// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";

/// @title The instruments of the hub and their numbers
/// @notice A number takes the place of a 32-byte name wherever an account's instruments are listed or looked up: underlying (8 bits,
/// counted from 1) ‖ place (10) ‖ generation (14). Place 0 is the underlying's perpetual. The place of an option is free again once
/// its settlement price is fixed; the next option there has the next generation, so no number ever means two instruments, and no
/// account has to be touched when an expiry rolls off.
interface IInstrumentRegistry {
    event InstrumentRegistered(InstrumentId indexed instrument, uint32 indexed number);

    error Registry_Malformed(InstrumentId instrument);
    error Registry_Expired(InstrumentId instrument, uint256 time);
    /// @notice No place is free for it: of options, or of underlyings.
    error Registry_Full(bytes16 underlying, uint256 places);
    error Registry_NotHub(address caller);

    /// @notice Whose instruments they are: it alone registers.
    function hub() external view returns (address);

    /// @notice Gives an instrument a number, or tells the one that it has. Only for the hub.
    function register(InstrumentId instrument) external returns (uint32 number);

    /// @notice Number of an instrument; zero if it has none.
    function numberOf(InstrumentId instrument) external view returns (uint32);

    /// @notice The instrument that has or had a number; zero if none did.
    function instrumentOf(uint32 number) external view returns (InstrumentId);

    /// @notice Whether an instrument is an option of which the settlement price is fixed: it is worth the same for ever.
    function isFinal(InstrumentId instrument) external view returns (bool);

    /// @notice Underlying by its place in numbers, from 1; zero if there is none.
    function underlyingAt(uint8 index) external view returns (bytes16);

    /// @notice Place of an underlying in numbers; zero if it has none.
    function underlyingIndexOf(bytes16 underlying) external view returns (uint8);

    /// @notice Numbers by place, the perpetual's first (zero if it is not listed). Those whose settlement price is fixed are
    /// among them until their place is taken.
    function numbersOf(bytes16 underlying) external view returns (uint32[] memory);
}

/// @notice Parts of an instrument's number.
library InstrumentNumber {
    uint256 internal constant MAX_UNDERLYINGS = 255;
    uint256 internal constant MAX_PLACES = 1024;
    uint256 internal constant MAX_GENERATION = 2 ** 14 - 1;

    function pack(uint256 underlyingIndex_, uint256 place_, uint256 generation_) internal pure returns (uint32) {
        return uint32((underlyingIndex_ << 24) | (place_ << 14) | generation_);
    }

    function underlyingIndex(uint256 number) internal pure returns (uint256) {
        return number >> 24;
    }

    function place(uint256 number) internal pure returns (uint256) {
        return (number >> 14) & (MAX_PLACES - 1);
    }

    function generation(uint256 number) internal pure returns (uint256) {
        return number & MAX_GENERATION;
    }
}
