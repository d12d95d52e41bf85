// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Numbers of an account's instruments, 8 a slot, since a margin check reads them all. Place 0 has the counts instead: listed
/// (8 bits) and off the list (16 bits), and between them the account's open closing allowances (8 bits, see `ClosingBook`): whoever reads the
/// list learns whether there are any.
struct InstrumentList {
    uint256[32] words;
}

/// @dev A trade is final at its vault, so whatever an account comes to hold must be taken in. Beyond `MAX_LISTED` a position is
/// only counted: its account has no margin until it holds fewer, but nothing is lost, and no report reverts.
library InstrumentListLib {
    uint256 internal constant MAX_LISTED = 254;
    /// @notice As many as a margin engine takes at the least. What vaults may open is bounded so that an account comes to hold no more.
    uint256 internal constant MAX_MARGINED = 128;
    /// @notice Instead of a place: held, but off the list.
    uint256 internal constant OFF = 255;

    uint256 private constant NUMBER_BITS = 32;
    uint256 private constant NUMBER_MASK = 2 ** NUMBER_BITS - 1;
    uint256 private constant COUNT_MASK = 2 ** 8 - 1;
    uint256 private constant CLOSINGS_SHIFT = 8;
    uint256 private constant ONE_OFF = 2 ** 16;
    uint256 private constant OFF_MASK = 2 ** 16 - 1;

    /// @notice How many instruments are on the list.
    function count(InstrumentList storage list) internal view returns (uint256) {
        return list.words[0] & COUNT_MASK;
    }

    /// @notice How many are held, but off the list.
    function countOff(InstrumentList storage list) internal view returns (uint256) {
        return (list.words[0] >> 16) & OFF_MASK;
    }

    /// @notice How many closing allowances are open.
    function countClosings(InstrumentList storage list) internal view returns (uint256) {
        return (list.words[0] >> CLOSINGS_SHIFT) & COUNT_MASK;
    }

    function setClosings(InstrumentList storage list, uint256 closings) internal {
        list.words[0] = (list.words[0] & ~(COUNT_MASK << CLOSINGS_SHIFT)) | (closings << CLOSINGS_SHIFT);
    }

    /// @notice All counts at once.
    function counts(InstrumentList storage list) internal view returns (uint256 listed, uint256 off, uint256 closings) {
        uint256 head = list.words[0];
        return (head & COUNT_MASK, (head >> 16) & OFF_MASK, (head >> CLOSINGS_SHIFT) & COUNT_MASK);
    }

    /// @notice Puts an instrument on the list that is not on it.
    /// @return place from 1; `OFF` if there is none left
    function add(InstrumentList storage list, uint32 number) internal returns (uint256 place) {
        uint256 head = list.words[0];
        place = (head & COUNT_MASK) + 1;
        if (place > MAX_LISTED) {
            list.words[0] = head + ONE_OFF;
            return OFF;
        }
        // The head may be in the same word.
        list.words[0] = head + 1;
        _set(list, place, number);
    }

    /// @notice Takes the instrument at `place` off the list, and puts the last one there.
    /// @return moved number of the last one; zero if it is the one that leaves, or nothing was on the list
    function remove(InstrumentList storage list, uint256 place) internal returns (uint32 moved) {
        uint256 head = list.words[0];
        if (place == OFF) {
            list.words[0] = head - ONE_OFF;
            return 0;
        }
        uint256 last = head & COUNT_MASK;
        list.words[0] = head - 1;
        uint256 number = (list.words[last >> 3] >> _shift(last)) & NUMBER_MASK;
        _set(list, last, 0);
        if (place == last) return 0;
        _set(list, place, number);
        return uint32(number);
    }

    /// @notice All numbers on the list, by place.
    function all(InstrumentList storage list) internal view returns (uint32[] memory numbers) {
        uint256 word = list.words[0];
        uint256 last = word & COUNT_MASK;
        numbers = new uint32[](last);
        for (uint256 place = 1; place <= last; ++place) {
            if (place & 7 == 0) word = list.words[place >> 3];
            numbers[place - 1] = uint32(word >> _shift(place));
        }
    }

    function _set(InstrumentList storage list, uint256 place, uint256 number) private {
        uint256 shift = _shift(place);
        list.words[place >> 3] = (list.words[place >> 3] & ~(NUMBER_MASK << shift)) | (number << shift);
    }

    function _shift(uint256 place) private pure returns (uint256) {
        return (place & 7) * NUMBER_BITS;
    }
}
