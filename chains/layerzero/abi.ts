import { parseAbi } from "viem";

// The parts of LayerZero V2's interfaces that we use, by hand: the packages' artifacts are JSON, which TypeScript cannot
// narrow to literals. `abi.test.ts` compares every line with those artifacts.

const origin = "struct Origin { uint32 srcEid; bytes32 sender; uint64 nonce; }";
const ulnConfig =
  "struct UlnConfig { uint64 confirmations; uint8 requiredDVNCount; uint8 optionalDVNCount; uint8 optionalDVNThreshold; address[] requiredDVNs; address[] optionalDVNs; }";

/** `EndpointV2` */
export const endpointAbi = parseAbi([
  origin,
  "struct MessagingParams { uint32 dstEid; bytes32 receiver; bytes message; bytes options; bool payInLzToken; }",
  "struct MessagingFee { uint256 nativeFee; uint256 lzTokenFee; }",
  "struct MessagingReceipt { bytes32 guid; uint64 nonce; MessagingFee fee; }",
  "event PacketSent(bytes encodedPayload, bytes options, address sendLibrary)",
  "event PacketVerified(Origin origin, address receiver, bytes32 payloadHash)",
  "event PacketDelivered(Origin origin, address receiver)",
  "event LzReceiveAlert(address indexed receiver, address indexed executor, Origin origin, bytes32 guid, uint256 gas, uint256 value, bytes message, bytes extraData, bytes reason)",
  "function eid() view returns (uint32)",
  "function owner() view returns (address)",
  "function quote(MessagingParams _params, address _sender) view returns (MessagingFee)",
  "function send(MessagingParams _params, address _refundAddress) payable returns (MessagingReceipt)",
  "function lzReceive(Origin _origin, address _receiver, bytes32 _guid, bytes _message, bytes _extraData) payable",
  "function verifiable(Origin _origin, address _receiver) view returns (bool)",
  "function initializable(Origin _origin, address _receiver) view returns (bool)",
  "function inboundNonce(address _receiver, uint32 _srcEid, bytes32 _sender) view returns (uint64)",
  "function outboundNonce(address sender, uint32 dstEid, bytes32 receiver) view returns (uint64 nonce)",
  "function lazyInboundNonce(address receiver, uint32 srcEid, bytes32 sender) view returns (uint64 nonce)",
  "function inboundPayloadHash(address receiver, uint32 srcEid, bytes32 sender, uint64 inboundNonce) view returns (bytes32 payloadHash)",
  "function delegates(address oapp) view returns (address delegate)",
  "struct SetConfigParam { uint32 eid; uint32 configType; bytes config; }",
  "function setConfig(address _oapp, address _lib, SetConfigParam[] _params)",
  "function setSendLibrary(address _oapp, uint32 _eid, address _newLib)",
  "function setReceiveLibrary(address _oapp, uint32 _eid, address _newLib, uint256 _gracePeriod)",
  "function setReceiveLibraryTimeout(address _oapp, uint32 _eid, address _lib, uint256 _expiry)",
  "function getSendLibrary(address _sender, uint32 _dstEid) view returns (address lib)",
  "function isDefaultSendLibrary(address _sender, uint32 _dstEid) view returns (bool)",
  "function getReceiveLibrary(address _receiver, uint32 _srcEid) view returns (address lib, bool isDefault)",
  "function receiveLibraryTimeout(address receiver, uint32 srcEid) view returns (address lib, uint256 expiry)",
  "function defaultReceiveLibraryTimeout(uint32 srcEid) view returns (address lib, uint256 expiry)",
  "function isRegisteredLibrary(address lib) view returns (bool)",
  "function registerLibrary(address _lib)",
  "function defaultSendLibrary(uint32 dstEid) view returns (address lib)",
  "function defaultReceiveLibrary(uint32 srcEid) view returns (address lib)",
  "function setDefaultSendLibrary(uint32 _eid, address _newLib)",
  "function setDefaultReceiveLibrary(uint32 _eid, address _newLib, uint256 _gracePeriod)",
  "error LZ_DefaultReceiveLibUnavailable()",
  "error LZ_DefaultSendLibUnavailable()",
  "error LZ_InsufficientFee(uint256 requiredNative, uint256 suppliedNative, uint256 requiredLzToken, uint256 suppliedLzToken)",
  "error LZ_InvalidReceiveLibrary()",
  "error LZ_PathNotInitializable()",
  "error LZ_PathNotVerifiable()",
  "error LZ_PayloadHashNotFound(bytes32 expected, bytes32 actual)",
  "error LZ_SendReentrancy()",
  "error LZ_Unauthorized()",
  "error LZ_UnsupportedEid()",
  "error Transfer_NativeFailed(address _to, uint256 _value)",
]);

