// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OrderVenue} from "../../../../contracts/spoke/venues/OrderVenue.sol";
import {AccountId, AccountIdLib} from "../../../../contracts/types/AccountId.sol";
import {VaultFixture} from "../VaultFixture.sol";
import {DeployVault} from "../../support/Deploy.sol";

/// @notice A market with an order venue; alice buys, bob sells, both sign with their own keys.
abstract contract OrderVenueFixture is VaultFixture {
    uint256 internal constant ALICE_KEY = 0xA11CE;
    uint256 internal constant BOB_KEY = 0xB0B;

    OrderVenue internal orders;

    function setUp() public virtual override {
        super.setUp();
        alice = AccountIdLib.pack(vm.addr(ALICE_KEY), SPOKE_EID, 0);
        bob = AccountIdLib.pack(vm.addr(BOB_KEY), OTHER_EID, 7);
        orders = DeployVault.orderVenue(vault);
        venue = address(orders);
        openMarket();
    }

    function buyOrder() internal view returns (OrderVenue.Order memory) {
        return OrderVenue.Order(alice, btcPerp, true, 10e8, PRICE + 100e18, 5, uint40(block.timestamp + 60));
    }

    function sellOrder() internal view returns (OrderVenue.Order memory) {
        return OrderVenue.Order(bob, btcPerp, false, 4e8, PRICE, 9, uint40(block.timestamp + 60));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function signed(uint256 key, OrderVenue.Order memory order) internal view returns (bytes memory) {
        return sign(key, orders.orderDigest(order));
    }

    /// @dev Both signed by their owners.
    function fill(OrderVenue.Order memory buy, OrderVenue.Order memory sell, uint88 base) internal {
        bytes memory buySignature = signed(ALICE_KEY, buy);
        bytes memory sellSignature = signed(BOB_KEY, sell);
        orders.fill(buy, buySignature, sell, sellSignature, base);
    }

    /// @dev Refused for `reason`; nothing traded, nothing counted as filled.
    function refused(
        bytes memory reason,
        OrderVenue.Order memory buy,
        OrderVenue.Order memory sell,
        uint88 base
    ) internal {
        refusedWith(reason, buy, signed(ALICE_KEY, buy), sell, signed(BOB_KEY, sell), base);
    }

    function refusedWith(
        bytes memory reason,
        OrderVenue.Order memory buy,
        bytes memory buySignature,
        OrderVenue.Order memory sell,
        bytes memory sellSignature,
        uint88 base
    ) internal {
        bytes32 before = tradeState();
        uint88 bought = orders.filled(orders.orderDigest(buy));
        uint88 sold = orders.filled(orders.orderDigest(sell));
        vm.expectRevert(reason);
        orders.fill(buy, buySignature, sell, sellSignature, base);
        assertEq(tradeState(), before, "nothing moved");
        assertEq(orders.filled(orders.orderDigest(buy)), bought);
        assertEq(orders.filled(orders.orderDigest(sell)), sold);
    }

    function badSignature(AccountId account, bytes32 digest) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(OrderVenue.Venue_BadSignature.selector, account, digest);
    }
}
