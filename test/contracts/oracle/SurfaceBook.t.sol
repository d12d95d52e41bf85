// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IPricingModel, Slice} from "../../../contracts/interfaces/IPricingModel.sol";
import {SignerQuorum} from "../../../contracts/oracle/SignerQuorum.sol";
import {Surface, SurfaceBook, SurfaceSlice} from "../../../contracts/oracle/SurfaceBook.sol";
import {Black76Model} from "../../../contracts/pricing/models/Black76Model.sol";
import {SviModel} from "../../../contracts/pricing/models/SviModel.sol";
import {Refusal} from "../../../contracts/pricing/SviAcceptance.sol";
import {SignersTestBase} from "./support/SignersTestBase.sol";

contract SurfaceBookTest is SignersTestBase {
    struct SurfaceCase {
        bytes16 underlying;
        address model;
        uint48 time;
        uint40[] expiry;
        uint64[] forwardRatioWad;
        uint64[] discountWad;
        bytes[] parameters;
        uint256[] yearsWad;
        bytes32 hash;
    }

    bytes16 private constant BTC = "BTC";
    uint32 private constant MAX_AGE = 1 hours;

    SurfaceBook private book;
    SviModel private svi;
    /// @dev One to six weeks away.
    uint40[7] private weeks_;

    function setUp() public override {
        super.setUp();
        book = new SurfaceBook(address(manager), signers);
        svi = new SviModel();
        book.setModel(BTC, svi, MAX_AGE);
        for (uint40 i; i < 7; ++i) {
            weeks_[i] = uint40(time) + i * 1 weeks;
        }
    }

    function test_TakesASurfaceAndAnswersItsSlices() public {
        Surface memory s = _surface(time, 3);
        s.slices[2] = SurfaceSlice(weeks_[3], 1.02e18, 0.98e18, _svi(weeks_[3], 0.6e18, 0));
        vm.expectEmit(address(book));
        emit SurfaceBook.SlicePosted(
            BTC, weeks_[1], time, s.slices[0].forwardRatioWad, s.slices[0].discountWad, s.slices[0].parameters
        );
        _post(s);
        (IPricingModel model, uint256 ratio, uint256 discount, uint256 at, bytes memory parameters) =
            book.sliceOf(BTC, weeks_[3]);
        assertEq(address(model), address(svi));
        assertEq(ratio, 1.02e18);
        assertEq(discount, 0.98e18);
        assertEq(at, time);
        assertEq(parameters, s.slices[2].parameters);
        _assertExpiries(3);
        _assertNone(weeks_[4]);
    }

    /// @dev A surface need not be complete: the rest stays, with its own age.
    function test_OneSliceIsReplacedBetweenItsNeighbours() public {
        _post(_surface(time, 3));
        vm.warp(time + 600);
        _post(_one(time + 600, weeks_[2], 0.61e18));
        assertEq(_timeOf(weeks_[1]), time);
        assertEq(_timeOf(weeks_[2]), time + 600);
        assertEq(_timeOf(weeks_[3]), time);
        _post(_one(time + 601, weeks_[5], 0.6e18));
        _post(_one(time + 602, weeks_[4], 0.6e18));
        (,, uint48 last, uint40[] memory expiries) = book.bookOf(BTC);
        assertEq(last, time + 602);
        assertEq(expiries.length, 5);
        for (uint256 i; i < 5; ++i) {
            assertEq(expiries[i], weeks_[i + 1]);
        }
    }

    function test_RevertWhen_ASliceContradictsItsNeighbours_NothingChanges() public {
        _post(_surface(time, 3));
        vm.warp(time + 600);
        // Twice the volatility for a week less: more variance than the week after.
        Surface memory s = _one(time + 600, weeks_[2], 1.2e18);
        _refused(abi.encodeWithSelector(SviModel.Pricing_SliceRefused.selector, Refusal.CalendarLater), s);
        s = _one(time + 600, weeks_[2], 0.3e18);
        _refused(abi.encodeWithSelector(SviModel.Pricing_SliceRefused.selector, Refusal.CalendarBefore), s);
        // A good slice beside a bad one is not taken either.
        s = _surface(time + 600, 3);
        s.slices[2].parameters = _svi(weeks_[3], 0.3e18, time + 600);
        _refused(abi.encodeWithSelector(SviModel.Pricing_SliceRefused.selector, Refusal.CalendarLater), s);
        for (uint256 i = 1; i < 4; ++i) {
            assertEq(_timeOf(weeks_[i]), time);
        }
    }

    /// @dev What no order of single slices could do: the whole surface to half, or to twice, and back.
    function test_AWholeSurfaceMovesAtOnce() public {
        uint256[3] memory vols = [uint256(0.6e18), 1.2e18, 0.3e18];
        for (uint48 i; i < 3; ++i) {
            vm.warp(time + i);
            Surface memory s = _surface(time + i, 4);
            for (uint256 j; j < 4; ++j) {
                s.slices[j].parameters = _svi(s.slices[j].expiry, vols[i], time + i);
            }
            _post(s);
        }
    }

    function test_WhatIsTooOldIsNone_AndNoNeighbour() public {
        _post(_surface(time, 3));
        vm.warp(time + MAX_AGE);
        assertEq(_timeOf(weeks_[1]), time);
        vm.warp(time + MAX_AGE + 1);
        for (uint256 i = 1; i < 4; ++i) {
            _assertNone(weeks_[i]);
        }
        // Between the others it would be refused, were they still used.
        _post(_one(time + MAX_AGE + 1, weeks_[2], 1.2e18));
        (,,, uint40[] memory expiries) = book.bookOf(BTC);
        assertEq(expiries.length, 1);
        // Nor are they used again because slices may be older from now on.
        book.setModel(BTC, svi, 2 * MAX_AGE);
        _assertNone(weeks_[1]);
        assertEq(_timeOf(weeks_[2]), time + MAX_AGE + 1);
    }

    function test_WhatExpiredIsNone_AndPassedOver() public {
        book.setModel(BTC, svi, 2 weeks);
        _post(_surface(time, 3));
        vm.warp(weeks_[1]);
        _assertNone(weeks_[1]);
        assertEq(_timeOf(weeks_[2]), time);
        // Signed a moment before: the rest of it counts.
        vm.expectEmit(address(book));
        emit SurfaceBook.SliceRemoved(BTC, weeks_[1]);
        _post(_surface(weeks_[1] - 1, 3));
        _assertNone(weeks_[1]);
        assertEq(_timeOf(weeks_[2]), weeks_[1] - 1);
        (,,, uint40[] memory expiries) = book.bookOf(BTC);
        assertEq(expiries.length, 2);
    }

    function test_NoParametersRemoveAnExpiry() public {
        _post(_surface(time, 4));
        vm.warp(time + 1);
        Surface memory s = _surface(time + 1, 2);
        s.slices[0] = SurfaceSlice(weeks_[2], 0, 0, "");
        // Never was there.
        s.slices[1] = SurfaceSlice(weeks_[6], 0, 0, "");
        _post(s);
        _assertNone(weeks_[2]);
        (,,, uint40[] memory expiries) = book.bookOf(BTC);
        assertEq(expiries.length, 3);
        assertEq(expiries[0], weeks_[1]);
        assertEq(expiries[1], weeks_[3]);
        assertEq(expiries[2], weeks_[4]);
        // A surface of before does not bring it back.
        _refused(abi.encodeWithSelector(SurfaceBook.Surface_NotNewer.selector, time, time + 1), _surface(time, 4));
    }

    function test_OfAnExpiryNamedTwiceTheLastCounts() public {
        Surface memory s = _surface(time, 2);
        s.slices[0] = SurfaceSlice(weeks_[2], 1e18, 1e18, _svi(weeks_[2], 9e18, 0));
        _post(s);
        (,,, uint40[] memory expiries) = book.bookOf(BTC);
        assertEq(expiries.length, 1);
        (,,,, bytes memory parameters) = book.sliceOf(BTC, weeks_[2]);
        assertEq(parameters, s.slices[1].parameters);
    }

    function test_TimeStrictlyRises_AndIsNotAhead() public {
        _refused(abi.encodeWithSelector(SurfaceBook.Surface_TimeAhead.selector, time + 1, time), _surface(time + 1, 1));
        _post(_surface(time, 1));
        _refused(abi.encodeWithSelector(SurfaceBook.Surface_NotNewer.selector, time, time), _surface(time, 2));
        // Surfaces of another underlying have a time of their own.
        book.setModel("ETH", svi, MAX_AGE);
        Surface memory s = _surface(time - 1, 1);
        s.underlying = "ETH";
        _post(s);
    }

    /// @dev The parameters say for which time they are; a slice for another is refused by the model.
    function test_RevertWhen_TheYearsAreOthers() public {
        Surface memory s = _surface(time, 1);
        s.slices[0].parameters = _svi(weeks_[1], 0.6e18, time - 1);
        uint256 right = uint256(1 weeks) * 1e18 / 31_536_000;
        uint256 wrong = (uint256(1 weeks) + 1) * 1e18 / 31_536_000;
        _refused(abi.encodeWithSelector(SviModel.Pricing_SliceYearsDiffer.selector, right, wrong), s);
    }

    function test_RevertWhen_ASliceIsOutOfRange() public {
        Surface memory s = _surface(time, 1);
        s.slices[0].forwardRatioWad = 0.1e18 - 1;
        _refused(
            abi.encodeWithSelector(
                SurfaceBook.Surface_RatioOutOfRange.selector, weeks_[1], 0.1e18 - 1, s.slices[0].discountWad
            ),
            s
        );
        s = _surface(time, 1);
        s.slices[0].discountWad = 10e18 + 1;
        _refused(abi.encodeWithSelector(SurfaceBook.Surface_RatioOutOfRange.selector), s);
        // Each in range, and the product a little more than an array of risk holds of a deep call.
        s = _surface(time, 1);
        (s.slices[0].forwardRatioWad, s.slices[0].discountWad) = (1.07e18 + 1, 1e18);
        _refused(
            abi.encodeWithSelector(SurfaceBook.Surface_RatioOutOfRange.selector, weeks_[1], 1.07e18 + 1, 1e18), s
        );
        s = _surface(time, 1);
        s.slices[0].parameters = new bytes(1_025);
        _refused(
            abi.encodeWithSelector(SurfaceBook.Surface_ParametersTooLong.selector, weeks_[1], 1_025, 1_024), s
        );
        s = _surface(time, 1);
        (s.slices[0].forwardRatioWad, s.slices[0].discountWad) = (1.07e18, 1e18);
        _post(s);
    }

    function test_SixtyFourExpiriesAtMost() public {
        Black76Model flat = new Black76Model();
        book.setModel("ETH", flat, MAX_AGE);
        Surface memory s = Surface("ETH", flat, time, new SurfaceSlice[](65));
        for (uint40 i; i < 65; ++i) {
            s.slices[i] = SurfaceSlice(uint40(time) + 100 - i, 1e18, 1e18, abi.encode(0.6e18));
        }
        _refused(abi.encodeWithSelector(SurfaceBook.Surface_TooManyExpiries.selector, 65, 64), s);
        s.slices[64].parameters = "";
        _post(s);
        (,,, uint40[] memory expiries) = book.bookOf("ETH");
        assertEq(expiries.length, 64);
        for (uint256 i = 1; i < 64; ++i) {
            assertGt(expiries[i], expiries[i - 1]);
        }
    }

    function test_AnotherModelStartsAfresh() public {
        _post(_surface(time, 3));
        Black76Model flat = new Black76Model();
        vm.expectEmit(address(book));
        emit SurfaceBook.ModelSet(BTC, flat, MAX_AGE);
        book.setModel(BTC, flat, MAX_AGE);
        _assertNone(weeks_[1]);
        vm.warp(time + 1);
        // Signed for the old one.
        _refused(
            abi.encodeWithSelector(SurfaceBook.Surface_OtherModel.selector, svi, flat), _surface(time + 1, 3)
        );
        book.setModel(BTC, svi, MAX_AGE);
        _assertNone(weeks_[1]);
        // What was posted once is not posted again.
        _refused(abi.encodeWithSelector(SurfaceBook.Surface_NotNewer.selector, time, time), _surface(time, 3));
        _post(_surface(time + 1, 3));
    }

    function test_RevertWhen_ThereIsNoModel() public {
        Surface memory s = _surface(time, 1);
        s.underlying = "ETH";
        s.model = IPricingModel(address(0));
        _refused(abi.encodeWithSelector(SurfaceBook.Surface_OtherModel.selector, address(0), address(0)), s);
        vm.expectRevert(abi.encodeWithSelector(SurfaceBook.Surface_BadMaxAge.selector, 0));
        book.setModel("ETH", svi, 0);
    }

    function test_CLR22_RevertWhen_AStrangerSetsAModel() public {
        address stranger = vm.addr(keys[3]);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        book.setModel(BTC, svi, MAX_AGE);
    }

    function test_CLR13_RevertWhen_TheQuorumDidNotSign() public {
        Surface memory s = _surface(time, 1);
        bytes[] memory signatures = signed(book.digest(s), 0, 3);
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.Signers_Unknown.selector, vm.addr(keys[3])));
        book.post(s, signatures);
        signatures = signed(book.digest(s), 0, 1);
        s.slices[0].discountWad += 1;
        vm.expectPartialRevert(SignerQuorum.Signers_Unknown.selector);
        book.post(s, signatures);
    }

    /// @dev Surfaces of any expiries, in any order, at any pace: the list is what a plain record of them says, ascending, and what
    /// is told of each is what was posted last.
    function testFuzz_TheListIsWhatWasPosted(uint256 seed) public {
        Black76Model flat = new Black76Model();
        book.setModel(BTC, flat, 1 weeks);
        uint48[7] memory posted;
        uint48 now_ = time;
        for (uint256 round; round < 8; ++round) {
            seed = uint256(keccak256(abi.encode(seed)));
            now_ += uint48(1 + (seed >> 64) % 4 days);
            vm.warp(now_);
            Surface memory s = Surface(BTC, flat, now_, new SurfaceSlice[](seed % 5));
            for (uint256 i; i < s.slices.length; ++i) {
                uint256 pick = (seed >> (8 * i + 8)) % 7;
                bool remove = (seed >> (200 + i)) % 4 == 0;
                bytes memory parameters = remove ? bytes("") : abi.encode(1 + seed % 1e18);
                s.slices[i] = SurfaceSlice(weeks_[pick], 1e18, 1e18, parameters);
                posted[pick] = remove ? 0 : now_;
            }
            _post(s);
            (,,, uint40[] memory expiries) = book.bookOf(BTC);
            uint256 listed;
            for (uint256 i; i < 7; ++i) {
                if (weeks_[i] <= now_ || posted[i] + 1 weeks < now_) posted[i] = 0;
                assertEq(_timeOf(weeks_[i]), posted[i]);
                if (posted[i] != 0) assertEq(expiries[listed++], weeks_[i]);
            }
            assertEq(expiries.length, listed);
        }
    }

    function test_CLR20_DigestAndYearsOfEverySurface() public {
        load("surface.json");
        SurfaceCase[] memory all = abi.decode(
            cases(
                "",
                "Case(bytes16 underlying,address model,uint48 time,uint40[] expiry,uint64[] forwardRatioWad,uint64[] discountWad,bytes[] parameters,uint256[] yearsWad,bytes32 hash)"
            ),
            (SurfaceCase[])
        );
        assertGt(all.length, 20);
        for (uint256 i; i < all.length; ++i) {
            SurfaceCase memory c = all[i];
            Surface memory s =
                Surface(c.underlying, IPricingModel(c.model), c.time, new SurfaceSlice[](c.expiry.length));
            for (uint256 j; j < c.expiry.length; ++j) {
                s.slices[j] =
                    SurfaceSlice(c.expiry[j], c.forwardRatioWad[j], c.discountWad[j], c.parameters[j]);
                assertEq(_years(c.time, c.expiry[j]), c.yearsWad[j]);
            }
            assertEq(book.digest(s), digestByHand("CausewaySurfaceBook", address(book), c.hash));
        }
    }

    /// @dev What it costs to post, and what refresh pays to read one slice.
    function test_GasOfASurface() public {
        _post(_surface(time, 6));
        vm.warp(time + 60);
        Surface memory s = _surface(time + 60, 6);
        bytes[] memory signatures = signed(book.digest(s), 0, 1);
        vm.cool(address(book));
        vm.cool(address(signers));
        uint256 gas = gasleft();
        book.post(s, signatures);
        gas -= gasleft();
        emit log_named_uint("post of 6 slices, replaced", gas);
        assertLt(gas, 1_500_000);
    }

    function _years(uint256 from, uint256 to) private pure returns (uint256) {
        return (to - from) * 1e18 / 31_536_000;
    }

    /// @dev A flat smile, nearly: variance is that of `volWad` to `expiry` from `at`.
    function _svi(uint40 expiry, uint256 volWad, uint48 at) private view returns (bytes memory) {
        uint256 yearsWad = _years(at == 0 ? time : at, expiry);
        int256 a = int256(volWad * volWad / 1e18 * yearsWad / 1e18);
        return abi.encode(a, int256(0.001e18), int256(0), int256(0), int256(0.1e18), yearsWad);
    }

    /// @dev Of the first `count` weeks, at 60 %.
    function _surface(uint48 at, uint256 count) private view returns (Surface memory s) {
        s = Surface(BTC, svi, at, new SurfaceSlice[](count));
        for (uint256 i; i < count; ++i) {
            s.slices[i] = SurfaceSlice(weeks_[i + 1], 1.01e18, 0.99e18, _svi(weeks_[i + 1], 0.6e18, at));
        }
    }

    function _one(uint48 at, uint40 expiry, uint256 volWad) private view returns (Surface memory s) {
        s = Surface(BTC, svi, at, new SurfaceSlice[](1));
        s.slices[0] = SurfaceSlice(expiry, 1e18, 1e18, _svi(expiry, volWad, at));
    }

    function _post(Surface memory s) private {
        if (block.timestamp < s.time) vm.warp(s.time);
        book.post(s, signed(book.digest(s), 0, 1));
    }

    /// @dev Reverts with data that begins with `reason`, and changes nothing.
    function _refused(bytes memory reason, Surface memory s) private {
        (,, uint48 last, uint40[] memory expiries) = book.bookOf(s.underlying);
        (bool ok, bytes memory data) =
            address(book).call(abi.encodeCall(book.post, (s, signed(book.digest(s), 0, 1))));
        assertFalse(ok);
        assertGe(data.length, reason.length);
        for (uint256 i; i < reason.length; ++i) {
            assertEq(data[i], reason[i]);
        }
        (,, uint48 lastAfter, uint40[] memory expiriesAfter) = book.bookOf(s.underlying);
        assertEq(lastAfter, last);
        assertEq(abi.encode(expiriesAfter), abi.encode(expiries));
    }

    function _timeOf(uint40 expiry) private view returns (uint256 at) {
        (,,, at,) = book.sliceOf(BTC, expiry);
    }

    function _assertNone(uint40 expiry) private view {
        (IPricingModel model, uint256 ratio, uint256 discount, uint256 at, bytes memory parameters) =
            book.sliceOf(BTC, expiry);
        assertEq(address(model), address(0));
        assertEq(ratio + discount + at + parameters.length, 0);
    }

    function _assertExpiries(uint256 count) private view {
        (,,, uint40[] memory expiries) = book.bookOf(BTC);
        assertEq(expiries.length, count);
    }
}
