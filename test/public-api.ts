import { join } from "node:path";
import ts from "typescript";
import { root } from "./sources";

/** What users import from, by name. */
export const ENTRY_POINTS: Readonly<Record<string, string>> = {
  eventloom: "lib/index.ts",
  "eventloom/cdktf": "lib/terraform/cdktf.ts",
  "eventloom/cdktn": "lib/terraform/cdktn.ts",
  "eventloom/pulumi": "lib/pulumi/index.ts",
  "eventloom/testing": "lib/testing/index.ts",
};

/** Something that users can import. */
export interface Exported {
  /** `eventloom/cdktf KafkaProvider`. */
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** Its docstring, without its tags. */
  readonly documentation: string;
}

export interface PublicApi {
  readonly checker: ts.TypeChecker;
  /** Each once, under the first entry point that has it. */
  readonly exported: readonly Exported[];
}

/** Reads the public API with the compiler. */
export function readPublicApi(): PublicApi {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = Object.values(ENTRY_POINTS).map((file) => join(root, file));
  const program = ts.createProgram(files, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Symbol>();
  const exported = Object.entries(ENTRY_POINTS).flatMap(([entry, file]) => {
    const source = program.getSourceFile(join(root, file));
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} exports nothing`);
    return checker.getExportsOfModule(module).flatMap((each): Exported[] => {
      const symbol = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
      if (seen.has(symbol)) return [];
      seen.add(symbol);
      return [
        { name: `${entry} ${each.name}`, symbol, documentation: docstring(checker, symbol) || exportComment(each) },
      ];
    });
  });
  return { checker, exported };
}

function docstring(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}

/** What stands before `export * as name`: the docstring of a whole module. */
function exportComment(symbol: ts.Symbol): string {
  const statement = symbol.declarations?.[0]?.parent;
  const comments = statement && ts.isExportDeclaration(statement) ? ts.getJSDocCommentsAndTags(statement) : [];
  return comments.map((each) => ts.getTextOfJSDocComment(each.comment) ?? "").join("");
}

/** What a tag of a docstring says; undefined where there is no such tag. */
export function tag(symbol: ts.Symbol, name: string): string | undefined {
  const found = symbol.getJsDocTags().find((each) => each.name === name);
  return found && ts.displayPartsToString(found.text).trim();
}
