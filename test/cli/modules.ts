import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of modules as users write them. */
export interface ModuleFolder {
  readonly folder: string;
  path(name: string): string;
  remove(): void;
}

const SCHEMA = `import { defineDomain, event, jsonSchema } from "eventloom";
const payload = jsonSchema({ type: "object", properties: { id: { type: "string" } }, required: ["id"] });
`;

/** The source of a module that exports a small domain. */
export function domainSource(name: string, extra = "", exported = "shop"): string {
  return `${SCHEMA}export const ${exported} = ${domainExpression(name, extra)};\n`;
}

export function domainExpression(name: string, extra = ""): string {
  const events = "{ CartOpened: event({ versions: { 1: payload } }) }";
  return `defineDomain(${JSON.stringify(name)}, { aggregates: { Cart: { id: "id", events: ${events} } }, ${extra} })`;
}

export { SCHEMA as schemaSource };

/** Writes the files (by name: source) into a new folder. */
export function writeModules(files: Readonly<Record<string, string>>): ModuleFolder {
  const folder = mkdtempSync(join(tmpdir(), "eventloom-modules-"));
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), source);
  }
  return {
    folder,
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
