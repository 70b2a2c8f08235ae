import { readFileSync } from "node:fs";
import { join } from "node:path";
import { companionFunctions } from "../../lib/topology/postgres/companion-functions";
import { SAFE_PATH } from "../../lib/topology/postgres/define-function";
import { layoutOf } from "../../lib/topology/postgres/layout";
import { companionTables, sagaTables } from "../../lib/topology/postgres/companions";

const layout = layoutOf({ strategy: "hash", modulus: 8 });
const functions = companionFunctions("shop", layout);
const page = readFileSync(join(__dirname, "..", "..", "docs", "store.md"), "utf8");

const codesIn = (text: string): readonly string[] => [...new Set(text.match(/ES\d{3}|\b22023\b/g) ?? [])].sort();

/** The rows of the page's tables that begin with this in backquotes, without it. */
function rowsOf(name: string): readonly string[] {
  const start = `| \`${name}\` | `;
  return page.split("\n").filter((line) => line.startsWith(start)).map((line) => line.slice(start.length)); // prettier-ignore
}

describe.each(functions.map((each) => [each.definition.name, each] as const))(
  "%s",
  (name, { definition, roles, tables }) => {
    test("runs with its owner's rights, and finds nobody else's objects", () => {
      expect(definition).toMatchObject({ securityDefiner: true, settings: SAFE_PATH });
      expect(roles.length).toBeGreaterThan(0);
    });

    test("comes after each table of the store that it names", () => {
      const named = [definition.body, definition.returns ?? ""].join(" ").matchAll(/\bshop\.(\w+)/g);
      const known = [
        "event_store",
        ...[...companionTables("shop", layout), ...sagaTables("shop")].map((each) => each.name),
      ];
      const used = new Set([...named].map((each) => each[1] ?? ""));
      expect(known).toEqual(expect.arrayContaining([...used]));
      expect(tables).toEqual(expect.arrayContaining([...used]));
    });

    test("says in its comment and on the page how it refuses, and on the page who calls it", () => {
      const codes = codesIn(definition.body);
      expect(codesIn(definition.comment ?? "")).toEqual(codes);
      expect(rowsOf(name)).toEqual([`${roles.join(", ")} | ${codes.map((each) => `\`${each}\``).join(", ")} |`.replace("|  |", "| |")]); // prettier-ignore
      for (const code of codes) expect(rowsOf(code).length).toBeGreaterThan(0);
    });

    test("says the way out with every refusal", () => {
      const refusals = definition.body.split("RAISE EXCEPTION").slice(1);
      for (const each of refusals) expect(each.split(";")[0]).toMatch(/ERRCODE = '(ES\d{3}|22023)'[^]*HINT = '/);
    });
  },
);
