// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {Senders} from "./Senders.sol";
import {IAttacker, Trick, TrickyToken} from "./TrickyToken.sol";
import "./World.sol";

/// @notice What becomes of payouts at a vault, and tokens that misbehave when they are moved.
abstract contract PayoutActions is Senders, IAttacker {
    uint256 private constant TIMEOUT = 1 hours;

    /// @dev Calls that a token's callback got through although its vault was in the middle of another.
    uint256 internal _reentered;
    /// @dev Which way a callback takes; chance decides while it is none of them.
    uint256 internal _way = WAYS;
    uint256 internal constant WAYS = 4;
    uint256 internal constant WAY_CLAIM = 1;

    /// @notice Claims a payout whose token call failed, perhaps once the recipient is allowed again.
    function claim(uint256 seed) external action(seed) {
        uint256 from = _payouts.length == 0 ? 0 : _pick(_payouts.length);
        for (uint256 n; n < _payouts.length; ++n) {
            Issued storage p = _payouts[(from + n) % _payouts.length];
            if (w.vaults[p.lane].payoutRankOf(p.id) != PayoutId.CLAIM) continue;
            TrickyToken token = w.tokens[p.lane][p.asset];
            if (!_chance(4)) token.deny(p.pay.recipient, false);
            if (p.asset == TRICKY && _chance(2)) token.play(Trick.CallBack, this);
            bool claimed = _claim(p);
            // Neither a pause nor a suspended token stops it.
            if (!token.denied(p.pay.recipient) && token.trick() == Trick.None) assertTrue(claimed, "CLR-18: claim");
            return _count("claim", claimed);
        }
        // What is no claim cannot be claimed: paid, cancelled or never heard of.
        if (_payouts.length != 0) assertFalse(_claim(_payouts[from]), "CLR-10: claimed what is no claim");
        _count("claim", false);
    }

    /// @notice A recipient, an owner, or somebody who has no right to, gives up a payout, wherever it is.
    function cancel(uint256 seed) external action(seed) {
        if (_payouts.length == 0) return _count("cancel", false);
        Issued storage p = _payouts[_someOpen()];
        if (time < p.pay.issuedAt + TIMEOUT && _chance(2)) time = p.pay.issuedAt + TIMEOUT + 60;
        uint256 kind = _pick(3);
        bytes memory signature;
        if (kind != 0) {
            bytes32 digest = w.vaults[p.lane].hashCancel(p.id);
            signature = _sign(kind == 1 ? p.owner : (p.owner + 1) % OWNERS, digest);
        }
        _at(p.lane);
        bool early = block.timestamp < p.pay.issuedAt + TIMEOUT;
        bool open = !PayoutId.isTerminal(w.vaults[p.lane].payoutRankOf(p.id));
        if (kind == 0) vm.prank(p.pay.recipient);
        bool cancelled;
        try w.vaults[p.lane].cancel(p.pay, signature) {
            cancelled = true;
        } catch {}
        assertFalse(cancelled && kind == 2, "CLR-05: cancelled for somebody else");
        assertFalse(cancelled && early, "CLR-10: cancelled too early");
        assertFalse(cancelled && !open, "CLR-10: cancelled what was paid");
        if (kind != 2 && !early && open) assertTrue(cancelled, "CLR-18: cancel");
        _at(0);
        if (cancelled) {
            // Only the vault could refuse it.
            w.tokens[p.lane][p.asset].deny(p.pay.recipient, false);
            assertFalse(_claim(p), "CLR-10: claimed what was cancelled");
        }
        _count("cancel", cancelled);
    }

    /// @inheritdoc IAttacker
    /// @dev Counts what got through instead of failing: a vault swallows what goes wrong in a token.
    function reenter() external {
        for (uint256 lane; lane < LANES; ++lane) {
            if (address(w.tokens[lane][TRICKY]) == msg.sender) return _attack(lane);
        }
    }

    function _attack(uint256 lane) private {
        SpokeVault vault = w.vaults[lane];
        uint256 kind = _way == WAYS ? uint256(keccak256(abi.encode(time, gasleft()))) % WAYS : _way;
        bool success;
        if (kind == 0) {
            TrickyToken token = w.tokens[lane][0];
            token.mint(address(this), _scale(lane, 0));
            token.approve(address(vault), type(uint256).max);
            (success,) = address(vault).call(abi.encodeCall(vault.deposit, (w.accounts[0], 1, _scale(lane, 0))));
        } else if (kind == WAY_CLAIM) {
            for (uint256 i; i < _payouts.length && i < 8; ++i) {
                Issued storage p = _payouts[_payouts.length - 1 - i];
                if (p.lane != lane || vault.payoutRankOf(p.id) != PayoutId.CLAIM) continue;
                (success,) = address(vault).call(abi.encodeCall(vault.claim, (p.pay)));
                break;
            }
        } else if (kind == 2) {
            vm.prank(w.venues[0]);
            (success,) = address(vault).call(
                abi.encodeCall(vault.recordTrade, (w.instruments[0], w.accounts[0], w.accounts[1], 1e4, 1e18))
            );
        } else {
            ISpokeVault.ReportKeys memory keys;
            (success,) = address(vault).call(abi.encodeCall(vault.report, (keys, false)));
        }
        if (success) _reentered += 1;
    }

    /// @dev Mostly a payout that has not come to its end, if there is one.
    function _someOpen() private returns (uint256 at) {
        at = _pick(_payouts.length);
        if (_chance(4)) return at;
        for (uint256 n; n < _payouts.length; ++n) {
            uint256 i = (at + n) % _payouts.length;
            if (!PayoutId.isTerminal(w.vaults[_payouts[i].lane].payoutRankOf(_payouts[i].id))) return i;
        }
    }

    function _claim(Issued storage p) internal returns (bool claimed) {
        _at(p.lane);
        try w.vaults[p.lane].claim{gas: AMPLE_GAS}(p.pay) {
            claimed = true;
        } catch {}
        _at(0);
    }
}
