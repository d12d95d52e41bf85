// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";

/// @notice Prices as the test sets them. A proof is `abi.encode(underlying, priceWad)`, published now.
contract StubOracle is IPriceOracle {
    struct Price {
        uint256 priceWad;
        uint256 time;
        uint256 confidenceWad;
    }

    mapping(bytes16 underlying => Price) private _prices;

    function set(bytes16 underlying, uint256 priceWad, uint256 time) public {
        _prices[underlying] = Price(priceWad, time, 0);
    }

    function setConfidence(bytes16 underlying, uint256 confidenceWad) external {
        _prices[underlying].confidenceWad = confidenceWad;
    }

    function update(bytes calldata proof) external {
        if (proof.length == 0) return;
        (bytes16 underlying, uint256 priceWad) = abi.decode(proof, (bytes16, uint256));
        set(underlying, priceWad, block.timestamp);
    }

    function latest(bytes16 underlying) external view returns (uint256 priceWad, uint256 time) {
        Price storage p = _prices[underlying];
        return (p.priceWad, p.time);
    }

    function read(bytes16 underlying) external view returns (uint256, uint256, uint256) {
        Price storage p = _prices[underlying];
        return (p.priceWad, p.confidenceWad, block.timestamp > p.time ? block.timestamp - p.time : 0);
    }
}
