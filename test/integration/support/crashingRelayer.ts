import { pino } from "pino";
import { loadConfig } from "../../../chains/config.ts";
import { causewayErrorAbi } from "../../../chains/deploy/causeway.ts";
import { readDeployment } from "../../../chains/deployments.ts";
import { causewayJobs } from "../../../relayer/causewayJobs.ts";
import { startRelayer } from "../../../relayer/main.ts";
import type { FaultPoint } from "../../../relayer/submit/faults.ts";
import { createFilePrices, readPrices } from "../../../scripts/devnet/pricesFile.ts";
import { movesMoney } from "./intents.ts";

/*
 * A relayer that kills itself, as a process of its own: `crashingRelayer.ts <config> <prices> <point> <times>`. It prints a line when it
 * runs, and is gone the moment it comes to the point for that time with a transaction that moves money (`movesMoney`).
 */

const [configFile = "", pricesFile = "", point, times] = process.argv.slice(2);
let left = Number(times);
const config = loadConfig(configFile, process.env);

await startRelayer({
  config,
  deployments: config.chains.map(({ name }) => readDeployment(config.deploymentsFolder, name)),
  log: pino({ level: "warn" }, pino.destination({ dest: 2, sync: true })),
  jobs: causewayJobs({ prices: createFilePrices(pricesFile, readPrices(pricesFile), () => undefined) }),
  errorAbi: causewayErrorAbi,
  faults(here: FaultPoint, labels) {
    if (here !== point || !labels.some(movesMoney)) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write("running\n");
