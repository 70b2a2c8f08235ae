import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";
import { everyNode, lineOf, linesOf, root, type Source, sourcesIn } from "./sources";

const lib = sourcesIn("lib");
const running = [...lib, ...sourcesIn("tools", "bench", "campaigns", "examples")];
const everything = [...running, ...sourcesIn("test")];
const byPath = new Map(lib.map((each) => [each.path, each]));

/** The folder of lib that a file is in, or the file itself where it lies in lib. */
function layerOf(path: string): string {
  return path.split("/")[1] ?? path;
}

/** Which folders of lib each may import besides itself: inward only. */
const CORE = ["postgres", "contracts", "domain", "topology"];
const INWARD: Readonly<Record<string, readonly string[]>> = {
  postgres: [],
  contracts: [],
  domain: ["postgres", "contracts"],
  topology: ["postgres", "contracts", "domain"],
  lock: CORE,
  deploy: [...CORE, "lock"],
  preview: [...CORE, "lock"],
  testing: [...CORE, "lock", "preview"],
  // `import` reads a schema as the table provider does
  cli: [...CORE, "lock", "preview", "provider", "index.ts"],
  provider: [...CORE, "lock", "preview"],
  terraform: [...CORE, "lock", "preview", "deploy"],
  pulumi: [...CORE, "lock", "preview", "deploy"],
  "index.ts": [...CORE, "lock", "preview"],
};

/** Where a package may be imported: the start of a path. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  pg: ["lib/provider/postgres/"],
  cdktf: ["lib/terraform/cdktf.ts"],
  cdktn: ["lib/terraform/cdktn.ts"],
  constructs: ["lib/terraform/"],
  "@pulumi/pulumi": ["lib/pulumi/", "lib/provider/pulumi/", "lib/testing/pulumi.ts"],
  "@pulumi/kafka": ["lib/pulumi/"],
  "@pulumi/rabbitmq": ["lib/pulumi/"],
  "@grpc/grpc-js": ["lib/provider/"],
  "@msgpack/msgpack": ["lib/provider/terraform/"],
  protobufjs: ["lib/provider/"],
  commander: ["lib/cli/"],
  "@platformatic/kafka": ["lib/cli/drained/"],
  jiti: ["lib/cli/"],
  "@octokit/core": ["lib/cli/github/"],
  "@octokit/plugin-paginate-rest": ["lib/cli/github/"],
  "@octokit/plugin-retry": ["lib/cli/github/"],
  "@octokit/plugin-throttling": ["lib/cli/github/"],
  "@dagrejs/dagre": ["lib/preview/graph/"],
  "fastest-levenshtein": ["lib/domain/"],
  // types of the standard's format, none of its code
  sarif: ["lib/preview/report/"],
};

/** `@pulumi/kafka` of `@pulumi/kafka/topic`, `protobufjs` of `protobufjs/light`. */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

