// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The pairs that changed since they were last reported, oldest first: a list linked both ways, so that marking,
/// clearing and finding the oldest each touch a few slots however many there are.
/// @dev A key is account index ‖ instrument index, 48 bits, never zero.
library DirtyList {
    /// @param since chain time of the first change since the last report; zero if clean
    /// @param known keeps the slot in use once the pair is clean: setting it again costs less
    struct Mark {
        uint40 since;
        uint48 previous;
        uint48 next;
        bool known;
    }

    struct List {
        uint32 count;
        uint48 first;
        uint48 last;
        mapping(uint48 key => Mark) marks;
    }

    /// @notice Appends `key`, unless it waits already.
    function mark(List storage list, uint48 key) internal {
        Mark storage m = list.marks[key];
        if (m.since != 0) return;
        uint48 last = list.last;
        list.marks[key] = Mark({since: uint40(block.timestamp), previous: last, next: 0, known: true});
        if (last == 0) list.first = key;
        else list.marks[last].next = key;
        list.last = key;
        list.count += 1;
    }

    /// @notice Takes `key` out, if it is in.
    function clear(List storage list, uint48 key) internal {
        Mark memory m = list.marks[key];
        if (m.since == 0) return;
        list.marks[key] = Mark({since: 0, previous: 0, next: 0, known: true});
        if (m.previous == 0) list.first = m.next;
        else list.marks[m.previous].next = m.next;
        if (m.next == 0) list.last = m.previous;
        else list.marks[m.next].previous = m.previous;
        list.count -= 1;
    }

    /// @notice Since when the oldest waits; zero if none does.
    function oldest(List storage list) internal view returns (uint40) {
        return list.marks[list.first].since;
    }
}
