// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";

/// @notice Arrays of all options of an underlying at one price. Live, or a draft.
/// @param priceWad spot that they were computed at, dollars, 1e18
/// @param time unix seconds at which that price was published; times to expiry count from it
/// @param scanRange price scan range that they were computed with, 1e-9
/// @param perChunk entries a chunk; the last may have fewer
/// @param places entries in all: the options' places of the registry, from 1
/// @param done places computed: all, if it is live
struct Epoch {
    uint112 priceWad;
    uint40 time;
    uint32 scanRange;
    uint8 perChunk;
    uint16 places;
    uint16 done;
}

/// @title Risk arrays of options by epoch (risk model, section 3)
/// @notice `refresh` computes the arrays of an underlying at the oracle's price, a chunk of contract code a call. Anyone may call: each
/// caller has a draft of his own, which becomes the live epoch when it is complete, if it is newer. So nobody can disturb another's.
/// The entry (`RiskEntry`, 144 bytes) of the option at place p, from 1, is number (p − 1) mod perChunk of chunk (p − 1) / perChunk; in
/// the chunk's code it stands after a zero byte.
///
/// **What a caller can choose.** When, and so at which of the oracle's prices, and up to the limits of age and move how long he takes; with
/// a 24th of the options a call, 24 chunks, which cost readers more than one. Of options that are priced in different calls, whether they
/// are priced before or after a surface was posted; of one whose pricing fails, how often its last entry is moved to a new price.
interface IRiskArrays {
    /// @param from first place of the chunk, to the one before `to`
    event ChunkWritten(
        address indexed caller,
        bytes16 indexed underlying,
        uint112 priceWad,
        uint40 time,
        uint256 from,
        uint256 to,
        address chunk
    );
    event EpochRefreshed(bytes16 indexed underlying, Epoch epoch, address[] chunks);
    /// @param carried whether the entry of the epoch before was taken over; else there is none
    /// @param reason first four bytes of what pricing it reverted with
    event ArrayMissing(uint32 indexed number, bool carried, bytes4 reason);

    error RiskArrays_PriceOutOfRange(bytes16 underlying, uint256 found, uint256 most);
    error RiskArrays_PriceTooOld(bytes16 underlying, uint256 ageSeconds, uint256 maxAgeSeconds);
    error RiskArrays_NotNewer(bytes16 underlying, uint256 time, uint256 liveTime);
    error RiskArrays_TooLittleGas(uint256 found, uint256 expected);
    error RiskArrays_NoSurface(bytes16 underlying, uint256 expiry);

    /// @notice Computes the next chunk of the caller's draft; begins one at the oracle's price if there is none, or if its price is too
    /// old, too far from the oracle's, or no newer than the live epoch's, or if the live epoch was completed after an instrument was registered
    /// that the draft may not know. The last chunk makes it the live epoch.
    ///
    /// An option without an array (no surface, a model that fails or takes too much gas, an entry that does not fit) stops none of the
    /// others: its entry of the epoch before is taken over, moved to this price and marked as good for no new risk; if there is none, its
    /// place stays empty. An option that expired but has no settlement price is worth its payoff; one that has leaves.
    /// @param maxOptions options that the caller wants to pay for in a call; the first call of a draft fixes it, at least a 24th of
    /// all, at most 170
    /// @return isLive whether the draft was completed
    function refresh(bytes16 underlying, uint256 maxOptions) external returns (bool isLive);

    /// @notice What an option's entry is at a price; reverts where it has none. `refresh` calls it, so that no failure stops it.
    /// @param priceWad spot, dollars, 1e18; `time` unix seconds from which the time to expiry counts
    function entryOf(InstrumentId instrument, uint256 generation, uint256 priceWad, uint256 time, uint256 scanRange)
        external
        view
        returns (bytes memory);

    /// @notice The live epoch of an underlying and the contracts whose code has its entries; all zero if there never was one.
    function epochOf(bytes16 underlying) external view returns (Epoch memory epoch, address[] memory chunks);

    /// @notice The same of a caller's draft.
    function draftOf(address caller, bytes16 underlying)
        external
        view
        returns (Epoch memory epoch, address[] memory chunks);
}