/** What the send and the receive library share. */
export const ulnAbi = parseAbi([
  ulnConfig,
  "struct SetDefaultUlnConfigParam { uint32 eid; UlnConfig config; }",
  "function getUlnConfig(address _oapp, uint32 _remoteEid) view returns (UlnConfig rtnConfig)",
  "function getAppUlnConfig(address _oapp, uint32 _remoteEid) view returns (UlnConfig)",
  "function setDefaultUlnConfigs(SetDefaultUlnConfigParam[] _params)",
  "function isSupportedEid(uint32 _eid) view returns (bool)",
  "error LZ_ULN_AtLeastOneDVN()",
  "error LZ_ULN_Unsorted()",
  "error LZ_ULN_UnsupportedEid(uint32 eid)",
]);

/** `SendUln302` */
export const sendUln302Abi = [
  ...ulnAbi,
  ...parseAbi([
    "struct ExecutorConfig { uint32 maxMessageSize; address executor; }",
    "struct SetDefaultExecutorConfigParam { uint32 eid; ExecutorConfig config; }",
    "function executorConfigs(address oapp, uint32 eid) view returns (uint32 maxMessageSize, address executor)",
    "function getExecutorConfig(address _oapp, uint32 _remoteEid) view returns (ExecutorConfig rtnConfig)",
    "function setDefaultExecutorConfigs(SetDefaultExecutorConfigParam[] _params)",
    "event ExecutorFeePaid(address executor, uint256 fee)",
    "event DVNFeePaid(address[] requiredDVNs, address[] optionalDVNs, uint256[] fees)",
    "error LZ_MessageLib_InvalidMessageSize(uint256 actual, uint256 max)",
  ]),
] as const;

/** `ReceiveUln302` */
export const receiveUln302Abi = [
  ...ulnAbi,
  ...parseAbi([
    "event PayloadVerified(address dvn, bytes header, uint256 confirmations, bytes32 proofHash)",
    "function verify(bytes _packetHeader, bytes32 _payloadHash, uint64 _confirmations)",
    "function commitVerification(bytes _packetHeader, bytes32 _payloadHash)",
    "function hashLookup(bytes32 headerHash, bytes32 payloadHash, address dvn) view returns (bool submitted, uint64 confirmations)",
    "error LZ_ULN_InvalidEid()",
    "error LZ_ULN_InvalidPacketHeader()",
    "error LZ_ULN_InvalidPacketVersion()",
    "error LZ_ULN_Verifying()",
  ]),
] as const;

/** What every worker (DVN, Executor) has. */
export const workerAbi = parseAbi([
  "function workerFeeLib() view returns (address)",
  "function setWorkerFeeLib(address _workerFeeLib)",
  "function priceFeed() view returns (address)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function grantRole(bytes32 _role, address _account)",
  "error Worker_NotAllowed()",
]);

/** `DVN` */
export const dvnAbi = [
  ...workerAbi,
  ...parseAbi([
    "struct ExecuteParam { uint32 vid; address target; bytes callData; uint256 expiration; bytes signatures; }",
    "struct DstConfigParam { uint32 dstEid; uint64 gas; uint16 multiplierBps; uint128 floorMarginUSD; }",
    "event VerifySignaturesFailed(uint256 idx)",
    "event ExecuteFailed(uint256 _index, bytes _data)",
    "event HashAlreadyUsed(ExecuteParam param, bytes32 _hash)",
    "function execute(ExecuteParam[] _params)",
    "function vid() view returns (uint32)",
    "function quorum() view returns (uint64)",
    "function getSigners() view returns (address[])",
    "function hashCallData(uint32 _vid, address _target, bytes _callData, uint256 _expiration) pure returns (bytes32)",
    "function dstConfig(uint32 dstEid) view returns (uint64 gas, uint16 multiplierBps, uint128 floorMarginUSD)",
    "function setDstConfig(DstConfigParam[] _params)",
    "error DVN_InvalidRole(bytes32 role)",
  ]),
] as const;

