import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { allCodes, renderErrorDocs } from "../tools/error-docs";
import { readPublicApi, tag } from "./public-api";
import { root, sourcesIn } from "./sources";

const { checker, exported } = readPublicApi();

/** The properties that an exported interface or class declares itself, its constructor's parameters apart. */
function ownMembers(symbol: ts.Symbol): readonly ts.Symbol[] {
  const declarations = (symbol.declarations ?? []).filter(
    (each) => ts.isInterfaceDeclaration(each) || ts.isClassDeclaration(each),
  );
  return declarations.flatMap((each) =>
    [...each.members].flatMap((member) => {
      const found = member.name && checker.getSymbolAtLocation(member.name);
      return found ? [found] : [];
    }),
  );
}

describe("the public API", () => {
  test("has a docstring on everything that is exported", () => {
    const bare = exported.filter(({ documentation }) => documentation === "");
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  test("says the default of every optional property: a literal, or - what happens", () => {
    const wrong = exported.flatMap(({ name, symbol }) =>
      ownMembers(symbol)
        .filter((each) => each.flags & ts.SymbolFlags.Optional)
        .filter((each) => !/^(?!-?\s*undefined\b)(- \S|[^-\s])/.test(tag(each, "default") ?? ""))
        .map((each) => `${name}.${each.name}: ${tag(each, "default") ?? "no @default"}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("the error codes", () => {
  test("are documented as the tables in lib have them", () => {
    expect(readFileSync(join(root, "docs", "errors.md"), "utf8")).toBe(renderErrorDocs());
  });

  test("are each used once", () => {
    expect(new Set(allCodes).size).toBe(allCodes.length);
  });

  test("that lib writes anywhere are all in a table", () => {
    const written = sourcesIn("lib").flatMap(({ text }) => text.match(/"(ED|PG|TF|PU|CL)\d{3}"/g) ?? []);
    expect(written.map((each) => each.slice(1, -1)).filter((each) => !allCodes.includes(each))).toEqual([]);
  });

  test("are each what some test provokes", () => {
    const tests = sourcesIn("test")
      .map(({ text }) => text)
      .join("\n");
    expect(allCodes.filter((each) => !tests.includes(each))).toEqual([]);
  });
});
