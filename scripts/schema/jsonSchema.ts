import { z } from "zod";

/** JSON schema of a command's result; that of its input is under `$defs.input`. */
export function jsonSchema(result: z.ZodType, input: z.ZodType): Record<string, unknown> {
  const { $defs, ...schema } = z.toJSONSchema(result) as Record<string, unknown> & { $defs?: object };
  return { ...schema, $defs: { ...$defs, input: z.toJSONSchema(input, { io: "input" }) } };
}
