import { Command, CommanderError } from "commander";
import { CausewayError } from "../errors/CausewayError.ts";
import { commands } from "./commands/list.ts";
import { createOutput, type Output } from "./output.ts";

/** How long the process may stay when its command has ended. */
const LINGER_MS = 2_000;

/** Runs the command line with `args` (what follows the program's name). Never throws: errors go to `output`. */
export async function run(args: readonly string[], output: Output): Promise<void> {
  const program = new Command("causeway")
    .description("A cross-chain liquidity and clearing hub for derivatives")
    .helpCommand(false)
    .exitOverride()
    // What commander says about wrong usage is reported by `output`, as JSON if asked.
    .configureOutput({ outputError: () => {}, writeErr: (help) => output.progress(help.trimEnd()) });
  const wanted = args.find((arg) => !arg.startsWith("-"));
  try {
    for (const { name, summary, load } of commands) {
      const command = name === wanted ? (await load())(output) : new Command(name);
      program.addCommand(command.description(summary).copyInheritedSettings(program));
      for (const part of command.commands) part.copyInheritedSettings(command);
    }
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) output.failure(error);
    else if (error.exitCode !== 0) output.failure(usageError(error, wanted));
  }
}

function usageError(error: CommanderError, wanted: string | undefined): CausewayError {
  const found =
    error.code === "commander.help" ? "No command was given" : error.message.replace(/^error: /, "");
  const known = commands.some(({ name }) => name === wanted);
  const hint = `See \`./causeway ${known ? `${wanted} ` : ""}--help\`.`;
  return new CausewayError("UsageInvalid", { details: { found: found.replace(/\.$/, "") }, hint });
}

if (import.meta.main) {
  // Whoever stops reading, as `| head` does, wants no more; what was begun still ends in order.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  const args = process.argv.slice(2);
  const output = createOutput({
    json: args.includes("--json"),
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
  await run(args, output);
  process.exitCode = output.exitCode;
  // All is stopped by now. What a library still holds, as a call to a server that is gone, must not keep the process.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
