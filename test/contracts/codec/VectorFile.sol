// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";

/// @notice Reads the vectors that Solidity and TypeScript share (CLR-20). `scripts/generate/vectors.ts` writes them.
abstract contract VectorFile is Test {
    string internal json;

    function load(string memory name) internal {
        json = vm.readFile(string.concat("test/vectors/", name));
    }

    /// @notice ABI-encoded array of the structs at `key`, whose fields `schema` names in order.
    function cases(string memory key, string memory schema) internal view returns (bytes memory) {
        return vm.parseJsonTypeArray(json, key, schema);
    }
}
