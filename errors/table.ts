/** One kind of failure. `{name}` in `message` and `hint` is replaced by `details.name`. */
export interface ErrorRow {
  readonly name: string;
  /** What happened, in one sentence. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** Whether doing the same again may work. */
  readonly retryable?: boolean;
}

/**
 * Every error of the TypeScript side, by code: 1xxx configuration, 2xxx chains, 3xxx clearing, 4xxx relayer,
 * 5xxx command line and API. Codes are never reused.
 */
export const errorTable = {
  1000: {
    name: "InternalInvariant",
    message: "Internal error: {what}.",
    hint: "This is a bug in Causeway: please report it with the command and its output.",
  },
  1001: {
    name: "ConfigInvalid",
    message: "Configuration key {key}: found {found}, expected {expected}.",
    hint: "Correct {key} in {file}.",
  },
  1002: {
    name: "ConfigUnknownKey",
    message: "Configuration key {key} is not known: expected one of {expected}.",
    hint: "Remove or rename {key} in {file}.",
  },
  1003: {
    name: "ConfigNotFound",
    message: "There is no configuration file {file}.",
    hint: "Check the path; it is relative to the folder where the command runs.",
  },
  1004: {
    name: "ConfigNotJson",
    message: "{file} is not valid JSON: {found}.",
    hint: "Correct the file's syntax.",
  },
  1005: {
    name: "KeyUnavailable",
    message: "The key for {key} could not be read: {found}.",
    hint: "Set the environment variable or create the file with a 32-byte hexadecimal private key.",
  },
  1006: {
    name: "DefinitionInvalid",
    message: "Definition {chain}, {key}: found {found}, expected {expected}.",
    hint: "Correct the chain's file in chains/definitions/.",
  },
  1007: {
    name: "UnknownAsset",
    message: "Unknown asset {found}: expected one of {expected}.",
    hint: "Use a listed asset, or add it to chains/assets.ts.",
  },
  2001: {
    name: "UnknownChain",
    message: "Unknown chain {found}: expected one of {expected}.",
    hint: "Use a known chain's name, or add its file to chains/definitions/.",
  },
  2002: {
    name: "RpcUnreachable",
    message: "The RPC endpoint of {chain} does not answer ({url}): {found}.",
    hint: "Check that the node runs and that chains.{chain}.rpcUrls is right.",
    retryable: true,
  },
  2003: {
    name: "WrongChainId",
    message: "The RPC endpoint of {chain} ({url}) serves chain id {found}, expected {expected}.",
    hint: "Point chains.{chain}.rpcUrls at a node of the right chain.",
  },
  2004: {
    name: "KeyUnfunded",
    message: "{account} has {found} wei on {chain}, needs {expected} wei.",
    hint: "Send native tokens to {account} on {chain} and run the command again.",
  },
  2005: {
    name: "DeploymentMissing",
    message: "There is no deployment record for {chain} in {folder}.",
    hint: "Run `./causeway deploy` for this configuration first.",
  },
  2006: {
    name: "DeploymentInvalid",
    message: "Deployment record {file}, {key}: found {found}, expected {expected}.",
    hint: "Remove the record and run `./causeway deploy` again.",
  },
  2007: {
    name: "TransactionReverted",
    message: "{what} reverted on {chain}: {reason}.",
    hint: "See the decoded reason; nothing was changed by this transaction.",
  },
  2008: {
    name: "TransactionTimeout",
    message: "{what} was not mined on {chain} within {timeoutMs} ms.",
    hint: "Check that the chain produces blocks, then run the command again: it continues where it stopped.",
    retryable: true,
  },
  2009: {
    name: "AnvilNotStarting",
    message: "anvil for {chain} did not start: {found}.",
    hint: "Run `npm ci` again; anvil comes from the package @foundry-rs/anvil.",
  },
  2010: {
    name: "RpcTimeout",
    message: "{what} on {chain} took longer than {timeoutMs} ms.",
    hint: "Try again, or use a faster RPC endpoint.",
    retryable: true,
  },
  2011: {
    name: "ArtifactMissing",
    message: "There is no compiled artifact {found}.",
    hint: "Run `./causeway test --only compile` (own contracts) or `npm ci` (LayerZero's).",
  },
  2012: {
    name: "LibraryNotLinked",
    message: "{contract} needs the library {found}, which was not given.",
    hint: "Deploy the library first and pass its address.",
  },
  2013: {
    name: "TooFewDvns",
    message: "The pathway from {chain} to {remote} has {found} required DVN(s), expected at least two.",
    hint: "Deploy a second DVN with its own signers: one signer must never be able to forge a message.",
  },
  2014: {
    name: "DeployedStateDiffers",
    message: "{what} on {chain} is {found}, expected {expected}, and cannot be changed.",
    hint: "Remove the deployment record to deploy afresh, or correct the configuration.",
  },
  2015: {
    name: "PacketMalformed",
    message: "Malformed LayerZero packet, {key}: found {found}, expected {expected}.",
    hint: "It was not sent by a LayerZero V2 endpoint; ignore it.",
  },
  2016: {
    name: "CallFailed",
    message: "{what} failed on {chain}: {reason}.",
    hint: "See the reason; check the node if it says nothing about the contract.",
  },
  2017: {
    name: "RolesUnsafe",
    message: "Configuration key {key}: found {found}, expected {expected}, as {chain} is not local.",
    hint: "Set chains.{chain}.roles: holders other than the deployer and a delay; see docs/roles.md.",
  },
  2018: {
    name: "RoleNeeded",
    message:
      "{left} calls are left to do on {chain}, the first {what}: the deployer handed its roles over, {holder} holds {role}.",
    hint: "The details have each call: its holder schedules it, waits, and executes it; see docs/roles.md.",
  },
  2019: {
    name: "WiringRefused",
    message:
      "Refused ({check}): on {chain}, {what} is {found}, expected {expected} (and {more} more faults).",
    hint: "Mend it and run `./causeway wire` again; `--check` only looks.",
  },
  3001: {
    name: "UnderlyingInvalid",
    message: "Underlying {found} is not 1 to 16 printable ASCII characters without spaces.",
    hint: "Use a symbol such as ETH.",
  },
  3002: {
    name: "MessageMalformed",
    message: "A {format} of {length} bytes is malformed.",
    hint: "It is truncated, too long, or of another version; ask its sender to send it again.",
  },
  3003: {
    name: "CodecValueOutOfRange",
    message: "Field {field} does not hold {found}, expected {expected}.",
    hint: "Use a value inside the field's range.",
  },
  3004: {
    name: "TapeLineMalformed",
    message: "{file}:{line}, {column}: found {found}, expected {expected}.",
    hint: "Correct the line; columns are time,instrument,buyer,seller,size,price[,chain].",
  },
  3005: {
    name: "MarkMissing",
    message: "There is no mark for {instrument}.",
    hint: "Give a price for every instrument that is held.",
  },
  3006: {
    name: "TapeTooShort",
    message:
      "{found} trades of the tape's {rows} remain for {traders} traders, at least {expected} are needed.",
    hint: "Give a longer tape or more traders (--traders).",
  },
  3007: {
    name: "TapeTooManyChains",
    message: "The tape names {found} chains ({names}), but there are {expected}.",
    hint: "Give as many chains as the tape names (--chains), or remove its column `chain`.",
  },
  3008: {
    name: "TapeUnreadable",
    message: "The tape {file} cannot be read: {found}.",
    hint: "Give the path of a CSV file, plain or gzip.",
  },
  3020: {
    name: "PricingInputOutOfRange",
    message: "Option pricing, {field}: found {found}, expected {expected}.",
    hint: "See docs/pricing.md for the range of every number.",
  },
  3021: {
    name: "PricingSliceInvalid",
    message: "This SVI slice gives no price: {found}.",
    hint: "See docs/pricing.md for what a slice must be; `./causeway quote --model svi` tells why one is refused.",
  },
  3030: {
    name: "MarginInputOutOfRange",
    message: "Scenario margin, {field}: found {found}, expected {expected}.",
    hint: "See docs/margin.md for the range of every number.",
  },
  3031: {
    name: "MarginTooManyInstruments",
    message: "The account holds {found} instruments, at most {expected} are margined.",
    hint: "Close some of them, or use another sub-account.",
  },
  3032: {
    name: "RiskArrayMalformed",
    message: "A risk array does not have {expected} entries of four bytes.",
    hint: "Compute it again from prices; see docs/margin.md.",
  },
  3033: {
    name: "RiskArrayEntryOutOfRange",
    message: "Entry {scenario} of a risk array cannot be {found}.",
    hint: "Entries are changes in value, 1e-9 of the spot: four bytes, and zero where nothing moves. What loses or gains more than 2.147 spots a unit cannot be margined.",
  },
  3034: {
    name: "OptionMarkOutOfRange",
    message: "An option is worth {found} billionths of the spot a unit, at most {expected} can be margined.",
    hint: "Check its strike against the price of the underlying.",
  },
  3035: {
    name: "MarginNoParameters",
    message:
      "The margin engine has no parameters for the underlying at place {found} of instruments' numbers.",
    hint: "They are set by whoever governs the risk parameters; positions on it cannot be margined before.",
  },
  3036: {
    name: "MarginStalePrice",
    message:
      "The price of {underlying} is too old, or there is none: found {found}, expected at most {expected} seconds.",
    hint: "Bring a newer price to the hub's oracle.",
  },
  3037: {
    name: "MarginPriceOutOfRange",
    message: "The price of {underlying} is {found}, at most {expected} can be margined.",
    hint: "No market has such a price: check what the oracle was told.",
  },
  3038: {
    name: "MarginStaleEpoch",
    message: "The risk arrays of {underlying} are {found} seconds old, for new risk at most {expected}.",
    hint: "Refresh them (anyone may), then try again.",
  },
  3039: {
    name: "MarginMovedTooFar",
    message:
      "The price of {underlying}, {found}, has moved too far from that of its risk arrays, {expected}, for new risk.",
    hint: "Refresh them (anyone may), then try again.",
  },
  3040: {
    name: "MarginNoArray",
    message: "The option with number {found} has no risk array, or one that is not good for new risk.",
    hint: "It needs a volatility surface of its expiry; then refresh the risk arrays of its underlying.",
  },
  3041: {
    name: "MarginUnknownNumber",
    message: "No instrument has the number {found}.",
    hint: "See the registry of instruments.",
  },
  3042: {
    name: "MarginUnsupportedInstrument",
    message: "The margin engine cannot say what {found} is worth.",
    hint: "Only listed perpetuals and options have a mark, and only options that are not settled a reference.",
  },
  3043: {
    name: "MarginScenarioCount",
    message: "The certificate names {found} scenarios, for {expected} underlyings.",
    hint: "Name one for each underlying, in the order in which the account has them.",
  },
  3044: {
    name: "MarginNotOnGrid",
    message: "The certificate's joint scenario, {found}, is none of the 21 of spot and volatility.",
    hint: "docs/margin.md has the places of scenarios.",
  },
  3045: {
    name: "MarginUnknownScenario",
    message: "The certificate names scenario {found}; there are {expected}.",
    hint: "docs/margin.md has the places of scenarios.",
  },
  3050: {
    name: "FundingInputOutOfRange",
    message: "Funding, {field}: found {found}, expected {expected}.",
    hint: "See docs/funding.md for the range of every number.",
  },
  3070: {
    name: "ChainUnreadable",
    message: "The option chain {file} cannot be read: {found}.",
    hint: "Give the path of a CSV file, plain or gzip.",
  },
  3071: {
    name: "ChainLineMalformed",
    message: "{file}:{line}, {column}: found {found}, expected {expected}.",
    hint: "Correct the line; docs/volatility.md lists the columns.",
  },
  3072: {
    name: "ChainUnderlyingMissing",
    message: "{file} has no options on {found}: expected one of {expected}.",
    hint: "Name an underlying of the chain with --underlying, or leave it out to fit all.",
  },
  4001: {
    name: "JobDataInvalid",
    message: "A job's data was refused.",
    hint: "This is a bug: please report it.",
  },
  4002: {
    name: "RelayerStopped",
    message: "The relayer stopped.",
    hint: "Start it again: it continues from the chains.",
    retryable: true,
  },
  4003: {
    name: "NodeFailed",
    message: "A chain's node did not answer as it should.",
    hint: "It is asked again; check the RPC endpoint if this goes on.",
    retryable: true,
  },
  4101: {
    name: "FinalBlockReorganised",
    message: "A final block was reorganised.",
    hint: "Stop attesting; ask the chain's operators what happened.",
  },
  4201: {
    name: "SignerCannotSign",
    message: "A signer cannot sign.",
    hint: "Give it a local key or a remote signer.",
  },
  4202: {
    name: "BlockNotFinal",
    message: "The block is not final yet.",
    hint: "Wait for finality.",
    retryable: true,
  },
  4203: {
    name: "PacketNotCanonical",
    message: "The packet is not in a canonical block.",
    hint: "Never sign it; the watcher finds it again if it is sent again.",
  },
  4204: {
    name: "DvnCallFailed",
    message: "A DVN's call failed.",
    hint: "Compare the DVN's signers and quorum on that chain with the configured keys.",
  },
  4205: {
    name: "PathNotAccepted",
    message: "The receiver does not accept this path.",
    hint: "Set the peer at the destination.",
    retryable: true,
  },
  4206: {
    name: "VerificationSkipped",
    message: "The DVN skipped the message.",
    hint: "Compare its vid with the record.",
    retryable: true,
  },
  4207: {
    name: "PacketNotAttestable",
    message: "The packet is not one that this DVN attests.",
    hint: "Check the pathway's send library, and that the DVN has a client for the source chain.",
  },
  4208: {
    name: "DvnMisconfigured",
    message: "A DVN's contract and its configured keys do not fit.",
    hint: "Give exactly the quorum of the signers that the contract has on every chain.",
  },
  4209: {
    name: "PacketUnknown",
    message: "This relayer has not seen the message yet.",
    hint: "Another relayer has; it is tried again when this one has caught up.",
    retryable: true,
  },
  4302: { name: "SubmissionReverted", message: "A transaction reverted.", hint: "See the decoded reason." },
  4303: {
    name: "SubmissionTimeout",
    message: "A transaction was not mined in time.",
    hint: "It may still be mined; the submitter keeps its nonce.",
    retryable: true,
  },
  4304: {
    name: "SubmitterCannotSign",
    message: "The submitter's account cannot sign transactions.",
    hint: "Give the relayer a local key or a remote signer.",
  },
  4305: {
    name: "SubmissionCancelled",
    message:
      "A transaction was given up before it was broadcast; another one, which does nothing, used its nonce.",
    hint: "Do the same again: it gets a nonce of its own.",
    retryable: true,
  },
  4401: {
    name: "EarlierNonceMissing",
    message: "An earlier message of the same path is not verified.",
    hint: "Find out why the earlier one is not; this one follows by itself.",
    retryable: true,
  },
  4402: {
    name: "ReceiveFailed",
    message: "The receive of a message failed.",
    hint: "See the decoded reason; it is tried again, and anyone may execute it.",
    retryable: true,
  },
  4403: {
    name: "ReceiveTooExpensive",
    message: "The receive of a message takes more gas than this relayer gives.",
    hint: "Raise maxReceiveGas, or execute it by hand.",
  },
  4501: {
    name: "DatabaseNotStarting",
    message: "The embedded database in {folder} did not start: {found}.",
    hint: "Let no other relayer use the folder (dataFolder), or set DATABASE_URL to a PostgreSQL server.",
  },
  4502: {
    name: "DatabaseFailed",
    message: "The database failed: {found}.",
    hint: "It is asked again; check DATABASE_URL, or the disk of the data folder, if this goes on.",
    retryable: true,
  },
  4503: {
    name: "DatabaseMigrationFailed",
    message: "The database's tables could not be brought up to date: {found}.",
    hint: "Check that the database's user may create the schema causeway, and that no newer release used it.",
  },
  4504: {
    name: "LeaseLost",
    message: "Another relayer took over {key} on chain {chainId}.",
    hint: "Start it again: it stands by until the other one ends.",
    retryable: true,
  },
  4601: {
    name: "QueueUnreachable",
    message: "The queue's Redis or Postgres does not answer: {reason}.",
    hint: "Check REDIS_URL, or the database without it. Nothing is lost: work goes on when it answers.",
    retryable: true,
  },
  4701: {
    name: "PullFeedsFailed",
    message: "The service of the pull feeds did not answer as it should: {found}.",
    hint: "It is asked again in a while; check pullFeeds.url and PULL_FEEDS_API_KEY if this goes on.",
  },
  4702: {
    name: "PullFeedFeeTooHigh",
    message: "The pull feed {feed} asks {found} wei for an update, {maximum} are allowed.",
    hint: "Raise pullFeeds.maxFee if that is what it costs.",
  },
  4703: {
    name: "RemoteSignerFailed",
    message: "The signer {signer} did not sign: {found}.",
    hint: "Without it a quorum of the others has to; ask whoever runs it if this goes on.",
  },
  4704: {
    name: "QuorumMissing",
    message: "{found} of {expected} signers signed: {reason}.",
    hint: "See why the others did not; it is tried again.",
  },
  4705: {
    name: "SignerFileUnusable",
    message: "My {what} cannot be used: {reason}.",
    hint: "Have the signer's file written again; it is read at each request.",
  },
  5001: {
    name: "UsageInvalid",
    message: "{found}.",
    hint: "See `./causeway --help` and `./causeway <command> --help`.",
  },
  5010: {
    name: "CompilationFailed",
    message: "The contracts do not compile.",
    hint: "See the compiler's output in the details.",
  },
  5011: {
    name: "DemoStalled",
    message: "{chain}: waited {seconds} s for {what}.",
    hint: "Run it again with --verbose to see what the relayer does; a busy machine may need a second try.",
  },
  5012: {
    name: "Interrupted",
    message: "Stopped by {signal}.",
    hint: "Run it again; nothing of it was kept.",
  },
  5020: {
    name: "DevnetRunning",
    message: "A devnet runs in {folder} already, as process {pid}.",
    hint: "Use that one, or stop it with Ctrl-C where it runs, or give another --folder.",
  },
  5021: {
    name: "DevnetFolderTaken",
    message: "{folder} holds files that are not a devnet's.",
    hint: "Give a --folder that is empty or not there yet: a devnet removes its folder when it stops.",
  },
  5022: {
    name: "DevnetMissing",
    message: "No devnet runs in {folder}.",
    hint: "Start one with `./causeway devnet` and wait until it says that it is ready, or name a network with --config.",
  },
  5023: {
    name: "PricesInvalid",
    message: "Prices {file}, {key}: found {found}, expected {expected}.",
    hint: 'Write decimals by underlying, as strings: { "BTC": "60000" }.',
  },
  5024: {
    name: "WaitedInVain",
    message: "{chain}: waited {seconds} s for {what}: {missing}.",
    hint: "What was sent stays sent and goes on without this command; see `./causeway positions`. Check that a relayer runs, or give more --timeout.",
    retryable: true,
  },
  5025: {
    name: "UnknownAccount",
    message: "Unknown account {found}: expected one of {expected}.",
    hint: "Use a name that `./causeway devnet` printed, or an account id of 32 bytes.",
  },
  5026: {
    name: "NotAccountOwner",
    message: "The key given is {found}, but {account} belongs to {expected}.",
    hint: "Give the owner's key: only its signature moves the account.",
  },
  5027: {
    name: "TokensMissing",
    message: "{owner} holds {found} {asset} on {chain}, needs {expected}.",
    hint: "Send {asset} to {owner} on {chain}, or deposit less.",
  },
  5028: {
    name: "NotReadyToTrade",
    message: "{name} cannot trade this on {chain}: {found}.",
    hint: "Run `{command}` first.",
  },
  5029: {
    name: "WithdrawalNotCovered",
    message: "{account} cannot be paid {amount} {asset}: {found}.",
    hint: "Withdraw less, or reduce positions first.",
  },
  5030: {
    name: "LiquidityShort",
    message: "{chain} has {found} {asset} free to pay out, {expected} are asked for.",
    hint: "Withdraw to another chain ({elsewhere}), or ask for a part with a smaller --minimum: the rest stays queued.",
  },
  5031: {
    name: "PayoutRefused",
    message: "{chain} could not pay {payoutId}: the token refused the transfer to {recipient}.",
    hint: "It is a claim now: anyone may call `claim` on the vault once the token takes {recipient} again, or {recipient} or the owner may `cancel` it an hour after it was issued.",
  },
  5032: {
    name: "UnknownMarket",
    message: "There is no market {found}: expected one of {expected}.",
    hint: "Use a listed market.",
  },
  5033: {
    name: "LanePaused",
    message: "Nothing is paid on {chain}: {found}.",
    hint: "Withdraw to another chain, or wait until it is over; a request that is signed already stays queued.",
  },
  5034: {
    name: "PayoutCancelled",
    message: "Payout {payoutId} on {chain} was cancelled by {recipient} or by the owner.",
    hint: "The account has the money again at the hub, as soon as that is reported.",
  },
  5036: {
    name: "PortfolioUnreadable",
    message: "The portfolio {file} cannot be read: {found}.",
    hint: "Give the path of a JSON file; `./causeway margin --schema` says what it has.",
  },
  5037: {
    name: "PortfolioInvalid",
    message: "The portfolio, {key}: found {found}, expected {expected}.",
    hint: "Correct {key}; `./causeway margin --schema` says what the file has.",
  },
  5038: {
    name: "SurfacesInvalid",
    message: "Surfaces {file}, {key}: found {found}, expected {expected}.",
    hint: "docs/oracle.md shows the file: slices by underlying, numbers as strings.",
  },
  5040: {
    name: "MutationStale",
    message: "Mutation {id} no longer applies: its text stands {found} times in {file}, expected once.",
    hint: "Bring the mutation in test/mutations/ into step with the contract.",
  },
  5041: {
    name: "ControlFailed",
    message: "The invariant campaign fails without any mutation: {found}.",
    hint: "Make ./causeway test --only invariants pass first.",
  },
  5050: {
    name: "PlotNotWritten",
    message: "The plot {file} cannot be written: {found}.",
    hint: "Give --plot a path in a folder that exists and may be written to.",
  },
  5051: {
    name: "SurfacesNotWritten",
    message: "The surfaces {file} cannot be written: {found}.",
    hint: "Give --surfaces a path in a folder that exists and may be written to.",
  },
  5052: {
    name: "LendingNotCovered",
    message: "{account} cannot lend {amount} USD: {found} USD of its cash are free.",
    hint: "Lend less, or reduce positions or mandates first.",
  },
  5053: {
    name: "NothingToHaveBack",
    message:
      "{account} cannot have anything back: it has lent {found} USD, of all that is lent nobody has borrowed {idle}.",
    hint: "Lend first; or wait until debtors repay.",
  },
} as const satisfies Record<number, ErrorRow>;

/** A code of the table. */
export type ErrorCode = keyof typeof errorTable;

/** A name of the table. */
export type ErrorName = (typeof errorTable)[ErrorCode]["name"];
