import ts from "typescript";
import { readPublicApi, tag } from "./public-api";

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
