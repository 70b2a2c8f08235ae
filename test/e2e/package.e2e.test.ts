import { execFileSync, spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../sources";

jest.setTimeout(300_000);

const bin = (name: string): string => join(root, "node_modules", ".bin", name);

let folder: string;
let tarball: string;
let app: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eventloom-package-"));
  app = join(folder, "app");
  mkdirSync(app);
  run("npm", ["pack", "--pack-destination", folder], copyOfSources());
  tarball = join(folder, readdirSync(folder).find((each) => each.endsWith(".tgz")) ?? "");
  writeFileSync(join(app, "package.json"), '{ "name": "app", "private": true }\n');
  run("npm", ["install", "--no-audit", "--no-fund", tarball], app);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a release is packed from, beside the checkout: other tests use its `dist` meanwhile. */
function copyOfSources(): string {
  const copy = join(folder, "sources");
  const needed = ["lib", "tools", "package.json", "tsconfig.json", "tsconfig.build.json", "README.md", "LICENSE"];
  for (const each of needed) cpSync(join(root, each), join(copy, each), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** What a command prints; throws with everything that it printed where it fails. */
function run(command: string, words: readonly string[], cwd: string): string {
  return execFileSync(command, words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function write(name: string, text: string): void {
  writeFileSync(join(app, name), text);
}

const JAVASCRIPT = `const { defineDomain, event, jsonSchema } = require("eventloom");
const opened = jsonSchema({ type: "object", properties: { cartId: { type: "string" } }, required: ["cartId"] });
exports.shop = defineDomain("shop", {
  aggregates: { Cart: { id: "cartId", events: { CartOpened: event({ versions: { 1: opened } }) } } },
});
`;

const TYPESCRIPT = `import { addresses, compile, defineDomain, event, jsonSchema, type EventOf, type Topology } from "eventloom";
import { topologyOf } from "eventloom/testing";

const opened = jsonSchema<{ cartId: string }>({
  type: "object",
  properties: { cartId: { type: "string" } },
  required: ["cartId"],
});
export const shop = defineDomain("shop", {
  aggregates: { Cart: { id: "cartId", events: { CartOpened: event({ versions: { 1: opened } }) } } },
});
export const topology: Topology = compile(shop);
export const topic: string | null = addresses(shop).events.CartOpened.topic;
export const payload: EventOf<typeof shop, "CartOpened"> = { cartId: "1" };
// @ts-expect-error there is no such event
export const wrong: EventOf<typeof shop, "CartClosed"> = {};
topologyOf(shop).expectTopic("shop.cart-opened");
`;

const WITH_ENGINES = `import * as cdktf from "eventloom/cdktf";
import * as cdktn from "eventloom/cdktn";
import * as pulumi from "eventloom/pulumi";
import { shop } from "./use";

export const constructs = [cdktf.EventDrivenDomain, cdktn.EventDrivenDomain, pulumi.EventDrivenDomain];
export type Props = [cdktf.EventDrivenDomainProps<typeof shop>, cdktn.EventDrivenDomainProps<typeof shop>];
export type Args = pulumi.EventDrivenDomainArgs<typeof shop>;
`;

/** What the compiler says of a file under a way of resolving modules, without skipping declaration files. */
function compileErrors(file: string, resolution: string, moduleKind: string, types: readonly string[] = []): string {
  const config = {
    compilerOptions: {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "es2022",
      lib: ["es2022"],
      types,
      typeRoots: [join(root, "node_modules", "@types")],
      module: moduleKind,
      moduleResolution: resolution,
      esModuleInterop: true,
      noEmit: true,
    },
    files: [file],
  };
  write("tsconfig.json", JSON.stringify(config));
  return spawnSync(bin("tsc"), ["-p", "."], { cwd: app, encoding: "utf8" }).stdout;
}

describe("the tarball", () => {
  test("holds dist, README, LICENSE and package.json, and nothing else", () => {
    const files = run("tar", ["-tzf", tarball], folder).trim().split("\n");
    const beside = files.filter((each) => !each.startsWith("package/dist/"));
    expect(beside.sort()).toEqual(["package/LICENSE", "package/README.md", "package/package.json"]);
    expect(files.filter((each) => /\.(ts|map)$/.test(each) && !each.endsWith(".d.ts"))).toEqual([]);
  });

  test("has no problem that attw knows, for any way of resolving modules", () => {
    const { status, stdout } = spawnSync(bin("attw"), [tarball, "--no-emoji", "--no-color"], { encoding: "utf8" });
    expect(stdout).toContain("No problems found");
    expect(stdout).not.toMatch(/failed|false/i);
    for (const entry of ["eventloom", "eventloom/cdktf", "eventloom/cdktn", "eventloom/pulumi", "eventloom/testing"])
      expect(stdout).toContain(`"${entry}"`);
    expect(status).toBe(0);
  });
});

describe("installed in an empty folder", () => {
  test("brings no engine, no client and no compiler", () => {
    const installed = readdirSync(join(app, "node_modules")).filter((each) => !each.startsWith("."));
    expect(installed.sort()).toEqual(["@dagrejs", "commander", "eventloom", "fastest-levenshtein", "jiti"]);
  });

  test("the core and the testing helpers load from CommonJS and from ES modules", () => {
    write("domain.js", JAVASCRIPT);
    write(
      "all.mjs",
      `import { compile } from "eventloom";\nimport { topologyOf } from "eventloom/testing";\nimport domain from "./domain.js";\n` +
        `topologyOf(domain.shop).expectTopic("shop.cart-opened");\nconsole.log(compile(domain.shop).resources.length);\n`,
    );
    expect(Number(run(process.execPath, ["all.mjs"], app))).toBeGreaterThan(10);
  });

  test.each([
    ["cdktf", "cdktf"],
    ["cdktn", "cdktn"],
    ["pulumi", "@pulumi/pulumi"],
  ])("eventloom/%s asks for %s", (entry, peer) => {
    const { status, stderr } = spawnSync(process.execPath, ["-e", `require("eventloom/${entry}")`], {
      cwd: app,
      encoding: "utf8",
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`Cannot find module '${peer}'`);
  });

  test("npx eventloom previews a JavaScript and a TypeScript module", () => {
    write("domain.js", JAVASCRIPT);
    write("use.ts", TYPESCRIPT.replace(/\/\/ @ts-expect-error.*\n.*\n/, ""));
    for (const module of ["domain.js", "use.ts"]) {
      const printed = run("npx", ["--no-install", "eventloom", "preview", module], app);
      expect(printed).toContain("└─ shop.cart-opened  12 partitions × 3 replicas, kept 7 days");
    }
    expect(run("npx", ["--no-install", "eventloom", "export", "sql", "domain.js"], app)).toContain("COMMIT;");
  });

  test.each([
    ["node16", "node16"],
    ["bundler", "esnext"],
    ["node10", "commonjs"],
  ])("its types compile strictly when modules resolve as %s", (resolution, moduleKind) => {
    write("use.ts", TYPESCRIPT);
    expect(compileErrors("use.ts", resolution, moduleKind)).toBe("");
  });

  test.each(["terraform-provider-eventloom.cjs", "pulumi-resource-eventloom"])("%s can be executed", (file) => {
    const provider = join(app, "node_modules", "eventloom", "dist", "provider", file);
    expect(() => accessSync(provider, constants.X_OK)).not.toThrow();
    // started by hand, one says what it is and ends, the other prints its port and serves until it is stopped
    const { error, stdout, stderr } = spawnSync(provider, [], {
      encoding: "utf8",
      timeout: 5_000,
      killSignal: "SIGKILL",
    });
    expect((error as NodeJS.ErrnoException | undefined)?.code ?? "ETIMEDOUT").toBe("ETIMEDOUT");
    expect(stdout + stderr).toMatch(file.endsWith(".cjs") ? /^this is a provider for Terraform/ : /^\d+\n$/);
  });
});

describe("installed beside the engines", () => {
  beforeAll(() => {
    mkdirSync(join(app, "node_modules", "@pulumi"), { recursive: true });
    for (const each of ["cdktf", "cdktn", "constructs", "@pulumi/pulumi", "@pulumi/kafka", "@pulumi/rabbitmq"])
      symlinkSync(join(root, "node_modules", each), join(app, "node_modules", each));
  });

  test.each([
    ["node16", "node16"],
    ["node10", "commonjs"],
  ])("all entry points' types compile when modules resolve as %s", (resolution, moduleKind) => {
    write("use.ts", TYPESCRIPT);
    write("engines.ts", WITH_ENGINES);
    const errors = compileErrors("engines.ts", resolution, moduleKind, ["node"]).split("\n");
    expect(errors.filter((each) => /^(node_modules\/eventloom|use\.ts|engines\.ts)/.test(each))).toEqual([]);
  });

  test("all entry points load", () => {
    const script = `for (const each of ["cdktf", "cdktn", "pulumi"]) console.log(typeof require("eventloom/" + each).EventDrivenDomain)`;
    expect(run(process.execPath, ["-e", script], app)).toBe("function\nfunction\nfunction\n");
  });
});
