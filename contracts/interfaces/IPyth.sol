// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The part of Pyth's contract that a price source needs
interface IPyth {
    /// @param price times 10^expo dollars
    /// @param conf half the width of the confidence interval, in the same unit
    /// @param publishTime unix seconds
    struct Price {
        int64 price;
        uint64 conf;
        int32 expo;
        uint256 publishTime;
    }

    /// @notice Latest price, however old. Reverts if there never was one.
    function getPriceUnsafe(bytes32 id) external view returns (Price memory price);

    /// @notice Fee for `updatePriceFeeds`, wei.
    function getUpdateFee(bytes[] calldata updateData) external view returns (uint256 feeAmount);

    /// @notice Checks and stores prices; one no newer than what is stored changes nothing.
    function updatePriceFeeds(bytes[] calldata updateData) external payable;
}
