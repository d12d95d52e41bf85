// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {AccountId, AccountIdLib} from "../types/AccountId.sol";
import {ILoopback} from "../interfaces/ILoopback.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {Transport} from "../transport/Transport.sol";
import {VaultState} from "./VaultState.sol";

/// @notice What all books of the vault share: its state, and whose vault it is.
abstract contract VaultBase is ISpokeVault, Transport, AccessManaged, ReentrancyGuardTransient {
    VaultState internal _s;

    /// @inheritdoc ISpokeVault
    uint32 public immutable hubEid;
    /// @inheritdoc ISpokeVault
    AccountId public immutable feeAccount;

    constructor(address endpoint_, uint32 hubEid_, address manager_, ILoopback loopback_)
        Transport(endpoint_, manager_, loopback_)
        AccessManaged(manager_)
    {
        hubEid = hubEid_;
        feeAccount = AccountIdLib.pack(address(this), localEid, 0);
        _s.indexAccount(feeAccount);
    }

    /// @dev A vault obeys one hub: with no other peer, whatever the transport lets through is the hub's.
    function _setPeer(uint32 eid, bytes32 peer) internal override {
        if (eid != hubEid) revert Vault_NotHubEid(eid, hubEid);
        super._setPeer(eid, peer);
    }
}
