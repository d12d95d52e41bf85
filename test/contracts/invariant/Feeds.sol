// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {PriceRouter} from "../../../contracts/oracle/PriceRouter.sol";
import {ScriptedSource} from "../oracle/support/ScriptedSource.sol";

/// @notice The real router over two scripted sources for each underlying, both of which it takes to make a price.
contract Feeds {
    uint256 public constant MIN_PRICE = 100e18;
    uint256 public constant MAX_PRICE = 1_000_000e18;
    uint32 private constant HEARTBEAT = 60;
    /// @dev Of a price, half-width that either source tells.
    uint256 private constant CONFIDENCE_BPS = 5;

    PriceRouter public immutable router;

    mapping(bytes16 underlying => ScriptedSource[2]) private _sources;

    constructor(PriceRouter router_) {
        router = router_;
    }

    /// @notice Makes the sources of an underlying.
    /// @return p what the router is to be set to, and `terms`
    function add(bytes16 underlying)
        external
        returns (IPriceRouter.Parameters memory p, IPriceRouter.SourceTerms[] memory terms)
    {
        p = IPriceRouter.Parameters(2, 150, 200, 10_000, uint128(MIN_PRICE), uint128(MAX_PRICE));
        terms = new IPriceRouter.SourceTerms[](2);
        (ScriptedSource a, ScriptedSource b) = (new ScriptedSource(), new ScriptedSource());
        if (b < a) (a, b) = (b, a);
        _sources[underlying] = [a, b];
        (terms[0], terms[1]) = (IPriceRouter.SourceTerms(a, HEARTBEAT), IPriceRouter.SourceTerms(b, HEARTBEAT));
    }

    /// @notice Has both sources say a price, and the router decide.
    function set(bytes16 underlying, uint256 priceWad, uint256 time) external {
        say(underlying, 0, priceWad, time);
        say(underlying, 1, priceWad, time);
        update(underlying);
    }

    function say(bytes16 underlying, uint256 source, uint256 priceWad, uint256 time) public {
        _sources[underlying][source].set(priceWad, priceWad * CONFIDENCE_BPS / 10_000, time);
    }

    function silence(bytes16 underlying, uint256 source) external {
        _sources[underlying][source].misbehave(ScriptedSource.Manner.REVERT);
    }

    function update(bytes16 underlying) public {
        bytes16[] memory underlyings = new bytes16[](1);
        underlyings[0] = underlying;
        router.update(abi.encode(underlyings, new IPriceRouter.Push[](0)));
    }

    function latest(bytes16 underlying) external view returns (uint256 priceWad, uint256 time) {
        return router.latest(underlying);
    }
}
