import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CausewayError } from "../../errors/CausewayError.ts";
import { type DevnetResult, devnetResult } from "../schema/devnet.ts";

/** Written first: whose folder it is. */
const PID_FILE = "pid";
/** Written last: what runs, once it is ready. */
const DEVNET_FILE = "devnet.json";

/**
 * Takes a folder for a devnet of this process. What a devnet left there that was killed is removed.
 *
 * @returns its absolute path
 * @throws CausewayError `DevnetRunning`, or `DevnetFolderTaken` if it holds anything else
 */
export function claimFolder(folder: string): string {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true });
  if (readdirSync(path).length > 0) {
    const pid = readPid(path);
    if (pid === undefined) throw new CausewayError("DevnetFolderTaken", { details: { folder } });
    if (isRunning(pid)) throw new CausewayError("DevnetRunning", { details: { folder, pid } });
    rmSync(path, { recursive: true });
    mkdirSync(path);
  }
  try {
    // Two that start at once: only one of them creates it.
    writeFileSync(join(path, PID_FILE), `${process.pid}\n`, { flag: "wx" });
  } catch (cause) {
    throw new CausewayError("DevnetRunning", { details: { folder, pid: readPid(path) }, cause });
  }
  return path;
}

/** Tells other commands that the devnet is ready, and what it is. */
export function writeDevnetFile(folder: string, devnet: DevnetResult): void {
  writeFileSync(join(folder, DEVNET_FILE), `${JSON.stringify(devnet, null, 2)}\n`, { mode: 0o600 });
}

/** @throws CausewayError `DevnetMissing` if none runs there, or it is not ready yet */
export function readDevnetFile(folder: string): DevnetResult {
  const devnet = findDevnet(resolve(folder));
  if (devnet === undefined || !isRunning(devnet.pid))
    throw new CausewayError("DevnetMissing", { details: { folder } });
  return devnet;
}

function findDevnet(path: string): DevnetResult | undefined {
  try {
    return devnetResult.parse(JSON.parse(readFileSync(join(path, DEVNET_FILE), "utf8")));
  } catch {
    return undefined;
  }
}

function readPid(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(path, PID_FILE), "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // It exists, but is somebody else's.
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}
