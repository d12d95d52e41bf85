// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice An instrument: kind (1 byte) ‖ zero (15 bytes, for the terms of dated kinds) ‖ underlying (16 bytes,
/// ASCII, left-aligned, zero-padded). Kind 1 is a perpetual.
type InstrumentId is bytes32;

using InstrumentIdLib for InstrumentId global;
using {equals as ==} for InstrumentId global;

function equals(InstrumentId a, InstrumentId b) pure returns (bool) {
    return InstrumentId.unwrap(a) == InstrumentId.unwrap(b);
}

library InstrumentIdLib {
    uint8 internal constant PERPETUAL = 1;

    /// @notice The perpetual on `underlying_`.
    function perpetual(bytes16 underlying_) internal pure returns (InstrumentId) {
        return InstrumentId.wrap(bytes32(bytes1(PERPETUAL)) | (bytes32(underlying_) >> 128));
    }

    function underlying(InstrumentId instrument) internal pure returns (bytes16) {
        return bytes16(InstrumentId.unwrap(instrument) << 128);
    }

    /// @notice Whether this is a well-formed perpetual: the only kind so far.
    function isPerpetual(InstrumentId instrument) internal pure returns (bool) {
        bytes16 u = underlying(instrument);
        return u != 0 && instrument == perpetual(u);
    }
}
