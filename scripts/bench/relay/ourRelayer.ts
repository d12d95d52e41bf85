import { pino } from "pino";
import { startRelayer } from "../../../relayer/main.ts";
import type { Carrier, CarrierNetwork } from "./carrier.ts";

/** Our relayer with the jobs that move messages, and nothing else; settings as anybody gets them. */
export async function startOurRelayer({ config, deployments }: CarrierNetwork): Promise<Carrier> {
  const log = pino({ level: "error" }, pino.destination({ dest: 2, sync: true }));
  const relayer = await startRelayer({ config, deployments, log });
  return {
    async deliver(guids) {
      await Promise.all(guids.map((guid) => relayer.whenDelivered(guid)));
    },
    stop: () => relayer.stop(),
  };
}
