// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "../../../contracts/mocks/TestToken.sol";

/// @notice Who is called back by a token in the middle of a transfer.
interface IAttacker {
    function reenter() external;
}

/// @notice What a token does to whoever moves it; its balances are always true.
enum Trick {
    None,
    /// A tenth of what is deposited arrives nowhere.
    Fee,
    /// Says that it transferred, and did not.
    Lie,
    /// Says that it did not.
    Refuse,
    /// Takes one unit more than it was asked to.
    Overtake,
    Revert,
    /// Reverts with more than anybody wants to copy.
    Bomb,
    /// Spends all the gas that it is given.
    Burn,
    /// Transfers, and calls somebody back meanwhile.
    CallBack
}

/// @notice A token with a deny list, as dollar stablecoins have, and with tricks, as others may.
contract TrickyToken is TestToken {
    mapping(address => bool) public denied;
    Trick public trick;
    IAttacker private _attacker;

    error TrickyToken_Denied(address to);

    constructor(uint8 decimals_) TestToken("Tricky", "TRICK", decimals_) {}

    function deny(address to, bool denied_) external {
        denied[to] = denied_;
    }

    function play(Trick trick_, IAttacker attacker) external {
        (trick, _attacker) = (trick_, attacker);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (trick == Trick.Overtake) super.transfer(address(this), 1);
        return _prelude() ? super.transfer(to, amount) : trick == Trick.Lie;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (trick == Trick.Fee) {
            super.transferFrom(from, address(this), amount / 10);
            amount -= amount / 10;
        }
        return _prelude() ? super.transferFrom(from, to, amount) : trick == Trick.Lie;
    }

    /// @dev Whether the transfer is to be made.
    function _prelude() private returns (bool) {
        if (trick == Trick.Lie || trick == Trick.Refuse) return false;
        if (trick == Trick.CallBack) _attacker.reenter();
        if (trick == Trick.Burn) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (trick == Trick.Revert) revert TrickyToken_Denied(address(0));
        if (trick == Trick.Bomb) {
            assembly {
                revert(0, 50000)
            }
        }
        return true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (denied[to]) revert TrickyToken_Denied(to);
        super._update(from, to, amount);
    }
}
