// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {WalletRights} from "../../../contracts/hub/WalletRights.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {PauseActions} from "./PauseActions.sol";
import {Trick, TrickyToken} from "./TrickyToken.sol";
import "./World.sol";

/// @notice Tokens in and out.
abstract contract MoneyActions is PauseActions {
    mapping(uint256 owner => uint64) private _recipientNonce;
    uint64 private _orderNonce;
    /// @dev What of a request was not yet paid, shared units.
    mapping(bytes32 request => uint256) private _unpaid;

    /// @notice Anyone deposits for an owner on any chain.
    function deposit(uint256 seed) external action(seed) {
        uint256 asset = _pick(ASSETS);
        uint256 shared = asset == 0 ? 1 + _pick(30_000e6) : asset == 1 ? 1 + _pick(5e8) : 1 + _pick(0.2e8);
        _deposit(_pick(OWNERS), _pick(LANES), asset, shared, true);
    }

    /// @notice From now on a chain's token does something else when it is moved; somebody deposits it at once.
    function trick(uint256 seed) external action(seed) {
        uint256 lane = _pick(LANES);
        w.tokens[lane][TRICKY].play(Trick(_pick(uint256(type(Trick).max) + 1)), this);
        _deposit(_pick(OWNERS), lane, TRICKY, 1 + _pick(0.2e8), false);
        _count("trick", true);
    }

    /// @notice Tokens that belong to nobody arrive at a vault.
    function donate(uint256 seed) external action(seed) {
        uint256 lane = _pick(LANES);
        uint256 asset = _pick(ASSETS);
        uint256 shared = 1 + _pick(1e6);
        w.tokens[lane][asset].mint(address(w.vaults[lane]), shared * _scale(lane, asset));
        _donated[lane][asset] += shared;
        _count("donate", true);
    }

    /// @notice Asks a vault for a withdrawal to any chain: the home itself, or somebody who has no right to.
    function requestWithdrawal(uint256 seed) external action(seed) {
        uint256 owner = _pick(OWNERS);
        uint256 lane = owner % LANES;
        uint256 dst = _pick(LANES);
        (uint16 asset, uint64 amount, uint64 minimum) = _wanted(owner);
        address recipient = dst == lane && _chance(2) ? w.owners[owner] : _freshAddress();
        if (recipient != w.owners[owner] && !_chance(5)) _register(owner, dst, recipient, WalletRights.BE_PAID);
        if (_chance(2)) w.tokens[dst][asset - 1].deny(recipient, true);
        bool stranger = _chance(5);
        address sender = w.owners[owner];
        if (stranger && _chance(2)) sender = w.owners[(owner + 1) % OWNERS];
        // The owner's address on another chain may be somebody else's.
        else if (stranger) lane = (lane + 1) % LANES;

        _at(lane);
        vm.prank(sender);
        uint64 number = w.vaults[lane].requestWithdrawal(
            w.accounts[owner], asset, amount, Places.eidOf(dst), recipient, minimum, uint40(time + 1 days)
        );
        bytes32 id = w.hub.requestIdOf(Places.eidOf(lane), number);
        _unpaid[id] = amount;
        if (stranger) _strangers.push(id);
        else _requests.push(id);
        _at(0);
        if (_chance(2)) _report(lane, 1, false);
        _count("requestWithdrawal", true);
    }

    /// @notice Brings a signed withdrawal to the hub; what is not signed by the owner, or is brought twice, is refused.
    function signWithdrawal(uint256 seed) external action(seed) {
        uint256 owner = _pick(OWNERS);
        uint256 dst = _pick(LANES);
        (uint16 asset, uint64 amount, uint64 minimum) = _wanted(owner);
        address recipient = _freshAddress();
        if (_chance(2)) w.tokens[dst][asset - 1].deny(recipient, true);
        bytes32 id = _order(owner, dst, asset, amount, minimum, recipient);
        _count("signWithdrawal", true);
        if (_chance(2)) return;
        _refreshPrices();
        _count("process", _process(id));
    }

    /// @notice Processes a request that the hub knows, at fresh prices or at whatever prices there are.
    function process(uint256 seed) external action(seed) {
        uint256 from = _requests.length == 0 ? 0 : _pick(_requests.length);
        bytes32 id;
        for (uint256 n; n < _requests.length; ++n) {
            id = _requests[(from + n) % _requests.length];
            if (w.hub.withdrawalOf(id).state == IHubLedger.WithdrawalState.Pending) break;
        }
        if (!_chance(8)) _refreshPrices();
        _count("process", _process(id));
    }

    /// @return paid whether something was
    function _process(bytes32 id) internal returns (bool paid) {
        IHubLedger.WithdrawalRequest memory before = w.hub.withdrawalOf(id);
        vm.recordLogs();
        try w.hub.process(id, "") returns (bytes32 payoutId) {
            _collect();
            paid = payoutId != 0;
            if (payoutId != 0) {
                assertFalse(_isPaused(before.dstEid - Places.eidOf(0)), "CLR-18: paid on a paused lane");
                _recordPayout(payoutId, before);
                uint256 amount = w.hub.payoutOf(payoutId).amount;
                assertLe(amount, _unpaid[id], "CLR-12: pays more than was asked for");
                _unpaid[id] -= amount;
            }
        } catch {}
    }

    /// @dev Brings a signed withdrawal to the hub, which refuses it by another's signature, and twice.
    function _order(uint256 owner, uint256 dst, uint16 asset, uint64 amount, uint64 minimum, address recipient)
        internal
        returns (bytes32 id)
    {
        IHubLedger.WithdrawalOrder memory order = IHubLedger.WithdrawalOrder(
            w.accounts[owner],
            asset,
            amount,
            Places.eidOf(dst),
            recipient,
            minimum,
            uint40(time + 1 days),
            ++_orderNonce
        );
        bytes32 digest = w.hub.hashWithdrawalOrder(order);
        bytes memory forged = _sign((owner + 1) % OWNERS, digest);
        try w.hub.requestWithdrawal(order, forged) {
            _fail("CLR-05: somebody else's signature withdraws");
        } catch {}
        bytes memory signature = _sign(owner, digest);
        id = w.hub.requestWithdrawal(order, signature);
        _requests.push(id);
        _unpaid[digest] = amount;
        try w.hub.requestWithdrawal(order, signature) {
            _fail("CLR-05: an order was accepted twice");
        } catch {}
    }

    /// @dev What arrived is credited, whatever the token does; nothing but a suspension or the token itself stops it (CLR-18).
    function _deposit(uint256 owner, uint256 lane, uint256 asset, uint256 shared, bool withDust) internal {
        TrickyToken token = w.tokens[lane][asset];
        uint256 scale = _scale(lane, asset);
        uint256 before = token.balanceOf(address(this));
        uint256 amount = shared * scale + (withDust ? _pick(scale) : 0);
        token.mint(address(this), amount);
        uint256 credited = _tryDeposit(owner, lane, asset, amount);
        if (w.vaults[lane].tokenOf(Places.assetOf(asset)).suspended) {
            assertEq(credited, 0, "CLR-18: a suspended token was deposited");
        } else if (token.trick() == Trick.None) {
            assertEq(credited, shared, "CLR-12, CLR-18: all but the dust is credited");
            assertEq(before + amount - token.balanceOf(address(this)), shared * scale, "CLR-12: dust is not taken");
        }
        _count("deposit", credited != 0);
    }

    function _tryDeposit(uint256 owner, uint256 lane, uint256 asset, uint256 amount) private returns (uint256 credited) {
        SpokeVault vault = w.vaults[lane];
        w.tokens[lane][asset].approve(address(vault), amount);
        uint256 held = w.tokens[lane][asset].balanceOf(address(vault));
        bytes memory call = abi.encodeCall(vault.deposit, (w.accounts[owner], Places.assetOf(asset), amount));
        _at(lane);
        (bool success, bytes memory answer) = address(vault).call{gas: AMPLE_GAS}(call);
        _at(0);
        if (success) credited = abi.decode(answer, (uint64));
        held = w.tokens[lane][asset].balanceOf(address(vault)) - held;
        assertEq(held, credited * _scale(lane, asset), "CLR-01: what arrived is credited");
    }

    /// @dev Mostly what the owner has; sometimes more than that.
    function _wanted(uint256 owner) private returns (uint16 asset, uint64 amount, uint64 minimum) {
        asset = Places.assetOf(_chance(2) ? 0 : _chance(2) ? TRICKY : _pick(ASSETS));
        int256 balance = w.hub.balanceOf(w.accounts[owner], asset);
        uint256 most = balance > 0 ? uint256(balance) : 1e6;
        amount = uint64(_chance(6) ? most + 1 + _pick(most) : 1 + _pick(most));
        minimum = _chance(3) ? amount : uint64(_pick(amount));
    }

    function _register(uint256 owner, uint256 dst, address wallet, uint8 rights) internal {
        uint64 nonce = ++_recipientNonce[owner];
        AccountId account = w.accounts[owner];
        uint32 eid = Places.eidOf(dst);
        bytes memory signature = _sign(owner, w.hub.hashWallet(account, eid, wallet, rights, nonce));
        w.hub.registerWallet(account, eid, wallet, rights, nonce, signature);
    }

    function _recordPayout(bytes32 id, IHubLedger.WithdrawalRequest memory request) private {
        IHubLedger.Payout memory p = w.hub.payoutOf(id);
        uint256 owner;
        while (!(w.accounts[owner] == p.account)) ++owner;
        assertTrue(
            p.account == request.account && p.recipient == request.recipient && p.asset == request.asset
                && p.dstEid == request.dstEid,
            "CLR-05: the payout is not what was asked for"
        );
        _payouts.push(
            Issued({
                id: id,
                lane: p.dstEid - Places.eidOf(0),
                asset: p.asset - 1,
                owner: owner,
                pay: CommandCodec.Pay(p.account, p.recipient, p.asset, p.amount, p.issuedAt, p.nonce)
            })
        );
        _assertCovered(owner);
    }
}
