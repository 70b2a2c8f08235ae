import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../sources";
import { eventloomIn, Repository } from "./command-line";
import { domainExpression, domainSource, schemaSource } from "./modules";

jest.setTimeout(120_000);

let repository: Repository;

beforeEach(() => {
  repository = new Repository();
});

afterEach(() => repository.remove());

const CONSUMER = 'consumers: { billing: { on: ["CartOpened"], via: "rabbitmq" } }';

function locked(name = "shop.lock.json"): string {
  return readFileSync(repository.path(name), "utf8");
}

describe("eventloom lock", () => {
  test("writes the lock beside the module and says what it has published", () => {
    repository.write({ "domains/shop.ts": domainSource("shop") });
    expect(repository.run("lock", "domains/shop.ts")).toEqual({
      status: 0,
      stdout: 'domains/shop.lock.json: domain "shop" is locked\n  published 1 schema: CartOpened v1\n',
      stderr: "",
    });
    expect(JSON.parse(locked("domains/shop.lock.json"))).toMatchObject({
      eventloom: "lock",
      format: 1,
      domain: "shop",
    });
    expect(readdirSync(repository.path("domains"))).toEqual(["shop.lock.json", "shop.ts"]);
  });

  test("gives the same text again, and says that nothing has changed", () => {
    repository.write({ "shop.ts": domainSource("shop") });
    repository.run("lock", "shop.ts");
    const first = locked();
    expect(repository.run("lock", "shop.ts").stdout).toBe('shop.lock.json: domain "shop" is locked as it is\n');
    expect(locked()).toBe(first);
  });

  test("writes to another folder", () => {
    repository.write({ "shop.ts": domainSource("shop"), "locks/keep": "" });
    expect(repository.run("lock", "shop.ts", "--out", "locks").status).toBe(0);
    expect(existsSync(repository.path("locks/shop.lock.json"))).toBe(true);
  });

  test("gives the same as data", () => {
    repository.write({ "shop.ts": domainSource("shop") });
    const { status, stdout } = repository.run("lock", "shop.ts", "--json");
    expect({ status, ...JSON.parse(stdout) }).toEqual({
      status: 0,
      exitCode: 0,
      domains: [
        { file: "shop.lock.json", domain: "shop", state: "written", published: ["CartOpened v1"], retired: [] },
      ],
      findings: [],
      warnings: [],
    });
  });

  test("writes no lock at all when one of several domains has issues", () => {
    repository.write({ "shop.ts": domainSource("shop", CONSUMER), "ark.ts": domainSource("ark", "", "ark") });
    repository.run("lock", "shop.ts");
    const before = locked();
    repository.write({ "shop.ts": domainSource("shop") });
    const { status, stdout, stderr } = repository.run("lock", "shop.ts", "ark.ts");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^shop\.ts: domain "shop" has 1 issue\n {2}LK612 .*billing/);
    expect(locked()).toBe(before);
    expect(existsSync(repository.path("ark.lock.json"))).toBe(false);
  });

  test("takes a lock that is damaged for no lock to go on from", () => {
    repository.write({ "shop.ts": domainSource("shop") });
    repository.run("lock", "shop.ts");
    const text = locked().slice(0, 500);
    writeFileSync(repository.path("shop.lock.json"), text);
    const { status, stderr } = repository.run("lock", "shop.ts");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^shop\.lock\.json.*\n {0,2}LK6\d\d|^LK6\d\d shop\.lock\.json/);
    expect(locked()).toBe(text);
  });

  test("refuses to overwrite the lock of another domain (CL513)", () => {
    repository.write({ "shop.ts": domainSource("shop"), "ark.ts": domainSource("ark") });
    repository.run("lock", "shop.ts");
    writeFileSync(repository.path("ark.lock.json"), locked());
    const { status, stderr } = repository.run("lock", "ark.ts");
    expect(status).toBe(1);
    expect(stderr).toContain('CL513 ark.lock.json: locks of different domains: it is of "shop", not of "ark"');
  });

  test("keeps the file's mode, follows a link, and leaves nothing else behind", () => {
    repository.write({ "shop.ts": domainSource("shop"), "real/lock.json": "" });
    repository.run("lock", "shop.ts", "--out", "real");
    symlinkSync("real/shop.lock.json", repository.path("shop.lock.json"));
    chmodSync(repository.path("real/shop.lock.json"), 0o640);
    repository.write({ "shop.ts": domainSource("shop", CONSUMER) });
    expect(repository.run("lock", "shop.ts").status).toBe(0);
    expect(locked("real/shop.lock.json")).toContain("billing");
    expect(statSync(repository.path("real/shop.lock.json")).mode & 0o777).toBe(0o640);
    expect(readdirSync(repository.path("real")).sort()).toEqual(["lock.json", "shop.lock.json"]);
  });

  test("writes none of several where one cannot be written (CL517)", () => {
    const both = `${schemaSource}export const a = ${domainExpression("ark")};\nexport const z = ${domainExpression("zoo")};\n`;
    repository.write({ "both.ts": both, "zoo.lock.json/in-the-way": "" });
    const { status, stderr } = repository.run("lock", "both.ts");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CL51[27] zoo\.lock\.json: cannot be (read|written): .*\n$/);
    expect(existsSync(repository.path("ark.lock.json"))).toBe(false);
    expect(repository.run("lock", "both.ts", "--out", "nowhere").stderr).toMatch(/^CL517 nowhere\/ark\.lock\.json/);
  });
});

describe("eventloom lock --check", () => {
  test("ends with 0 where the lock is as it should be, and writes nothing", () => {
    repository.write({ "shop.ts": domainSource("shop") });
    repository.run("lock", "shop.ts");
    const { mtimeMs } = statSync(repository.path("shop.lock.json"));
    expect(repository.run("lock", "--check", "shop.ts")).toMatchObject({ status: 0, stderr: "" });
    expect(statSync(repository.path("shop.lock.json")).mtimeMs).toBe(mtimeMs);
  });

  test("ends with 1 and one line where there is none, or a stale one (CL515)", () => {
    repository.write({ "shop.ts": domainSource("shop") });
    const fix = "(fix: run `eventloom lock` and commit what it writes)\n";
    const none = `CL515 shop.lock.json: the lock is stale: "shop" has none ${fix}`;
    expect(repository.run("lock", "--check", "shop.ts")).toEqual({ status: 1, stdout: "", stderr: none });
    expect(existsSync(repository.path("shop.lock.json"))).toBe(false);
    repository.run("lock", "shop.ts");
    const before = locked();
    repository.write({ "shop.ts": domainSource("shop", CONSUMER) });
    const stale = `CL515 shop.lock.json: the lock is stale: "shop" has changed since ${fix}`;
    expect(repository.run("lock", "--check", "shop.ts")).toEqual({ status: 1, stdout: "", stderr: stale });
    expect(locked()).toBe(before);
  });
});

describe("the example's lock", () => {
  test("is what its declaration becomes", () => {
    const module = join(root, "examples", "orders", "domain.ts");
    expect(eventloomIn(root, ["lock", "--check", module])).toMatchObject({ status: 0, stderr: "" });
  });
});
