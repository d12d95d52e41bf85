import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";

/** An empty database as `initdb` leaves it, kept because making one takes seconds. Removing it loses nothing. */
const TEMPLATE = fileURLToPath(new URL("../../node_modules/.cache/causeway-database", import.meta.url));

/**
 * Makes an empty database in `folder`, unless there is one. It appears at once or not at all, so that a process killed meanwhile leaves no
 * half of one.
 */
export async function fillFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  if (existsSync(TEMPLATE)) cpSync(TEMPLATE, fresh, { recursive: true });
  else {
    // Byte order is everywhere alike, and twice as fast to make as the default.
    const db = await PGlite.create({ dataDir: fresh, initDbStartParams: ["--locale=C", "--encoding=UTF8"] });
    await db.close();
    keepTemplate(fresh);
  }
  renameSync(fresh, folder);
}

function keepTemplate(fresh: string): void {
  const copy = `${TEMPLATE}.${process.pid}`;
  try {
    cpSync(fresh, copy, { recursive: true });
    renameSync(copy, TEMPLATE);
  } catch {
    // Another process kept one first, or node_modules is read-only: the next folder is made from scratch, too.
    rmSync(copy, { recursive: true, force: true });
  }
}
