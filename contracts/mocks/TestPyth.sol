// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPyth} from "../interfaces/IPyth.sol";

/// @title A pull feed that believes anyone
/// @notice An update is `abi.encode(bytes32 id, Price price)`, signed by nobody. Test only: for Solidity tests and local chains.
contract TestPyth is IPyth {
    uint256 public immutable feePerUpdate;
    mapping(bytes32 id => Price) private _prices;

    constructor(uint256 feePerUpdate_) {
        feePerUpdate = feePerUpdate_;
    }

    function set(bytes32 id, int64 price, uint64 conf, int32 expo, uint256 publishTime) external {
        _prices[id] = Price(price, conf, expo, publishTime);
    }

    function getPriceUnsafe(bytes32 id) external view returns (Price memory) {
        require(_prices[id].publishTime != 0, "PriceFeedNotFound");
        return _prices[id];
    }

    function getUpdateFee(bytes[] calldata updateData) public view returns (uint256) {
        return feePerUpdate * updateData.length;
    }

    function updatePriceFeeds(bytes[] calldata updateData) external payable {
        require(msg.value == getUpdateFee(updateData), "InsufficientFee");
        for (uint256 i; i < updateData.length; ++i) {
            (bytes32 id, Price memory p) = abi.decode(updateData[i], (bytes32, Price));
            if (p.publishTime > _prices[id].publishTime) _prices[id] = p;
        }
    }
}
