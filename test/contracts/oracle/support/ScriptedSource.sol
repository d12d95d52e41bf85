// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceSource, NoPrice} from "../../../../contracts/interfaces/IPriceSource.sol";

/// @notice A source that says, or does, what the test wants.
contract ScriptedSource is IPriceSource {
    enum Manner {
        ANSWER,
        REVERT,
        PANIC,
        BURN_GAS,
        RETURN_BOMB,
        RETURN_LITTLE,
        UNKNOWN_REASON
    }

    uint256 private _priceWad;
    uint256 private _confidenceWad;
    uint256 private _time;
    NoPrice private _reason = NoPrice.NEVER_PRICED;
    Manner public manner;
    bytes public lastPush;

    function set(uint256 priceWad, uint256 confidenceWad, uint256 time) external {
        (_priceWad, _confidenceWad, _time, _reason) = (priceWad, confidenceWad, time, NoPrice.NONE);
        manner = Manner.ANSWER;
    }

    function setNone(NoPrice reason) external {
        _reason = reason;
        manner = Manner.ANSWER;
    }

    function misbehave(Manner manner_) external {
        manner = manner_;
    }

    function read() external view returns (uint256, uint256, uint256, NoPrice) {
        if (manner == Manner.REVERT) revert("no");
        if (manner == Manner.PANIC) assert(false);
        if (manner == Manner.BURN_GAS) {
            while (true) {}
        }
        if (manner == Manner.RETURN_BOMB) {
            assembly {
                revert(0, 30000)
            }
        }
        if (manner == Manner.RETURN_LITTLE) {
            assembly {
                mstore(0, 1000000000000000000)
                return(0, 96)
            }
        }
        if (manner == Manner.UNKNOWN_REASON) {
            uint256 price = _priceWad;
            uint256 time = _time;
            assembly {
                let p := mload(0x40)
                mstore(p, price)
                mstore(add(p, 32), 0)
                mstore(add(p, 64), time)
                mstore(add(p, 96), 255)
                return(p, 128)
            }
        }
        return (_priceWad, _confidenceWad, _time, _reason);
    }

    /// @dev Data is a new price, published now; none reverts.
    function push(bytes calldata data) external payable {
        lastPush = data;
        (_priceWad, _time, _reason) = (abi.decode(data, (uint256)), block.timestamp, NoPrice.NONE);
    }
}
