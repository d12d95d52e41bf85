// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Cumulative record of one account in one instrument on one spoke. One storage slot.
/// @param base 1e-8 of the underlying, signed
/// @param quote 1e-6 dollar, signed; a buy of q at p adds q to base and takes q·p from quote
/// @param used cents of opening credit charged by the trades so far
/// @param version rises by one with every change
struct Pair {
    int88 base;
    int88 quote;
    uint48 used;
    uint32 version;
}
