import { createRequire } from "node:module";
import { CausewayError } from "../../errors/CausewayError.ts";

/**
 * Path of anvil's executable. The package `@foundry-rs/anvil` has a wrapper only, in JavaScript, and one optional package per platform with
 * the executable; we start the executable itself, to be its direct parent.
 *
 * @throws CausewayError `AnvilNotStarting` if there is none for this platform
 */
export function anvilBinary(): string {
  const wrapper = createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json");
  const platform = process.platform;
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/anvil-${platform}-${architecture}`;
  try {
    return createRequire(wrapper).resolve(`${name}/bin/anvil`);
  } catch (cause) {
    throw new CausewayError("AnvilNotStarting", {
      details: { chain: "local chains", found: `package ${name} is not installed` },
      cause,
    });
  }
}