/** `Executor` */
export const executorAbi = [
  ...workerAbi,
  ...parseAbi([
    origin,
    "struct DstConfigParam { uint32 dstEid; uint64 lzReceiveBaseGas; uint64 lzComposeBaseGas; uint16 multiplierBps; uint128 floorMarginUSD; uint128 nativeCap; }",
    "struct ExecutionParams { address receiver; Origin origin; bytes32 guid; bytes message; bytes extraData; uint256 gasLimit; }",
    "struct NativeDropParams { address receiver; uint256 amount; }",
    "event NativeDropApplied(Origin origin, uint32 dstEid, address oapp, NativeDropParams[] params, bool[] success)",
    "function initialize(address _endpoint, address _receiveUln301, address[] _messageLibs, address _priceFeed, address _roleAdmin, address[] _admins)",
    "function endpoint() view returns (address)",
    "function execute302(ExecutionParams _executionParams) payable",
    "function nativeDropAndExecute302(NativeDropParams[] _nativeDropParams, uint256 _nativeDropGasLimit, ExecutionParams _executionParams) payable",
    "function dstConfig(uint32 dstEid) view returns (uint64 lzReceiveBaseGas, uint16 multiplierBps, uint128 floorMarginUSD, uint128 nativeCap, uint64 lzComposeBaseGas)",
    "function setDstConfig(DstConfigParam[] _params)",
  ]),
] as const;

/** Errors of `ExecutorFeeLib`, seen when a message is quoted or sent. */
export const executorFeeLibAbi = parseAbi([
  "error Executor_EidNotSupported(uint32 eid)",
  "error Executor_NativeAmountExceedsCap(uint256 amount, uint256 cap)",
  "error Executor_NoOptions()",
  "error Executor_UnsupportedOptionType(uint8 optionType)",
  "error Executor_ZeroLzReceiveGasProvided()",
]);

/** Errors of `DVNFeeLib`, seen when a message is quoted or sent. */
export const dvnFeeLibAbi = parseAbi(["error DVN_EidNotSupported(uint32 eid)"]);

/** `PriceFeed` */
export const priceFeedAbi = parseAbi([
  "struct Price { uint128 priceRatio; uint64 gasPriceInUnit; uint32 gasPerByte; }",
  "struct UpdatePrice { uint32 eid; Price price; }",
  "function initialize(address _priceUpdater)",
  "function owner() view returns (address)",
  "function getPrice(uint32 _dstEid) view returns (Price price)",
  "function nativeTokenPriceUSD() view returns (uint128)",
  "function setPrice(UpdatePrice[] _price)",
  "function setNativeTokenPriceUSD(uint128 _nativeTokenPriceUSD)",
]);

/** `EndpointV2View`. `executable`: 0 not executable, 1 verified but not executable (an earlier nonce is missing), 2 executable, 3 executed. */
export const endpointViewAbi = parseAbi([
  origin,
  "function initialize(address _endpoint)",
  "function endpoint() view returns (address)",
  "function initializable(Origin _origin, address _receiver) view returns (bool)",
  "function executable(Origin _origin, address _receiver) view returns (uint8)",
]);

/** `ReceiveUln302View`. `verifiable`: 0 verifying, 1 verifiable, 2 verified, 3 not initializable. */
export const receiveUlnViewAbi = parseAbi([
  "function initialize(address _endpoint, address _receiveUln302)",
  "function endpoint() view returns (address)",
  "function receiveUln302() view returns (address)",
  "function verifiable(bytes _packetHeader, bytes32 _payloadHash) view returns (uint8)",
]);

/** `LzExecutor`: anyone may commit and execute through it. */
export const lzExecutorAbi = parseAbi([
  origin,
  "struct LzReceiveParam { Origin origin; address receiver; bytes32 guid; bytes message; bytes extraData; uint256 gas; uint256 value; }",
  "struct NativeDropParam { address _receiver; uint256 _amount; }",
  "function initialize(address _receiveUln302, address _receiveUln302View, address _endpoint)",
  "function endpoint() view returns (address)",
  "function receiveUln302() view returns (address)",
  "function commitAndExecute(address _receiveLib, LzReceiveParam _lzReceiveParam, NativeDropParam[] _nativeDropParams) payable",
  "error LzExecutor_Executed()",
  "error LzExecutor_ReceiveLibViewNotSet()",
  "error LzExecutor_Verifying()",
]);
