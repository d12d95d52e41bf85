// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IPriceSource, NoPrice} from "../../interfaces/IPriceSource.sol";
import {AccountId} from "../../types/AccountId.sol";
import {SignerQuorum} from "../SignerQuorum.sol";

/// @param base size, 1e-8
/// @param priceWad dollars per unit, 1e18
struct ObservedTrade {
    AccountId buyer;
    AccountId seller;
    uint88 base;
    uint128 priceWad;
}

/// @notice Trades of the underlying's perpetual at the vault of one chain.
/// @param eid of that chain
/// @param fromBlock first block looked at, `toBlock` the last: both final
/// @param time of `toBlock`, unix seconds
struct TradeBatch {
    uint32 eid;
    uint64 fromBlock;
    uint64 toBlock;
    uint48 time;
    ObservedTrade[] trades;
}

/// @title Price of the protocol's own trades
/// @notice Volume-weighted over the last five periods. Of a trade counts: its price, clamped to a band around the
/// router's last price; of its size, no more than its buyer, and its seller, have left of their allowance for the period;
/// nothing while the router has no fresh price. There is a price only once the window holds twenty allowances, so that five
/// periods of one account are at most a quarter of it, and move it by at most a quarter of the band's width.
///
/// Anyone brings trades, in batches that the signers' quorum signed. The blocks of a chain's batches rise and never overlap, so no trade
/// counts twice; a gap is trades that count for nothing.
///
/// **When this is safe.** While fewer than a quorum of signers lie; and accounts cost nothing: twenty of one hand, trading with each other,
/// own the whole window, and pay fees alone. What either of them can reach is an edge of the band, and nothing of it matters as long as
/// the router lists it as its *internal* source: there it only says where between two external prices, which agree, the price is. Never
/// list it as an external one. It is also no price of its own: without the router's, it has none.
/// @dev A batch counts in the period in which it is brought: one that is older than the window is refused. Sizes 1e-8, prices 1e18.
contract TradeSource is IPriceSource, EIP712 {
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
    uint256 public constant MAX_TRADES = 64;
    /// @notice How far a batch may be ahead of this chain's clock.
    uint256 public constant MAX_AHEAD_SECONDS = 15;
    bytes32 public constant TRADE_TYPEHASH =
        keccak256("ObservedTrade(bytes32 buyer,bytes32 seller,uint88 base,uint128 priceWad)");
    bytes32 public constant BATCH_TYPEHASH = keccak256(
        "TradeBatch(uint32 eid,uint64 fromBlock,uint64 toBlock,uint48 time,ObservedTrade[] trades)ObservedTrade(bytes32 buyer,bytes32 seller,uint88 base,uint128 priceWad)"
    );
    uint256 private constant BPS = 10_000;
    /// @dev base (1e-8) times price (1e18) is 1e-6 dollar times this.
    uint256 private constant QUOTE_SCALE = 1e20;

    SignerQuorum public immutable signers;
    IPriceOracle public immutable router;
    bytes16 public immutable underlying;
    uint48 public immutable periodSeconds;
    uint256 public immutable bandBps;
    /// @notice Most that one account counts for in a period, 1e-8.
    uint88 public immutable allowanceBase;
    /// @notice The last block whose trades were brought.
    mapping(uint32 eid => uint64 blockNumber) public lastBlock;

    Bucket[PERIODS] private _buckets;
    mapping(AccountId account => Usage) private _usage;
    uint48 private _lastTime;

    event TradeCounted(AccountId indexed buyer, AccountId indexed seller, uint256 base, uint256 priceWad);
    event BatchRecorded(uint32 indexed eid, uint64 fromBlock, uint64 toBlock, uint256 trades);

    error Trades_BadParameter(bytes32 name, uint256 value);
    error Trades_TakesNoFee(uint256 sent);
    error Trades_BadBlocks(uint256 fromBlock, uint256 toBlock, uint256 lastBlock);
    error Trades_TooMany(uint256 count, uint256 maximum);
    error Trades_TimeAhead(uint256 time, uint256 latestAllowed);
    error Trades_TooOld(uint256 time, uint256 earliestAllowed);

    /// @param signers_ whose quorum signs batches
    /// @param router_ whose last price the band is around
    /// @param bandBps_ half the band's width, of 10,000
    /// @param allowanceBase_ most that one account counts for in a period, 1e-8
    constructor(
        SignerQuorum signers_,
        IPriceOracle router_,
        bytes16 underlying_,
        uint48 periodSeconds_,
        uint256 bandBps_,
        uint88 allowanceBase_
    ) EIP712("CausewayTradeSource", "1") {
        if (periodSeconds_ == 0) revert Trades_BadParameter("periodSeconds", 0);
        if (bandBps_ == 0 || bandBps_ >= BPS) revert Trades_BadParameter("bandBps", bandBps_);
        // The window of everybody's allowances must fit a bucket a thousand times over.
        if (allowanceBase_ == 0 || allowanceBase_ > type(uint88).max / 1_000_000) {
            revert Trades_BadParameter("allowanceBase", allowanceBase_);
        }
        signers = signers_;
        router = router_;
        underlying = underlying_;
        periodSeconds = periodSeconds_;
        bandBps = bandBps_;
        allowanceBase = allowanceBase_;
    }

    /// @inheritdoc IPriceSource
    /// @param data `abi.encode(TradeBatch batch, bytes[] signatures)`, the signatures ascending by signer. Of its trades, what must not
    /// count is passed over in silence
    function push(bytes calldata data) external payable {
        if (msg.value != 0) revert Trades_TakesNoFee(msg.value);
        (TradeBatch memory batch, bytes[] memory signatures) = abi.decode(data, (TradeBatch, bytes[]));
        _checkTime(batch.time);
        uint64 last = lastBlock[batch.eid];
        if (batch.fromBlock <= last || batch.toBlock < batch.fromBlock) {
            revert Trades_BadBlocks(batch.fromBlock, batch.toBlock, last);
        }
        if (batch.trades.length > MAX_TRADES) revert Trades_TooMany(batch.trades.length, MAX_TRADES);
        signers.check(digest(batch), signatures);

        lastBlock[batch.eid] = batch.toBlock;
        emit BatchRecorded(batch.eid, batch.fromBlock, batch.toBlock, batch.trades.length);
        (uint256 anchorWad, uint256 anchorTime) = router.latest(underlying);
        if (anchorWad == 0 || anchorTime + PERIODS * periodSeconds < block.timestamp) return;
        bool any;
        for (uint256 i; i < batch.trades.length; ++i) {
            if (_count(batch.trades[i], anchorWad)) any = true;
        }
        if (any && batch.time > _lastTime) _lastTime = batch.time;
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

    /// @notice EIP-712 digest that the signers sign.
    function digest(TradeBatch memory batch) public view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](batch.trades.length);
        for (uint256 i; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(TRADE_TYPEHASH, batch.trades[i]));
        }
        bytes32 tradesHash = keccak256(abi.encodePacked(hashes));
        return _hashTypedDataV4(
            keccak256(
                abi.encode(BATCH_TYPEHASH, batch.eid, batch.fromBlock, batch.toBlock, batch.time, tradesHash)
            )
        );
    }

    /// @return counted whether anything of it did
    function _count(ObservedTrade memory t, uint256 anchorWad) private returns (bool counted) {
        if (t.buyer == t.seller) return false;
        uint256 period = block.timestamp / periodSeconds;
        uint256 band = anchorWad * bandBps / BPS;
        uint256 priceWad = FixedPointMathLib.clamp(t.priceWad, anchorWad - band, anchorWad + band);
        uint256 left = FixedPointMathLib.min(_left(t.buyer, period), _left(t.seller, period));
        uint256 base = FixedPointMathLib.min(t.base, left);
        if (base == 0) return false;
        Bucket memory b = _buckets[period % PERIODS];
        if (b.period != period) b = Bucket(uint48(period), 0, 0);
        uint256 quote = b.quote + base * priceWad / QUOTE_SCALE;
        if (b.base + base > type(uint88).max || quote > type(uint120).max) return false;
        _use(t.buyer, period, base);
        _use(t.seller, period, base);
        _buckets[period % PERIODS] = Bucket(uint48(period), uint88(b.base + base), uint120(quote));
        emit TradeCounted(t.buyer, t.seller, base, priceWad);
        return true;
    }

    function _checkTime(uint256 time) private view {
        uint256 latestAllowed = block.timestamp + MAX_AHEAD_SECONDS;
        if (time > latestAllowed) revert Trades_TimeAhead(time, latestAllowed);
        uint256 window = PERIODS * periodSeconds;
        if (time + window < block.timestamp) revert Trades_TooOld(time, block.timestamp - window);
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
