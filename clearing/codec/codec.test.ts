import { readFileSync } from "node:fs";
import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import { checkCommand, commandFormat, decodeCommand, encodeCommand } from "./command.ts";
import { type Layout, sizeOf, writeItem } from "./layout.ts";
import { checkReport, decodeReport, encodeReport, type Report, reportFormat } from "./report.ts";

interface Vectors {
  report: Record<string, Values[]>;
  command: Record<string, Values[]>;
  messages: { format: "report" | "command"; name: string; encoded: Hex; valid: boolean; gasBound: string }[];
}
type Values = Record<string, string | number> & { encoded: string };

// The Solidity tests in test/contracts/codec read the same file.
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../test/vectors/codec.json", import.meta.url), "utf8"),
);
const account = `0x${"a1".repeat(32)}` as const;

describe("CLR-20: items as in the shared vectors", () => {
  const kinds = [
    ...Object.entries(reportFormat.kinds).map(([name, kind]) => ({
      name,
      ...kind,
      cases: vectors.report[name]!,
    })),
    ...Object.entries(commandFormat.kinds).map(([name, kind]) => ({
      name,
      ...kind,
      cases: vectors.command[name]!,
    })),
  ];

  it.each(kinds)("$name", ({ layout, cases }: { layout: Layout; cases: Values[] }) => {
    expect(cases.length).toBeGreaterThan(30);
    for (const { encoded, ...values } of cases) {
      // JSON holds wide integers as strings.
      const item = Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          key,
          typeof value === "string" && !value.startsWith("0x") ? BigInt(value) : value,
        ]),
      );
      const packed = new Uint8Array(sizeOf(layout));
      writeItem(layout, item, packed, 0);
      expect(`0x${Buffer.from(packed).toString("hex")}`).toBe(encoded);
    }
  });
});

describe("CLR-20: messages as in the shared vectors", () => {
  it.each(vectors.messages)("$format: $name", ({ format, encoded, valid, gasBound }) => {
    const check = format === "report" ? checkReport(encoded) : checkCommand(encoded);
    expect(check).toEqual({ valid, gasBound: BigInt(gasBound) });
    const reencode = (): Hex =>
      format === "report" ? encodeReport(decodeReport(encoded)) : encodeCommand(decodeCommand(encoded));
    if (valid) expect(reencode()).toBe(encoded);
    else expect(reencode).toThrow(expect.objectContaining({ kind: "MessageMalformed" }));
  });
});

describe("encodeReport", () => {
  const report: Report = {
    sequence: 5n,
    chainTime: 1_760_000_000,
    sections: [
      { kind: "creditState", items: [] },
      { kind: "pair", items: [{ account: 1, instrument: 2, base: -3n, quote: 4n, used: 5, version: 6 }] },
    ],
  };

  it("packs by hand-checked bytes and leaves empty sections out", () => {
    expect(encodeReport(report)).toBe(
      [
        "0x01",
        "0000000000000005",
        "0068e77800",
        "040001",
        "00000001",
        "0002",
        "fffffffffffffffffffffd",
        "0000000000000000000004",
        "000000000005",
        "00000006",
      ].join(""),
    );
  });

  it("decodes what it encoded", () => {
    expect(decodeReport(encodeReport(report))).toEqual({ ...report, sections: report.sections.slice(1) });
  });

  it.each([
    ["base", { base: 2n ** 87n }],
    ["quote", { quote: -(2n ** 87n) - 1n }],
    ["used", { used: 2 ** 48 }],
    ["version", { version: -1 }],
    ["account", { account: 1.5 }],
  ])("refuses a %s that does not fit", (field, wrong) => {
    const item = { account: 1, instrument: 2, base: 0n, quote: 0n, used: 0, version: 0, ...wrong };
    expect(() => encodeReport({ ...report, sections: [{ kind: "pair", items: [item] }] })).toThrow(
      expect.objectContaining({ kind: "CodecValueOutOfRange", details: expect.objectContaining({ field }) }),
    );
  });

  it("refuses bytes of the wrong length", () => {
    const items = [{ index: 1, account: account.slice(0, -2) as Hex }];
    expect(() => encodeReport({ ...report, sections: [{ kind: "account", items }] })).toThrow(
      expect.objectContaining({ kind: "CodecValueOutOfRange" }),
    );
  });
});
