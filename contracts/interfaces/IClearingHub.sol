// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubEntries} from "./IHubEntries.sol";
import {IHubViews} from "./IHubViews.sol";

/// @title The clearing hub: the ledger of all accounts over all chains
/// @dev Assumptions under which it is safe:
/// - a report says what the vault of its own chain says: everything credited by it is bound to `Origin.srcEid`
///   and the peer (CLR-05); a compromised spoke is bounded by its budget, which is not built yet (CLR-08);
/// - the oracle's quorum is honest; prices older than `maxPriceAge` stop grants, payouts and settlement (CLR-13);
/// - receiving only records; whatever needs a margin decision happens in a later, permissionless call;
/// - who calls `report`, `push`, `renewCredit`, `process`, `settle` pays the message fee and gains nothing else.
interface IClearingHub is IHubEntries, IHubViews {}
