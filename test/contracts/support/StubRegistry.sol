// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";

/// @notice Of a registry only which instrument a number means, as the test says; none has settled.
contract StubRegistry {
    mapping(uint32 number => InstrumentId) public instrumentOf;

    function isFinal(InstrumentId) external pure returns (bool) {
        return false;
    }

    function set(uint32 number, InstrumentId instrument) external {
        instrumentOf[number] = instrument;
    }
}
