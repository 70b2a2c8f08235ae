import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { domainExpression, domainSource, type ModuleFolder, schemaSource, writeModules } from "./modules";

jest.setTimeout(60_000);

const root = join(__dirname, "..", "..");
const command = [require.resolve("jiti/package.json").replace("package.json", "lib/jiti-cli.mjs"), "lib/cli/main.ts"];

let modules: ModuleFolder;

beforeAll(() => {
  modules = writeModules({
    "shop.ts": domainSource("shop"),
    "again.ts": 'export { shop as same } from "./shop";\n',
    "prints.ts": `console.log("from the module");\n${domainSource("prints")}`,
    "ends.ts": "process.exit(0);\n",
    "waits.ts": "export const x = await new Promise(() => undefined);\n",
    "lingers.ts": `setInterval(() => undefined, 1_000);\n${domainSource("lingers")}`,
    "fails-later.ts": `setTimeout(() => { throw new Error("later"); });
      await new Promise((done) => setTimeout(done, 60_000));
      export const x = 1;\n`,
    "slow.ts": `const end = Date.now() + 3_000;\nwhile (Date.now() < end);\n${schemaSource}export const s = ${domainExpression("slow")};\n`,
    "broken.ts": domainSource("broken", 'consumers: { a: { on: ["CartClosed"] } }'),
  });
});

afterAll(() => modules.remove());

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function eventloom(...words: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...words], {
    cwd: root,
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

/** As on a terminal: `script` gives the command one. */
function onTerminal(environment: NodeJS.ProcessEnv, ...words: readonly string[]): string {
  const line = [process.execPath, ...command, ...words].map((word) => `'${word}'`).join(" ");
  // node takes a terminal on a CI server for one without colours
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...rest } = process.env;
  const env = { ...rest, TERM: "xterm-256color", ...environment };
  return spawnSync("script", ["-qec", line, "/dev/null"], { cwd: root, encoding: "utf8", env, timeout: 50_000 }).stdout;
}

describe("the command", () => {
  test("previews the order system, which is written with zod", () => {
    const { status, stdout, stderr } = eventloom("preview", "examples/orders/domain.ts");
    // said where it takes more than two seconds
    expect({ status, stderr: stderr.replace("eventloom: still compiling\n", "") }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /orders\.paid +12 partitions × 3 replicas, kept 30 days because of consumers\.analytics\.needs/,
    );
    expect(stdout).not.toContain("\u001b");
  });

  test("writes issues to standard error, and nothing to standard output", () => {
    const { status, stdout, stderr } = eventloom("preview", modules.path("shop.ts"), modules.path("broken.ts"));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("ED110 consumers.a.on[0]: unknown event");
  });

  test("writes JSON to standard output, whatever was found and whatever a module prints", () => {
    const broken = eventloom("check", "--json", modules.path("broken.ts"));
    expect(JSON.parse(broken.stdout)).toMatchObject({ exitCode: 1, findings: [{ issues: [{ code: "ED110" }] }] });
    const prints = eventloom("check", "--json", modules.path("prints.ts"));
    expect(JSON.parse(prints.stdout)).toMatchObject({ exitCode: 0 });
    expect(prints.stderr).toBe("from the module\n");
  });

  test("counts a domain that two modules export once", () => {
    const { status, stdout } = eventloom("check", modules.path("again.ts"), modules.path("shop.ts"));
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });

  test.each([
    ["ends.ts", "eventloom: a module ended the process, or waits for something that never comes\n"],
    ["waits.ts", "eventloom: a module ended the process, or waits for something that never comes\n"],
    ["fails-later.ts", "eventloom: later\n"],
  ])("says in one line what %s did, and ends with 2", (name, line) => {
    expect(eventloom("check", modules.path(name))).toEqual({ status: 2, stdout: "", stderr: line });
  });

  test("does not wait for what a module has left running", () => {
    expect(eventloom("check", modules.path("lingers.ts"))).toMatchObject({ status: 0, stderr: "" });
  });

  test("says on standard error what takes longer than two seconds, also while a module computes", () => {
    const { status, stdout, stderr } = eventloom("check", modules.path("slow.ts"));
    expect(status).toBe(0);
    expect(stdout).toMatch(/domain "slow" is sound/);
    expect(stderr).toMatch(/^eventloom: still loading .*slow\.ts\n/);
  });

  test("ends quietly when nobody reads on", () => {
    const line = [process.execPath, ...command, "export", "sql", modules.path("shop.ts")];
    const { stdout, stderr } = spawnSync("sh", ["-c", `${line.map((word) => `'${word}'`).join(" ")} | head -n 1`], {
      cwd: root,
      encoding: "utf8",
    });
    // a machine under load takes its two seconds, and hears of them
    const rest = stderr.replace(/^(eventloom: still \w+\n)+/, "");
    expect({ stdout, rest }).toEqual({ stdout: "\\set ON_ERROR_STOP on\n", rest: "" });
  });

  test("is in colour on a terminal, unless NO_COLOR is set", () => {
    const coloured = onTerminal({}, "preview", modules.path("shop.ts"));
    const plain = onTerminal({ NO_COLOR: "1" }, "preview", modules.path("shop.ts"));
    expect(coloured).toContain("\u001b[1mshop\u001b[22m");
    expect(plain).toContain("shop");
    expect(plain).not.toContain("\u001b[");
  });
});
