// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice An instrument: kind (1 byte) ‖ terms of its kind (15 bytes) ‖ underlying (16 bytes, ASCII, left-aligned,
/// zero-padded). Kind 1 is a perpetual, without terms. Kind 2 is a European option, settled in cash: right (1 byte, 0 call,
/// 1 put) ‖ expiry (5 bytes, unix seconds) ‖ strike (9 bytes, 1e-8 dollar).
type InstrumentId is bytes32;

using InstrumentIdLib for InstrumentId global;
using {equals as ==} for InstrumentId global;

function equals(InstrumentId a, InstrumentId b) pure returns (bool) {
    return InstrumentId.unwrap(a) == InstrumentId.unwrap(b);
}

library InstrumentIdLib {
    uint8 internal constant PERPETUAL = 1;
    uint8 internal constant OPTION = 2;
    /// @dev A strike is in 1e-8 dollar.
    uint256 internal constant STRIKE_TO_WAD = 1e10;

    /// @notice The perpetual on `underlying_`.
    function perpetual(bytes16 underlying_) internal pure returns (InstrumentId) {
        return InstrumentId.wrap(bytes32(bytes1(PERPETUAL)) | (bytes32(underlying_) >> 128));
    }

    /// @notice An option on `underlying_`.
    /// @param expiry_ unix seconds; `strike_` 1e-8 dollar
    function option(bytes16 underlying_, uint40 expiry_, uint72 strike_, bool isPut_)
        internal
        pure
        returns (InstrumentId)
    {
        return InstrumentId.wrap(
            bytes32(abi.encodePacked(OPTION, isPut_ ? uint8(1) : uint8(0), expiry_, strike_, underlying_))
        );
    }

    function underlying(InstrumentId instrument) internal pure returns (bytes16) {
        return bytes16(InstrumentId.unwrap(instrument) << 128);
    }

    /// @notice Expiry of an option, unix seconds; zero of a perpetual.
    function expiry(InstrumentId instrument) internal pure returns (uint40) {
        return uint40(uint256(InstrumentId.unwrap(instrument)) >> 200);
    }

    /// @notice Strike of an option, dollars, 1e18.
    function strikeWad(InstrumentId instrument) internal pure returns (uint256) {
        return uint72(uint256(InstrumentId.unwrap(instrument)) >> 128) * STRIKE_TO_WAD;
    }

    /// @notice Whether an option is a put.
    function isPut(InstrumentId instrument) internal pure returns (bool) {
        return uint8(uint256(InstrumentId.unwrap(instrument)) >> 240) == 1;
    }

    /// @notice Whether this is a well-formed perpetual.
    function isPerpetual(InstrumentId instrument) internal pure returns (bool) {
        bytes16 u = underlying(instrument);
        return u != 0 && instrument == perpetual(u);
    }

    /// @notice Whether this is a well-formed option: a known right, an expiry and a strike.
    function isOption(InstrumentId instrument) internal pure returns (bool) {
        uint256 word = uint256(InstrumentId.unwrap(instrument));
        return word >> 241 == uint256(OPTION) << 7 && underlying(instrument) != 0 && expiry(instrument) != 0
            && strikeWad(instrument) != 0;
    }
}
