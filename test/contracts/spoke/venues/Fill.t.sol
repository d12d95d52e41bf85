// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../../contracts/interfaces/ISpokeVault.sol";
import {OrderVenue} from "../../../../contracts/spoke/venues/OrderVenue.sol";
import {AccountIdLib} from "../../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../../contracts/types/InstrumentId.sol";
import {AgreeingWallet} from "../../support/AgreeingWallet.sol";
import {OrderVenueFixture} from "./OrderVenueFixture.sol";
import {DeployVault} from "../../support/Deploy.sol";

contract FillTest is OrderVenueFixture {
    function test_FillsAtTheMidpointAndCountsBothOrders() public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        bytes memory buySignature = signed(ALICE_KEY, buy);
        bytes memory sellSignature = signed(BOB_KEY, sell);
        bytes32 buyHash = orders.orderDigest(buy);
        bytes32 sellHash = orders.orderDigest(sell);

        vm.expectEmit(address(orders));
        emit OrderVenue.OrdersMatched(buyHash, sellHash, 3e8, PRICE + 50e18);
        vm.prank(makeAddr("matcher"));
        orders.fill(buy, buySignature, sell, sellSignature, 3e8);

        assertEq(vault.pairOf(alice, btcPerp).base, 3e8);
        assertEq(vault.pairOf(bob, btcPerp).base, -3e8);
        // 3 BTC at 60,050, fee 0.02 %.
        assertEq(vault.pairOf(bob, btcPerp).quote, 180_150e6 - 36_030_000);
        assertEq(orders.remaining(buy), 7e8);
        assertEq(orders.remaining(sell), 1e8);
        assertEq(orders.localEid(), SPOKE_EID);
    }

    /// @dev EIP-712 by hand: what an off-chain signer computes.
    function test_CLR20_DigestIsEip712() public view {
        OrderVenue.Order memory o = buyOrder();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("CausewayOrderVenue"),
                keccak256("1"),
                block.chainid,
                address(orders)
            )
        );
        bytes32 hash = keccak256(
            bytes.concat(
                keccak256(
                    "Order(bytes32 account,bytes32 instrument,bool isBuy,uint88 base,uint128 priceWad,uint64 nonce,uint40 expiry)"
                ),
                abi.encode(o.account, o.instrument, uint256(1), uint256(o.base)),
                abi.encode(uint256(o.priceWad), uint256(o.nonce), uint256(o.expiry))
            )
        );
        assertEq(orders.orderDigest(o), keccak256(abi.encodePacked(hex"1901", domain, hash)));
    }

    /// @dev In any pieces, an order fills up to its size and never beyond.
    function testFuzz_PartialFillsStopAtTheSize(uint88[5] memory pieces) public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        uint256 done;
        for (uint256 i; i < pieces.length; ++i) {
            uint88 piece = uint88(bound(pieces[i], 1, 2e8));
            if (done + piece <= sell.base) {
                fill(buy, sell, piece);
                done += piece;
            } else {
                bytes32 hash = orders.orderDigest(sell);
                refused(
                    abi.encodeWithSelector(
                        OrderVenue.Venue_Overfilled.selector, hash, piece, sell.base - done
                    ),
                    buy,
                    sell,
                    piece
                );
            }
            assertEq(orders.remaining(sell), sell.base - done);
        }
        assertEq(vault.pairOf(alice, btcPerp).base, int256(done));
    }

    function testFuzz_PriceIsBetweenTheLimits(uint128 buyLimit, uint128 sellLimit) public {
        buyLimit = uint128(bound(buyLimit, 1, 120_000e18));
        sellLimit = uint128(bound(sellLimit, 0, buyLimit));
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        (buy.priceWad, sell.priceWad) = (buyLimit, sellLimit);
        bytes memory buySignature = signed(ALICE_KEY, buy);
        bytes memory sellSignature = signed(BOB_KEY, sell);
        uint128 price = uint128((uint256(buyLimit) + sellLimit) / 2);
        vm.expectCall(
            address(vault), abi.encodeCall(ISpokeVault.recordTrade, (btcPerp, alice, bob, 1e8, price))
        );
        orders.fill(buy, buySignature, sell, sellSignature, 1e8);
        assertLe(price, buyLimit);
        assertGe(price, sellLimit);
    }

    /// @dev An option's orders are orders: limits per unit of base, midpoint, part fills, `cancelBelow`.
    function test_FillsOrdersOfAnOption() public {
        listCall();
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        (buy.instrument, sell.instrument) = (btcCall, btcCall);
        (buy.priceWad, sell.priceWad) = (1_620e18, 1_580e18);
        fill(buy, sell, 3e8);

        assertEq(vault.pairOf(alice, btcCall).base, 3e8);
        // 3 calls at 1,600, fee 0.1 %.
        assertEq(vault.pairOf(bob, btcCall).quote, 4_800e6 - 4_800_000);
        assertEq(vault.pairOf(alice, btcPerp).base, 0);
        assertEq(orders.remaining(sell), 1e8);
        sell.instrument = btcPerp;
        refused(
            abi.encodeWithSelector(OrderVenue.Venue_InstrumentsDiffer.selector, btcCall, btcPerp), buy, sell, 1e8
        );
        sell.instrument = btcCall;
        vm.prank(alice.owner());
        orders.cancelBelow(alice, buy.nonce + 1);
        refused(
            abi.encodeWithSelector(
                OrderVenue.Venue_Cancelled.selector, orders.orderDigest(buy), buy.nonce, buy.nonce + 1
            ),
            buy,
            sell,
            1e8
        );
    }

    function test_RevertWhen_NothingIsFilled() public {
        refused(abi.encodeWithSelector(OrderVenue.Venue_ZeroFill.selector), buyOrder(), sellOrder(), 0);
    }

    function test_RevertWhen_ASideIsWrong() public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        buy.isBuy = false;
        bytes32 hash = orders.orderDigest(buy);
        refused(abi.encodeWithSelector(OrderVenue.Venue_WrongSide.selector, hash, false), buy, sell, 1e8);
        buy.isBuy = true;
        sell.isBuy = true;
        hash = orders.orderDigest(sell);
        refused(abi.encodeWithSelector(OrderVenue.Venue_WrongSide.selector, hash, true), buy, sell, 1e8);
    }

    function test_RevertWhen_InstrumentsDiffer() public {
        OrderVenue.Order memory sell = sellOrder();
        InstrumentId eth = InstrumentIdLib.perpetual("ETH");
        sell.instrument = eth;
        refused(
            abi.encodeWithSelector(OrderVenue.Venue_InstrumentsDiffer.selector, btcPerp, eth), buyOrder(), sell, 1e8
        );
    }

    function test_RevertWhen_LimitsDoNotCross() public {
        OrderVenue.Order memory buy = buyOrder();
        buy.priceWad = PRICE - 1;
        refused(
            abi.encodeWithSelector(OrderVenue.Venue_NotCrossing.selector, PRICE - 1, PRICE), buy, sellOrder(), 1e8
        );
    }

    function test_OrdersDieAtTheirExpiry() public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        buy.expiry += 1;
        vm.warp(sell.expiry - 1);
        fill(buy, sell, 1e8);
        vm.warp(sell.expiry);
        bytes32 hash = orders.orderDigest(sell);
        refused(
            abi.encodeWithSelector(OrderVenue.Venue_Expired.selector, hash, sell.expiry, sell.expiry), buy, sell, 1e8
        );
        assertEq(orders.remaining(sell), 0);
        assertEq(orders.remaining(buy), 9e8);
    }

    function test_RevertWhen_SignedByAnotherKey() public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        refusedWith(
            badSignature(alice, orders.orderDigest(buy)),
            buy,
            signed(BOB_KEY, buy),
            sell,
            signed(BOB_KEY, sell),
            1e8
        );
        refusedWith(
            badSignature(bob, orders.orderDigest(sell)), buy, signed(ALICE_KEY, buy), sell, hex"1234", 1e8
        );
    }

    /// @dev Every field is signed: whichever is changed, the signature is bad.
    function testFuzz_RevertWhen_AFieldWasChanged(uint256 field) public {
        OrderVenue.Order memory buy = buyOrder();
        bytes memory signature = signed(ALICE_KEY, buy);
        OrderVenue.Order memory sell = sellOrder();
        field = bound(field, 0, 4);
        if (field == 0) buy.account = AccountIdLib.pack(buy.account.owner(), SPOKE_EID, 1);
        else if (field == 1) buy.base += 1;
        else if (field == 2) buy.priceWad += 1;
        else if (field == 3) buy.nonce += 1;
        else buy.expiry += 1;
        refusedWith(
            badSignature(buy.account, orders.orderDigest(buy)), buy, signature, sell, signed(BOB_KEY, sell), 1e8
        );
    }

    function test_RevertWhen_SignedForAnotherVenueOrChain() public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        bytes memory here = signed(ALICE_KEY, buy);
        bytes memory sellSignature = signed(BOB_KEY, sell);
        OrderVenue other = DeployVault.orderVenue(vault);
        bytes memory reason = badSignature(alice, other.orderDigest(buy));
        vm.expectRevert(reason);
        other.fill(buy, here, sell, sellSignature, 1e8);

        vm.chainId(4242);
        reason = badSignature(alice, orders.orderDigest(buy));
        vm.expectRevert(reason);
        orders.fill(buy, here, sell, sellSignature, 1e8);
    }

    /// @dev A contract speaks for an account only where the account lives: bob's home is another chain.
    function test_CLR05_ContractSignsOnlyAtHome() public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        bytes memory agreeing = address(new AgreeingWallet()).code;
        vm.etch(bob.owner(), agreeing);
        refusedWith(
            badSignature(bob, orders.orderDigest(sell)), buy, signed(ALICE_KEY, buy), sell, "anything", 1e8
        );
        vm.etch(alice.owner(), agreeing);
        bytes memory sellSignature = signed(BOB_KEY, sell);
        orders.fill(buy, "anything", sell, sellSignature, 1e8);
        assertEq(vault.pairOf(alice, btcPerp).base, 1e8);
    }

    function test_RevertWhen_BothOrdersAreOfOneAccount() public {
        OrderVenue.Order memory buy = buyOrder();
        OrderVenue.Order memory sell = sellOrder();
        sell.account = alice;
        refusedWith(
            abi.encodeWithSelector(ISpokeVault.Vault_SameAccount.selector, alice),
            buy,
            signed(ALICE_KEY, buy),
            sell,
            signed(ALICE_KEY, sell),
            1e8
        );
    }

    /// @dev The vault's refusal undoes the fill: the orders are as good as before.
    function test_CLR07_RevertWhen_TheAllowanceIsSpent() public {
        command(allowanceMessage(alice, venue, 5, 2));
        OrderVenue.Order memory buy = buyOrder();
        // 60,050 · 15 % at the reference of 60,000, 50 worse, fee 12.01.
        refused(
            abi.encodeWithSelector(
                ISpokeVault.Vault_InsufficientAllowance.selector, alice, venue, 9_000_00 + 50_00 + 12_01, 5
            ),
            buy,
            sellOrder(),
            1e8
        );
        assertEq(orders.remaining(buy), buy.base);
    }
}
