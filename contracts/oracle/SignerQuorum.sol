// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title The signers of prices and surfaces, and how many of them it takes
/// @notice One set for all that is signed, so that a key that leaked is out everywhere by one call.
/// @dev Safe as long as fewer than `quorum` signers lie. Who asks brings an EIP-712 digest of its own domain: what was signed for one
/// contract means nothing to another.
contract SignerQuorum is AccessManaged {
    uint256 public constant MAX_SIGNERS = 32;

    /// @notice Signatures that it takes.
    uint256 public quorum;
    mapping(address => bool) public isSigner;

    address[] private _signers;

    event SignersSet(address[] signers, uint256 quorum);

    error Signers_BelowQuorum(uint256 signatures, uint256 quorum);
    error Signers_InvalidSignature(uint256 index);
    error Signers_Unknown(address signer);
    error Signers_NotAscending(address previous, address signer);
    error Signers_BadQuorum(uint256 quorum, uint256 signers);
    error Signers_TooMany(uint256 count, uint256 maximum);

    /// @param manager_ AccessManager; sets the signers
    constructor(address manager_) AccessManaged(manager_) {}

    /// @notice Replaces all signers. Role-gated.
    /// @param signers_ strictly ascending, none zero
    /// @param quorum_ from 1 to the number of signers
    function setSigners(address[] calldata signers_, uint256 quorum_) external restricted {
        if (signers_.length > MAX_SIGNERS) revert Signers_TooMany(signers_.length, MAX_SIGNERS);
        if (quorum_ == 0 || quorum_ > signers_.length) revert Signers_BadQuorum(quorum_, signers_.length);
        for (uint256 i; i < _signers.length; ++i) {
            isSigner[_signers[i]] = false;
        }
        address previous;
        for (uint256 i; i < signers_.length; ++i) {
            if (signers_[i] <= previous) revert Signers_NotAscending(previous, signers_[i]);
            previous = signers_[i];
            isSigner[previous] = true;
        }
        _signers = signers_;
        quorum = quorum_;
        emit SignersSet(signers_, quorum_);
    }

    /// @notice Reverts unless `quorum` distinct signers signed `hash`, and nobody else did.
    /// @dev Before signers are set, the quorum of zero must not pass.
    /// @param signatures ascending by signer
    function check(bytes32 hash, bytes[] calldata signatures) external view {
        if (quorum == 0 || signatures.length < quorum) revert Signers_BelowQuorum(signatures.length, quorum);
        address previous;
        for (uint256 i; i < signatures.length; ++i) {
            (address signer, ECDSA.RecoverError failed,) = ECDSA.tryRecover(hash, signatures[i]);
            if (failed != ECDSA.RecoverError.NoError) revert Signers_InvalidSignature(i);
            if (!isSigner[signer]) revert Signers_Unknown(signer);
            if (signer <= previous) revert Signers_NotAscending(previous, signer);
            previous = signer;
        }
    }

    /// @notice The signers, ascending.
    function signers() external view returns (address[] memory) {
        return _signers;
    }
}
