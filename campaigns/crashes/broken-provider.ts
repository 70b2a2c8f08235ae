import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Plugin } from "esbuild";
import { bundledProvider } from "../../tools/provider-bundle";
import type { Crash } from "./crash";

/** A provider that leaves out one thing that makes a second run converge: a file of lib, and what stands there instead of a text. */
export interface Breakage extends Omit<Crash, "at"> {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  readonly by: string;
  /** The statement of the largest change at which it shows. */
  readonly at: RegExp;
}

/** What the checker has to see. */
export const BREAKAGES: readonly Breakage[] = [
  {
    what: "does not drop an index that a build left",
    file: "lib/postgres/plan-index.ts",
    text: "return context.obstacles\n",
    by: "return context.obstacles.slice(0, 0)\n",
    at: /CREATE INDEX CONCURRENTLY "entries_account"/,
    victim: "session",
    moment: "waits for a reader",
  },
  {
    what: "does not look after an index that a drop left",
    file: "lib/postgres/plan-table.ts",
    text: "...clearLeftovers(apart, table, context), ",
    by: "",
    at: /DROP INDEX CONCURRENTLY "bank"."entries_old"/,
    victim: "session",
    moment: "waits for a reader",
  },
  {
    what: "takes an invalid index for one that is there",
    file: "lib/provider/postgres/inspect-index.ts",
    text: "row.leaf === null && row.valid && ",
    by: "row.leaf === null && ",
    at: /CREATE INDEX CONCURRENTLY "entries_account"/,
    victim: "session",
    moment: "waits for a writer",
  },
  {
    what: "does not end a detaching that broke off",
    file: "lib/provider/decision.ts",
    text: "...leaving.map(",
    by: "...leaving.slice(0, 0).map(",
    at: /DETACH PARTITION "bank"."years_2024" CONCURRENTLY/,
    victim: "session",
    moment: "waits for a reader",
  },
  {
    what: "leaves a check that refuses rows",
    file: "lib/provider/decision.ts",
    text: "...passingChecks.map(",
    by: "...passingChecks.slice(0, 0).map(",
    at: /ADD CONSTRAINT "eventloom_attaching_tenants_corp/,
    victim: "provider",
    moment: "answered",
  },
  {
    what: "sees the leaves of a table in any order",
    file: "lib/provider/postgres/catalog.ts",
    text: "ORDER BY k.conname, o.leaf",
    by: "ORDER BY k.conname, CASE WHEN $2::text[] IS NULL THEN o.oid::int8 ELSE -o.oid::int8 END",
    at: /VALIDATE CONSTRAINT "movements_account_fkey"/,
    victim: "provider",
    moment: "answered",
  },
  {
    what: "ends with its connection",
    file: "lib/provider/postgres/connection.ts",
    text: 'client.on("error", ignore);',
    by: "",
    at: /VALIDATE CONSTRAINT "moves"/,
    victim: "connection",
    moment: "answered",
  },
];

/**
 * Bundles it.
 *
 * @param folder - where the file is written
 * @returns the file
 * @throws Error where the source has no such text any more: then nothing would be broken
 */
export async function brokenProvider({ what, file, text, by }: Breakage, folder: string): Promise<string> {
  const root = join(__dirname, "..", "..");
  let found = false;
  const plugin: Plugin = {
    name: "breakage",
    setup: (build) =>
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (relative(root, path) !== file) return undefined;
        const source = readFileSync(path, "utf8");
        found = source.includes(text);
        return { contents: source.replace(text, by), loader: "ts" };
      }),
  };
  const code = await bundledProvider("terraform", [plugin]);
  if (!found) throw new Error(`${file} has no ${JSON.stringify(text)}`);
  const target = join(folder, `provider-that-${what.replace(/ /g, "-")}.cjs`);
  writeFileSync(target, code);
  chmodSync(target, 0o755);
  return target;
}
