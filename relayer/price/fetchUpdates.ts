import type { Hex } from "viem";
import { z } from "zod";
import type { PullFeedSettings } from "../../chains/config.ts";
import { requestJson } from "../../chains/requestJson.ts";
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
 * Fetches the latest updates of feeds from a service with the API of Pyth's Hermes. The answer is bounded in time and size, and its prices are believed only as a reason to bring the update.
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

  const { json } = await requestJson({
    url: request,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    timeoutMs,
    statuses: [200],
    failed,
  });
  const { binary, parsed } = parseAnswer(json);
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

function parseAnswer(json: unknown): z.output<typeof answerSchema> {
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
