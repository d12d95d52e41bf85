import type { Hex } from "viem";
import { z } from "zod";
import type { PullFeedSettings } from "../../chains/config.ts";
import { CausewayError } from "../../errors/CausewayError.ts";

/** Signed updates of pull feeds as their service gives them, and what it says is in them. */
export interface FeedUpdates {
  /** For the feeds' contract, which checks them: nothing else vouches for them. */
  updateData: readonly Hex[];
  /** By feed id. */
  prices: ReadonlyMap<Hex, FeedPrice>;
}

export interface FeedPrice {
  /** Dollars, 1e18; 0 for what is none. */
  priceWad: bigint;
  /** Unix seconds. */
  publishTime: bigint;
}

/** A few kilobytes each feed; far more is no answer. */
const MAX_BYTES = 1_048_576;
const MAX_UPDATES = 64;
/** As `PythSource`: real ones lie between −12 and 0. */
const MIN_EXPONENT = -54;
const MAX_EXPONENT = 18;

const hex = z
  .string()
  .regex(/^(0x)?([0-9a-f]{2})+$/i, "hexadecimal")
  .transform((text): Hex => (text.startsWith("0x") ? (text as Hex) : `0x${text}`));

/** Of what the service says, what is used: https://hermes.pyth.network/docs, `GET /v2/updates/price/latest`. */
const answerSchema = z.object({
  binary: z.object({ encoding: z.literal("hex"), data: z.array(hex).min(1).max(MAX_UPDATES) }),
  parsed: z
    .array(
      z.object({
        id: hex,
        price: z.object({
          price: z.string().regex(/^-?\d{1,19}$/, "a 64-bit number"),
          expo: z.int().min(MIN_EXPONENT).max(MAX_EXPONENT),
          publish_time: z.int().nonnegative(),
        }),
      }),
    )
    .max(MAX_UPDATES),
});

/**
 * Fetches the latest updates of feeds from a service with the API of Pyth's Hermes. The answer is bounded in time and size, and nothing but its shape is believed.
 *
 * @throws CausewayError `PullFeedsFailed`; it shows no URL, which may hold a token
 */
export async function fetchUpdates(
  { url, timeoutMs, apiKey }: Pick<PullFeedSettings, "url" | "timeoutMs" | "apiKey">,
  feedIds: readonly Hex[],
): Promise<FeedUpdates> {
  const request = new URL(`${url.replace(/\/+$/, "")}/v2/updates/price/latest`);
  for (const id of feedIds) request.searchParams.append("ids[]", id);
  request.searchParams.append("encoding", "hex");
  request.searchParams.append("parsed", "true");

  const { binary, parsed } = parseAnswer(await download(request, timeoutMs, apiKey));
  const prices = new Map(
    parsed.map(({ id, price }) => [
      id.toLowerCase() as Hex,
      { priceWad: wadOf(BigInt(price.price), price.expo), publishTime: BigInt(price.publish_time) },
    ]),
  );
  const missing = feedIds.find((id) => !prices.has(id.toLowerCase() as Hex));
  if (missing !== undefined) throw failed(`nothing of the feed ${missing}`);
  return { updateData: binary.data, prices };
}

async function download(request: URL, timeoutMs: number, apiKey: string | undefined): Promise<string> {
  try {
    const response = await fetch(request, {
      headers: { accept: "application/json", ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
      // The key is for this service only.
      redirect: "error",
      // Of the whole answer.
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw failed(`status ${response.status}`);
    }
    return await readBounded(response);
  } catch (cause) {
    if (cause instanceof CausewayError) throw cause;
    const isLate = cause instanceof Error && cause.name === "TimeoutError";
    throw failed(isLate ? `no answer in ${timeoutMs} ms` : "no connection, or one that broke off");
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > MAX_BYTES) throw failed(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseAnswer(text: string): z.output<typeof answerSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw failed("something that is not JSON");
  }
  const parsed = answerSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw failed(`${issue?.path.join(".") || "(all)"}: ${issue?.message}`);
}

function wadOf(price: bigint, expo: number): bigint {
  if (price <= 0n) return 0n;
  const exponent = expo + 18;
  return exponent >= 0 ? price * 10n ** BigInt(exponent) : price / 10n ** BigInt(-exponent);
}

function failed(found: string): CausewayError {
  return new CausewayError("PullFeedsFailed", { details: { found } });
}
