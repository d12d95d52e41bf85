// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IPriceSource, NoPrice} from "../../interfaces/IPriceSource.sol";
import {AccountId} from "../../types/AccountId.sol";

/// @title Price of the protocol's own trades
/// @notice Volume-weighted over the last five periods. Of a trade counts: its price, clamped to a band around the
/// router's last price; of its size, no more than its buyer, and its seller, have left of their allowance for the period;
/// nothing while the router has no fresh price. There is a price only once the window holds twenty allowances, so that five
/// periods of one account are at most a quarter of it, and move it by at most a quarter of the band's width.
///
/// **When this is safe.** Accounts cost nothing: twenty of one hand, trading with each other, own the whole window, and
/// pay fees alone. What they can reach is an edge of the band, and nothing of it matters as long as the router lists it
/// as its *internal* source: there it only says where between two external prices, which agree, the price is. Never
/// list it as an external one. It is also no price of its own: without the router's, it has none.
/// @dev Each trade must be recorded once, soon after it was made, by whoever the role belongs to; trades reported from
/// other chains come too late to be worth recording. Sizes 1e-8, prices 1e18.
contract TradeSource is IPriceSource, AccessManaged {
    /// @param period number of the period, time / `periodSeconds`
    /// @param base counted size, 1e-8
    /// @param quote base times price, 1e-6 dollar
    struct Bucket {
        uint48 period;
        uint88 base;
        uint120 quote;
    }

    /// @param base size counted of this account in the period, 1e-8
    struct Usage {
        uint48 period;
        uint88 base;
    }

    uint256 public constant PERIODS = 5;
    /// @notice Allowances that the window must hold.
    uint256 public constant MIN_ALLOWANCES = 20;
    uint256 private constant BPS = 10_000;
    /// @dev base (1e-8) times price (1e18) is 1e-6 dollar times this.
    uint256 private constant QUOTE_SCALE = 1e20;

    IPriceOracle public immutable router;
    bytes16 public immutable underlying;
    uint48 public immutable periodSeconds;
    uint256 public immutable bandBps;
    /// @notice Most that one account counts for in a period, 1e-8.
    uint88 public immutable allowanceBase;

    Bucket[PERIODS] private _buckets;
    mapping(AccountId account => Usage) private _usage;
    uint48 private _lastTime;

    event TradeCounted(AccountId indexed buyer, AccountId indexed seller, uint256 base, uint256 priceWad);

    error Trades_BadParameter(bytes32 name, uint256 value);
    error Trades_TakesNothing();

    /// @param manager_ AccessManager; says who records
    /// @param router_ whose last price the band is around
    /// @param bandBps_ half the band's width, of 10,000
    /// @param allowanceBase_ most that one account counts for in a period, 1e-8
    constructor(
        address manager_,
        IPriceOracle router_,
        bytes16 underlying_,
        uint48 periodSeconds_,
        uint256 bandBps_,
        uint88 allowanceBase_
    ) AccessManaged(manager_) {
        if (periodSeconds_ == 0) revert Trades_BadParameter("periodSeconds", 0);
        if (bandBps_ == 0 || bandBps_ >= BPS) revert Trades_BadParameter("bandBps", bandBps_);
        // The window of everybody's allowances must fit a bucket a thousand times over.
        if (allowanceBase_ == 0 || allowanceBase_ > type(uint88).max / 1_000_000) {
            revert Trades_BadParameter("allowanceBase", allowanceBase_);
        }
        router = router_;
        underlying = underlying_;
        periodSeconds = periodSeconds_;
        bandBps = bandBps_;
        allowanceBase = allowanceBase_;
    }

    /// @notice Counts a trade. Role-gated. What must not count is passed over in silence, so that recording never stops
    /// a trade.
    function record(AccountId buyer, AccountId seller, uint256 base, uint256 priceWad) external restricted {
        if (buyer == seller || base == 0) return;
        uint256 period = block.timestamp / periodSeconds;
        (uint256 anchorWad, uint256 anchorTime) = router.latest(underlying);
        if (anchorWad == 0 || anchorTime + PERIODS * periodSeconds < block.timestamp) return;
        uint256 band = anchorWad * bandBps / BPS;
        priceWad = FixedPointMathLib.clamp(priceWad, anchorWad - band, anchorWad + band);

        base = FixedPointMathLib.min(base, FixedPointMathLib.min(_left(buyer, period), _left(seller, period)));
        if (base == 0) return;
        Bucket memory b = _buckets[period % PERIODS];
        if (b.period != period) b = Bucket(uint48(period), 0, 0);
        uint256 quote = b.quote + base * priceWad / QUOTE_SCALE;
        if (b.base + base > type(uint88).max || quote > type(uint120).max) return;
        _use(buyer, period, base);
        _use(seller, period, base);
        _buckets[period % PERIODS] = Bucket(uint48(period), uint88(b.base + base), uint120(quote));
        _lastTime = uint48(block.timestamp);
        emit TradeCounted(buyer, seller, base, priceWad);
    }

    /// @inheritdoc IPriceSource
    function read()
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 time, NoPrice reason)
    {
        uint256 period = block.timestamp / periodSeconds;
        uint256 base;
        uint256 quote;
        for (uint256 i; i < PERIODS; ++i) {
            Bucket memory b = _buckets[i];
            if (b.period + PERIODS <= period) continue;
            base += b.base;
            quote += b.quote;
        }
        if (base < MIN_ALLOWANCES * allowanceBase) return (0, 0, 0, NoPrice.THIN);
        priceWad = quote * QUOTE_SCALE / base;
        if (priceWad == 0) return (0, 0, 0, NoPrice.NOT_POSITIVE);
        return (priceWad, (priceWad * bandBps + BPS - 1) / BPS, _lastTime, NoPrice.NONE);
    }

    /// @inheritdoc IPriceSource
    function push(bytes calldata) external payable {
        revert Trades_TakesNothing();
    }

    function _left(AccountId account, uint256 period) private view returns (uint256) {
        Usage memory u = _usage[account];
        return u.period == period ? allowanceBase - u.base : allowanceBase;
    }

    function _use(AccountId account, uint256 period, uint256 base) private {
        Usage storage u = _usage[account];
        _usage[account] = Usage(uint48(period), uint88(u.period == period ? u.base + base : base));
    }
}
