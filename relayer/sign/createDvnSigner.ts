import type { Account, Address, PublicClient } from "viem";
import { decodePacket } from "../../chains/layerzero/packet.ts";
import type { Finality } from "../../chains/types.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { observePackets, type PacketLocation } from "./observePackets.ts";
import { type ExecuteParam, signVerification } from "./signVerification.ts";

/** A source chain, as one DVN sees it. */
export interface DvnSource {
  client: PublicClient;
  endpoint: Address;
  /** The only library whose packets it attests: the one that pays it. */
  sendLibrary: Address;
  finality: Finality;
}

export interface AttestParameters {
  srcEid: number;
  dstEid: number;
  /** Where the packets were sent. */
  locations: readonly PacketLocation[];
  vid: number;
  target: Address;
  expiration: bigint;
}

/** One DVN's keys and its own view of the source chains. */
export interface DvnSigner {
  addresses: readonly Address[];
  /**
   * Signs the packets at the given places, after reading each from the source chain itself: at finality, pinned by block hash.
   * Nothing of what is signed comes from the caller but the place to look, so a wrong caller can make it sign nothing false.
   * @returns per location, in order, what `DVN.execute` takes, or why it refuses: `BlockNotFinal` (retryable), `PacketNotCanonical`, or
   * `PacketNotAttestable`, a packet of another pathway
   */
  attest(parameters: AttestParameters): Promise<(ExecuteParam | CausewayError)[]>;
}

export interface CreateDvnSignerParameters {
  accounts: readonly Account[];
  /** By endpoint id. */
  sources: ReadonlyMap<number, DvnSource>;
}

export function createDvnSigner({ accounts, sources }: CreateDvnSignerParameters): DvnSigner {
  return {
    addresses: accounts.map((account) => account.address),
    async attest({ srcEid, dstEid, locations, vid, target, expiration }) {
      const source = sources.get(srcEid);
      if (!source) throw new CausewayError("PacketNotAttestable", { details: { srcEid } });
      const observed = await observePackets({ ...source, locations });
      return Promise.all(
        observed.map((found) => {
          if (found instanceof CausewayError) return found;
          const { encodedPacket, sendLibrary, confirmations } = found;
          const packet = decodePacket(encodedPacket);
          if (
            packet.srcEid !== srcEid ||
            packet.dstEid !== dstEid ||
            !sameAddress(sendLibrary, source.sendLibrary)
          ) {
            return new CausewayError("PacketNotAttestable", {
              details: { guid: packet.guid, srcEid: packet.srcEid, dstEid: packet.dstEid, sendLibrary },
            });
          }
          const verification = { header: packet.header, payloadHash: packet.payloadHash, confirmations };
          return signVerification({ accounts, vid, target, expiration, verification });
        }),
      );
    },
  };
}

const sameAddress = (a: Address, b: Address) => a.toLowerCase() === b.toLowerCase();
