// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice A report executed with exactly the gas that its sender buys must be applied (CLR-11): 20 accounts in 5
/// instruments, perpetuals and options, or, dearest, each in another one. Everything is primed in `setUp`, so that a test starts cold, as a
/// transaction does.
contract ReceiveGasTest is HubTestBase {
    uint256 private constant ACCOUNTS = 20;
    uint256 private constant INSTRUMENTS = 5;
    uint256 private constant PAIRS = ACCOUNTS * INSTRUMENTS;
    uint256 private constant PAYOUTS = 100;
    uint32 private constant UNNAMED_EID = UNLISTED_EID;
    // What the endpoint spends of the bought gas itself: clearing the payload (hashing it, copying it twice) and the call.
    uint256 private constant ENDPOINT_GAS = 30_000;

    AccountId[] private _many;
    InstrumentId[] private _instruments;
    bytes32[] private _payouts;

    function setUp() public override {
        super.setUp();
        hub.listLane(UNNAMED_EID, LEASE, MAX_LAG);
        for (uint256 i; i < ACCOUNTS; ++i) {
            bytes16 underlying = bytes16(bytes(string.concat("U", vm.toString(i))));
            // Each option of an expiry of its own, so that no two share a sum.
            uint40 expiry = uint40(block.timestamp + i * 1 days);
            _instruments.push(
                i % 2 == 0
                    ? InstrumentIdLib.perpetual(underlying)
                    : InstrumentIdLib.option(underlying, expiry, 1e8, false)
            );
            if (i % 2 == 1) engine.setMark(_instruments[i], 1e18);
            hub.listInstrument(_instruments[i], 150_000, 200, 1e18);
            engine.setRates(underlying, 0.15e18, 0.005e18);
            oracle.set(underlying, 1e18, block.timestamp);
        }
        for (uint256 i; i < ACCOUNTS; ++i) {
            address owner = makeAddr(string.concat("many", vm.toString(i)));
            _many.push(AccountIdLib.pack(owner, HUB_EID, 0));
            deliver(A_EID, report(1, depositSection(_many[i], USDC, 1e12)));
            vm.prank(owner);
            hub.setMandate(IHubLedger.Mandate(_many[i], A_EID, 1e6, venue, 1, 1, uint40(block.timestamp)), "");
        }
        hub.renewCredit(A_EID, _many, "");
        deliver(A_EID, report(1, _names()));
        deliver(B_EID, report(1, _names()));
        deliver(HUB_EID, report(1, _names()));
        // Everybody has traded everything on A and is flat again: nothing of a sum is left in storage.
        deliver(A_EID, report(1, _pairs(0, 0, 100, 1)));
        deliver(B_EID, report(1, _diagonal(0, 1)));
        for (uint256 i; i < ACCOUNTS; ++i) {
            address owner = _many[i].owner();
            vm.prank(owner);
            hub.setMandate(IHubLedger.Mandate(_many[i], HUB_EID, 1e6, venue, 1, 1, uint40(block.timestamp)), "");
        }
        hub.renewCredit(HUB_EID, _many, "");
        deliver(HUB_EID, report(1, _pairs(INSTRUMENTS, 1e8, 100, 1)));
        for (uint256 i; i < PAYOUTS; ++i) {
            AccountId account = _many[i % ACCOUNTS];
            IHubLedger.WithdrawalOrder memory order = IHubLedger.WithdrawalOrder(
                account, USDC, 1e6, A_EID, recipient, 0, uint40(block.timestamp), uint64(i)
            );
            vm.prank(account.owner());
            _payouts.push(hub.process(hub.requestWithdrawal(order, ""), ""));
        }
    }

    function test_CLR11_GasOfNames() public {
        bytes memory message = report(1, _names());
        _deliverAsBought("40 names", UNNAMED_EID, message, 0);
        assertTrue(hub.accountAt(UNNAMED_EID, 20) == _many[19]);
    }

    function test_CLR11_GasOfNewDeposits() public {
        bytes memory items;
        for (uint256 i; i < PAIRS; ++i) {
            AccountId account = AccountIdLib.pack(address(uint160(0xD000 + i)), A_EID, 0);
            items = bytes.concat(
                items, ReportCodec.encodeDeposit(ReportCodec.Deposit(account, i % 2 == 0 ? USDC : WETH, 0, 1e6))
            );
        }
        _deliverAsBought("100 first deposits", B_EID, report(1, section(ReportCodec.DEPOSIT, PAIRS, items)), 0);
        assertEq(hub.liquidityOf(B_EID, USDC).total, 50e6);
    }

    function test_CLR11_GasOfOneDeposit() public {
        _deliverAsBought("1 further deposit", A_EID, report(1, depositSection(_many[0], USDC, 2e12)), 0);
        assertEq(hub.depositSeenOf(A_EID, _many[0], USDC, 0), 2e12);
    }

    function test_CLR11_GasOfNewPairs() public {
        bytes memory message = report(1, bytes.concat(_names(), _pairs(0, 1e8, 0, 1)));
        _deliverAsBought("100 new pairs with 40 names", UNNAMED_EID, message, PAIRS);
        assertEq(hub.pairOf(UNNAMED_EID, 20, 5).version, 1);
    }

    /// @dev The dearest new pairs: the first of their account, their instrument and their spoke.
    function test_CLR11_GasOfFirstPairs() public {
        bytes memory items;
        for (uint32 i; i < ACCOUNTS; ++i) {
            bytes memory name = ReportCodec.encodeAccount(i + 1, AccountIdLib.pack(address(uint160(0xF000 + i)), A_EID, 0));
            items = bytes.concat(items, name);
        }
        bytes memory accountNames = section(ReportCodec.ACCOUNT, ACCOUNTS, items);
        bytes memory message = report(1, bytes.concat(accountNames, _instrumentNames(), _diagonal(1e8, 1)));
        _deliverAsBought("20 first pairs with 40 names", UNNAMED_EID, message, ACCOUNTS);
        assertEq(hub.pairOf(UNNAMED_EID, 20, 20).version, 1);
    }

    /// @dev The dearest known pairs: every one of them and every sum over them leaves zero.
    function test_CLR11_GasOfKnownPairsThatReopen() public {
        _deliverAsBought("100 known pairs, flat to open", A_EID, report(1, _pairs(0, 1e8, 200, 2)), 0);
        assertEq(hub.pairOf(A_EID, 20, 5).version, 2);
    }

    /// @dev Of each trade one side only: no two pairs share a sum.
    function test_CLR11_GasOfKnownPairsOnOneSide() public {
        _deliverAsBought("20 known pairs, one side, flat to open", B_EID, report(1, _diagonal(1e8, 2)), 0);
        assertEq(hub.pairOf(B_EID, 20, 20).version, 2);
    }

    function test_CLR11_GasOfKnownPairsThatStayOpen() public {
        bytes memory message = report(1, _pairs(INSTRUMENTS, 3e8, 200, 2));
        _deliverAsBought("100 known pairs that stay open", HUB_EID, message, 0);
        assertEq(hub.pairOf(HUB_EID, 20, 10).version, 2);
    }

    function test_CLR11_GasOfCreditStates() public {
        bytes memory items;
        for (uint32 i; i < ACCOUNTS; ++i) {
            items = bytes.concat(items, ReportCodec.encodeCreditState(ReportCodec.CreditState(i + 1, 1, 0, false, 600)));
        }
        bytes memory message = report(block.timestamp + LEASE, section(ReportCodec.CREDIT_STATE, ACCOUNTS, items));
        _deliverAsBought("20 credit states that release", A_EID, message, 0);
        assertEq(hub.creditLineOf(_many[19], A_EID).ceiling, 600);
    }

    function test_CLR11_GasOfWithdrawals() public {
        bytes memory items;
        uint256 count = 90;
        for (uint256 i; i < count; ++i) {
            AccountId account = AccountIdLib.pack(address(uint160(0xE000 + i)), A_EID, 0);
            items = bytes.concat(
                items,
                ReportCodec.encodeWithdrawal(
                    ReportCodec.Withdrawal(
                        account, uint64(i + 1), account.owner(), USDC, 1e6, B_EID, recipient, 1, type(uint40).max
                    )
                )
            );
        }
        _deliverAsBought("90 withdrawals", A_EID, report(1, section(ReportCodec.WITHDRAWAL, count, items)), 0);
        assertEq(hub.withdrawalOf(hub.requestIdOf(A_EID, 90)).remaining, 1e6);
    }

    function test_CLR11_GasOfPayoutResults() public {
        bytes memory items;
        for (uint256 i; i < PAYOUTS; ++i) {
            items = bytes.concat(items, ReportCodec.encodePayoutResult(_payouts[i], PayoutId.PAID));
        }
        bytes memory message = report(1, section(ReportCodec.PAYOUT_RESULT, PAYOUTS, items));
        _deliverAsBought("100 payouts paid", A_EID, message, 0);
        assertEq(hub.liquidityOf(A_EID, USDC).reserved, 0);
    }

    /// @dev What is no report is logged whole, so that nothing said is lost: that too must be within the bound.
    function test_CLR11_GasOfTheLongestMessageThatIsNoReport() public {
        bytes memory message = new bytes(10_000);
        _deliverAsBought("10,000 bytes of no report", A_EID, message, 0);
        for (uint256 i; i < message.length; ++i) {
            message[i] = 0xff;
        }
        _deliverAsBought("10,000 bytes of no report", A_EID, message, 0);
    }

    function _names() private view returns (bytes memory) {
        bytes memory items;
        for (uint32 i; i < ACCOUNTS; ++i) {
            items = bytes.concat(items, ReportCodec.encodeAccount(i + 1, _many[i]));
        }
        return bytes.concat(section(ReportCodec.ACCOUNT, ACCOUNTS, items), _instrumentNames());
    }

    function _instrumentNames() private view returns (bytes memory) {
        bytes memory items;
        for (uint16 i; i < ACCOUNTS; ++i) {
            items = bytes.concat(items, ReportCodec.encodeInstrument(i + 1, _instruments[i]));
        }
        return section(ReportCodec.INSTRUMENT, ACCOUNTS, items);
    }

    /// @dev Account i in instrument i, all on the same side.
    function _diagonal(int256 base, uint32 version) private pure returns (bytes memory) {
        bytes memory items;
        for (uint32 i; i < ACCOUNTS; ++i) {
            items = bytes.concat(items, pairItem(i + 1, uint16(i + 1), base, -base / 100, 0, version));
        }
        return section(ReportCodec.PAIR, ACCOUNTS, items);
    }

    /// @dev All accounts in 5 instruments from `first`; odd accounts hold the other side.
    function _pairs(uint256 first, int256 base, uint48 used, uint32 version) private pure returns (bytes memory) {
        bytes memory items;
        for (uint32 i; i < ACCOUNTS; ++i) {
            int256 mine = i % 2 == 0 ? base : -base;
            for (uint256 j = first; j < first + INSTRUMENTS; ++j) {
                items = bytes.concat(items, pairItem(i + 1, uint16(j + 1), mine, -mine / 100, used, version));
            }
        }
        return section(ReportCodec.PAIR, PAIRS, items);
    }

    /// @dev Gives the hub what is left to it of the gas that `Transport` buys: a call forwards 63/64.
    function _deliverAsBought(string memory what, uint32 eid, bytes memory message, uint256 newPairs) private {
        uint256 bound = this.boundOf(message) + newPairs * ReportCodec.NEW_PAIR_GAS;
        uint256 bought = bound + bound / 60 + 50_000;
        uint256 before = gasleft();
        (bool ok, bytes memory reason) = tryDeliver(eid, message, ((bought - ENDPOINT_GAS) * 63) / 64);
        emit log_named_uint(string.concat("gas of ", what), before - gasleft());
        emit log_named_uint("        bound", bound);
        assertTrue(ok, reason.length == 0 ? "out of gas" : vm.toString(reason));
    }

    function boundOf(bytes calldata message) external pure returns (uint256 bound) {
        (, bound) = ReportCodec.check(message);
    }
}
