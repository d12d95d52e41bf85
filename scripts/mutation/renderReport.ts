import type { MutateResult, MutationResult } from "../schema/mutate.ts";

/** `docs/mutations.md`: what was tried, and which check of the campaign found it. */
export function renderReport({ mutations, killed }: MutateResult): string {
  return [
    "# Mutations",
    "",
    "Faults made by hand in the contracts, each of which the invariant campaign (`test/contracts/invariant`) must find, and the check",
    "that found it. The list is in `test/mutations/`; `./causeway mutate --write` tries them all and writes this page, `--only ID` tries one.",
    "The campaign without a mutation is run first and must pass. A check that carries another number than the requirement that the fault",
    "breaks is one that sees it earlier.",
    "",
    `${mutations.length} mutations, ${killed} found.`,
    "",
    "| mutation | breaks | what goes wrong | found by | seconds |",
    "| --- | --- | --- | --- | --- |",
    ...mutations.map(row),
    "",
  ].join("\n");
}

function row({ id, file, breaks, why, outcome, killedBy, seconds }: MutationResult): string {
  const found =
    outcome === "killed"
      ? killedBy[0]!.check
      : outcome === "survived"
        ? "**survived**"
        : "**did not compile**";
  return `| \`${id}\`<br>[${file.split("/").at(-1)}](../${file}) | ${breaks} | ${why} | ${found.replaceAll("|", "\\|")} | ${Math.round(seconds)} |`;
}