describe("imports in lib", () => {
  test("point inward only", () => {
    const wrong = lib.flatMap(({ path, imports }) => {
      const from = layerOf(path);
      return imports
        .filter(({ file }) => file !== null && layerOf(file) !== from)
        .filter(({ file }) => !INWARD[from]?.includes(layerOf(file ?? "")))
        .map(({ specifier }) => `${path} imports ${specifier}`);
    });
    expect(wrong).toEqual([]);
  });

  test("stay within lib", () => {
    const outside = lib.flatMap(({ path, imports }) =>
      imports
        .filter(({ file, specifier }) => (file === null ? /^eventloom/.test(specifier) : !file.startsWith("lib/")))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(outside).toEqual([]);
  });

  test("of packages stand where they may", () => {
    const wrong = lib.flatMap(({ path, imports }) =>
      imports
        .filter(({ file, specifier }) => file === null && !specifier.startsWith("node:"))
        .filter(({ specifier }) => !PACKAGES[packageOf(specifier)]?.some((start) => path.startsWith(start)))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test("of files that exist", () => {
    const missing = lib.flatMap(({ path, imports }) =>
      imports.filter(({ file }) => file !== null && !byPath.has(file)).map(({ specifier }) => `${path}: ${specifier}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Every package that is loaded together with a file. */
function loadedWith(entry: string): readonly string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const each of byPath.get(path)?.imports ?? []) {
      if (each.typeOnly || each.late) continue;
      if (each.file !== null) visit(each.file);
      else if (!each.specifier.startsWith("node:")) packages.add(packageOf(each.specifier));
    }
  };
  visit(entry);
  return [...packages].sort();
}

describe("what is loaded", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };

  test.each([
    ["lib/index.ts", ["fastest-levenshtein"]],
    ["lib/testing/index.ts", ["fastest-levenshtein"]],
    ["lib/cli/main.ts", ["commander", "fastest-levenshtein"]],
  ])("with %s is no engine and no client: %j", (entry, packages) => {
    expect(loadedWith(entry)).toEqual(packages);
  });

  test.each(["lib/terraform/cdktf.ts", "lib/terraform/cdktn.ts", "lib/pulumi/index.ts"])(
    "with %s is a dependency or a peer of the package",
    (entry) => {
      const known = { ...manifest.dependencies, ...manifest.peerDependencies };
      expect(loadedWith(entry).filter((each) => !(each in known))).toEqual([]);
    },
  );

  test("with each engine's entry point is not the other engine", () => {
    expect(loadedWith("lib/terraform/cdktf.ts")).not.toContain("cdktn");
    expect(loadedWith("lib/terraform/cdktn.ts")).not.toContain("cdktf");
  });
});

describe("the pure core", () => {
  const pure = lib.filter(({ path }) => [...CORE, "lock", "preview"].includes(layerOf(path)));

  test("imports nothing of node but hashes", () => {
    const used = pure.flatMap(({ imports }) => imports.map(({ specifier }) => specifier));
    expect([...new Set(used.filter((each) => each.startsWith("node:")))]).toEqual(["node:crypto"]);
  });

  test("knows no clock, no randomness, no environment and no output", () => {
    const impure = pure.flatMap((source) => {
      const found: string[] = [];
      everyNode(source.tree, (node) => {
        const text = ts.isPropertyAccessExpression(node) || ts.isNewExpression(node) ? node.getText() : "";
        if (/^(process|console|globalThis)\.|^Date\.|^new Date\(|^Math\.random$|^performance\./.test(text))
          found.push(`${source.path}:${lineOf(source, node)} ${text.split("\n", 1)[0]}`);
      });
      return found;
    });
    expect(impure).toEqual([]);
  });
});

/** Longer than the limit on purpose; an entry that is no longer needed fails too. */
const LONG_FILES: Readonly<Record<string, string>> = {};
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  "lib/postgres/plan-table.ts planTableChange": "one case a kind of change",
  "lib/postgres/safety.ts judgeChange": "the one table of what is allowed, one case a kind of change",
  "lib/terraform/providers/configured-provider.ts configuredProvider": "one class, made for each engine",
  "lib/provider/postgres/server-error.ts translate": "one table of the server's error codes",
};

function nameOf(node: ts.SignatureDeclaration): string {
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return named?.getText() ?? "(anonymous)";
}

function longFunctions(source: Source): readonly string[] {
  const found: string[] = [];
  everyNode(source.tree, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
    if (linesOf(source, node) > 40) found.push(`${source.path} ${nameOf(node)}`);
  });
  return found;
}

describe("sizes", () => {
  test("no file of lib is longer than 400 lines", () => {
    const long = lib.filter(({ text }) => text.split("\n").length - 1 > 400).map(({ path }) => path);
    expect(long.sort()).toEqual(Object.keys(LONG_FILES).sort());
  });

  test("no function of lib is longer than 40 lines", () => {
    expect(lib.flatMap(longFunctions).sort()).toEqual(Object.keys(LONG_FUNCTIONS).sort());
  });
});

describe("names and exports", () => {
  test("files are named in kebab-case, and say what they hold", () => {
    const wrong = everything
      .map(({ path }) => path)
      .filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.e2e)?(\.test)?\.ts$/.test(basename(path)));
    expect(wrong).toEqual([]);
    const vague = everything.filter(({ path }) => /(^|\/)(utils?|helpers?|common|misc|shared)\.ts$/.test(path));
    expect(vague.map(({ path }) => path)).toEqual([]);
  });

  test("there is no default export", () => {
    const defaults = everything.filter(({ tree }) =>
      tree.statements.some(
        (each) =>
          // jest takes an environment of its own by `export =`, which is none
          (ts.isExportAssignment(each) && !each.isExportEquals) ||
          (ts.canHaveModifiers(each) &&
            ts.getModifiers(each)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)),
      ),
    );
    expect(defaults.map(({ path }) => path)).toEqual([]);
  });

  test("an index.ts of lib only re-exports", () => {
    const own = lib
      .filter(({ path }) => basename(path) === "index.ts")
      .filter(({ tree }) => !tree.statements.every((each) => ts.isExportDeclaration(each) && each.moduleSpecifier));
    expect(own.map(({ path }) => path)).toEqual([]);
  });
});

/** The texts that a program could use, comments left out. */
function literalsOf(source: Source): readonly { readonly text: string; readonly line: number }[] {
  const found: { text: string; line: number }[] = [];
  everyNode(source.tree, (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push({ text: node.text, line: lineOf(source, node) });
  });
  return found;
}

describe("nothing of one machine", () => {
  test("no path of it is written down", () => {
    const own = everything.filter(({ path }) => path !== "test/architecture.test.ts");
    const paths = own.flatMap((source) =>
      literalsOf(source)
        .filter(({ text }) => /(^|[\s"'`=:])\/(tmp|work|root|home|Users)\//.test(text))
        .map(({ text, line }) => `${source.path}:${line} ${text}`),
    );
    expect(paths).toEqual([]);
  });

  test("no package registry is named in lib", () => {
    const hosts = /registry\.npmjs\.org|proxy\.golang\.org|repo1?\.maven|pypi\.org/;
    expect(lib.filter(({ text }) => hosts.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe("nothing is left open", () => {
  test("no note to do something later", () => {
    const own = everything.filter(({ path }) => path !== "test/architecture.test.ts");
    expect(own.filter(({ text }) => /\b(TODO|FIXME|XXX)\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("no test is skipped, and none runs alone", () => {
    const tests = everything.filter(({ path }) => path.startsWith("test/") && path !== "test/architecture.test.ts");
    const skipping = /\b(test|it|describe)\.(skip|only|todo|failing)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\(/;
    expect(tests.filter(({ text }) => skipping.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
