// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";

/// @notice The count of a section has two bytes. A count cut down to them would leave the items beyond it to be read as
/// sections of their own: what a requester wrote into a withdrawal would be the vault's word, for example a deposit.
/// Between chains the transport's size limit is in the way as well; the hub's own queue has none.
contract SectionCountTest is Test {
    function header(uint8 kind, uint256 count) external pure returns (bytes memory) {
        return SectionCodec.header(kind, count);
    }

    function testFuzz_CLR05_RevertWhen_TheItemsAreMoreThanASectionCounts(uint8 kind, uint256 count) public {
        count = bound(count, uint256(type(uint16).max) + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(SectionCodec.SectionCodec_TooManyItems.selector, count));
        this.header(kind, count);
    }

    function testFuzz_AHeaderCountsWhatItIsGiven(uint8 kind, uint16 count) public pure {
        assertEq(SectionCodec.header(kind, count), abi.encodePacked(kind, count));
    }
}
