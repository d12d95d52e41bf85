// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IPriceSource, NoPrice} from "../../interfaces/IPriceSource.sol";
import {IPyth} from "../../interfaces/IPyth.sol";

/// @title Price of a Pyth-style pull feed
/// @notice Somebody has to bring the feed's signed updates on chain, and pay its fee. Who does may bring any update newer
/// than what is there: the router's median and heartbeat bound what choosing among them can do.
contract PythSource is IPriceSource {
    /// @dev Of a price: 10^expo dollars are a unit. Real feeds lie between −12 and 0.
    int256 private constant MIN_EXPONENT = -54;
    int256 private constant MAX_EXPONENT = 18;

    IPyth public immutable pyth;
    bytes32 public immutable feedId;

    error Pyth_FeeNotCovered(uint256 sent, uint256 fee);

    constructor(IPyth pyth_, bytes32 feedId_) {
        pyth = pyth_;
        feedId = feedId_;
    }

    /// @inheritdoc IPriceSource
    function read()
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 time, NoPrice reason)
    {
        IPyth.Price memory p = pyth.getPriceUnsafe(feedId);
        if (p.publishTime == 0) return (0, 0, 0, NoPrice.NEVER_PRICED);
        int256 exponent = int256(p.expo) + 18;
        if (p.expo < MIN_EXPONENT || p.expo > MAX_EXPONENT) return (0, 0, 0, NoPrice.OUT_OF_SCALE);
        if (p.price > 0) priceWad = _scale(uint64(p.price), exponent, false);
        if (priceWad == 0) return (0, 0, 0, NoPrice.NOT_POSITIVE);
        return (priceWad, _scale(p.conf, exponent, true), p.publishTime, NoPrice.NONE);
    }

    /// @inheritdoc IPriceSource
    /// @param data `abi.encode(bytes[] updateData)` as the feed's service gives it; with it at least the feed's fee.
    /// What is over goes back
    function push(bytes calldata data) external payable {
        bytes[] memory updateData = abi.decode(data, (bytes[]));
        uint256 fee = pyth.getUpdateFee(updateData);
        if (msg.value < fee) revert Pyth_FeeNotCovered(msg.value, fee);
        pyth.updatePriceFeeds{value: fee}(updateData);
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    /// @notice value · 10^exponent, of a price rounded down, of a confidence up.
    function _scale(uint64 value, int256 exponent, bool up) private pure returns (uint256) {
        if (exponent >= 0) return value * 10 ** uint256(exponent);
        uint256 divisor = 10 ** uint256(-exponent);
        return up ? (value + divisor - 1) / divisor : value / divisor;
    }
}
