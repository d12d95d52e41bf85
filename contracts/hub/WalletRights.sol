// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {HubState} from "./HubState.sol";

/// @notice What an address on a chain may do for an account without its signature. The home, the owner's address on the home
/// chain, may everything; others what the home registered. The owner's address on another chain is such a stranger: it
/// may be somebody else's contract wallet (CLR-05).
library WalletRights {
    /// @notice May be paid by withdrawals that nobody signed.
    uint8 internal constant BE_PAID = 1;
    /// @notice May ask for withdrawals at the vault of its chain; on the hub's chain, freeze. Never lifts a freeze, nor registers others.
    uint8 internal constant ACT = 2;
    uint8 internal constant ALL = BE_PAID | ACT;

    function rightsOf(HubState storage s, AccountId account, uint32 eid, address wallet) internal view returns (uint8) {
        if (account.homeEid() == eid && account.owner() == wallet) return ALL;
        return s.wallets[account][eid][wallet];
    }

    function mayBePaid(HubState storage s, AccountId account, uint32 eid, address wallet) internal view returns (bool) {
        return rightsOf(s, account, eid, wallet) & BE_PAID != 0;
    }

    function mayAct(HubState storage s, AccountId account, uint32 eid, address wallet) internal view returns (bool) {
        return rightsOf(s, account, eid, wallet) & ACT != 0;
    }
}
