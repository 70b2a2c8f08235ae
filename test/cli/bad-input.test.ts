import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Repository } from "./command-line";
import { domainSource, schemaSource } from "./modules";

jest.setTimeout(120_000);

let repository: Repository;

beforeEach(() => {
  repository = new Repository();
});

afterEach(() => repository.remove());

const LOCK = "shop.lock.json";
const CONSUMER = 'consumers: { billing: { on: ["CartOpened"], via: "rabbitmq" } }';

/** A repository whose main branch holds a locked shop. */
function lockedShop(extra = ""): string {
  repository.write({ "shop.ts": domainSource("shop", extra) });
  repository.run("lock", "shop.ts");
  repository.commit({});
  return readFileSync(repository.path(LOCK), "utf8");
}

/** One line that says what is wrong and how to go on, and nothing else. */
function oneLine(said: { readonly status: number | null; readonly stdout: string; readonly stderr: string }): string {
  expect(said).toMatchObject({ status: 1, stdout: "" });
  expect(said.stderr).toMatch(/^[A-Z]{2}\d{3} [^\n]+ \(fix: [^\n]+\)\n$/);
  return said.stderr;
}

describe("a lock that cannot be read", () => {
  test.each<[string, (file: string) => void, RegExp]>([
    ["a folder", (file) => mkdirSync(file), /^CL512 shop\.lock\.json: cannot be read: it is no file/],
    ["a link to itself", (file) => symlinkSync(LOCK, file), /^CL512 shop\.lock\.json: cannot be read: ELOOP/],
    ["a link to nowhere", (file) => symlinkSync("gone", file), /^CL512 shop\.lock\.json: cannot be read: ENOENT/],
    ["a link to what no read works on", (file) => symlinkSync("/proc/self/mem", file), /^CL512 shop\.lock\.json: cannot be read: E(IO|ACCES)/], // prettier-ignore
  ])("because it is %s is said in one line", (_, put, why) => {
    lockedShop();
    rmSync(repository.path(LOCK));
    put(repository.path(LOCK));
    expect(oneLine(repository.run("diff", "--base", "main"))).toMatch(why);
    expect(oneLine(repository.run("diff", "--base", LOCK, "--head", LOCK))).toMatch(why);
    const locking = repository.run("lock", "shop.ts");
    // a link to nowhere is filled, as by any editor
    if (locking.status !== 0) expect(oneLine(locking)).toMatch(/^CL51[27] shop\.lock\.json: /);
  });

  test("keeps what other tools name alike out of it", () => {
    lockedShop();
    mkdirSync(repository.path("cargo.lock.json"));
    symlinkSync("nowhere", repository.path("other.lock.json"));
    expect(repository.run("diff", "--base", "main")).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("a lock that is not whole", () => {
  test("is told from one that was removed, wherever it was cut (LK601)", () => {
    const text = lockedShop();
    for (const part of [0, 0.3, 0.999]) {
      writeFileSync(repository.path(LOCK), text.slice(0, Math.floor((text.length - 2) * part)));
      expect(oneLine(repository.run("diff", "--base", "main"))).toMatch(
        /^LK601 shop\.lock\.json: not readable as JSON/,
      );
    }
    expect(oneLine(repository.run("lock", "shop.ts"))).toMatch(
      /^LK601 .*\(fix: restore the file from the last commit that holds it whole/,
    );
  });

  test("is not approved where its bytes are no UTF-8, in the work tree or in a commit (LK601)", () => {
    lockedShop('retired: { consumers: { old: { reason: "M\u00fcller takes over" } } }');
    const latin1 = Buffer.from(readFileSync(repository.path(LOCK), "utf8"), "latin1");
    writeFileSync(repository.path(LOCK), latin1);
    const why = "not readable as JSON: it is not written in UTF-8";
    expect(oneLine(repository.run("diff", "--base", "main"))).toContain(`LK601 shop.lock.json: ${why}`);
    expect(oneLine(repository.run("lock", "--check", "shop.ts"))).toContain(why);
    repository.commit({});
    repository.git("checkout", "--quiet", "-b", "feature", "main");
    repository.git("checkout", "--quiet", "main~1", "--", LOCK);
    expect(oneLine(repository.run("diff", "--base", "main"))).toContain(`LK601 main:shop.lock.json: ${why}`);
  });

  test("nor where a shell has written it as UTF-16 (LK601)", () => {
    const text = lockedShop();
    writeFileSync(repository.path(LOCK), Buffer.from(`\ufeff${text}`, "utf16le"));
    expect(oneLine(repository.run("diff", "--base", "main"))).toMatch(/^LK601 shop\.lock\.json: .*UTF-8/);
  });
});

describe("a lock that an editor has saved in its own way", () => {
  test.each<[string, (text: string) => string]>([
    ["CRLF", (text) => text.replace(/\n/g, "\r\n")],
    ["a byte order mark", (text) => `\ufeff${text}`],
    ["another layout", (text) => `${JSON.stringify(JSON.parse(text), null, 4)}\n`],
  ])("with %s says the same, and is not stale", (_, edited) => {
    const text = lockedShop(CONSUMER);
    writeFileSync(repository.path(LOCK), edited(text));
    expect(repository.run("diff", "--base", "main")).toMatchObject({ status: 0, stderr: "" });
    expect(repository.run("lock", "--check", "shop.ts")).toMatchObject({ status: 0, stderr: "" });
    repository.run("lock", "shop.ts");
    expect(readFileSync(repository.path(LOCK), "utf8")).toBe(text);
  });
});

describe("a lock that was edited by hand", () => {
  test.each<[string, (text: string) => string, RegExp]>([
    ["a word for a number", (text) => text.replace('"partitions": 12', '"partitions": "many"'), /^LK604 shop\.lock\.json#\/resources\/topic~1CartOpened\/partitions: changed by hand, got "many"; allowed: /], // prettier-ignore
    ["another domain's name", (text) => text.replace('"domain": "shop"', '"domain": 7'), /^LK604 shop\.lock\.json#\/domain/], // prettier-ignore
    ["a newer format", (text) => text.replace('"format": 1', '"format": 2'), /^LK603 shop\.lock\.json: written by a newer version/], // prettier-ignore
    ["orders to a terminal", (text) => text.replace('"partitions": 12', '"partitions": "\\u001b[2J\\u202e"'), /^LK604 [^\u001b\u202e]*got "/], // prettier-ignore
    ["a member twice", (text) => text.replace(/^ {2}"published": \{/m, '  "published": {},\n  "published": {'), /^LK606 shop\.lock\.json#\/published/], // prettier-ignore
  ])("to hold %s is said with its place", (_, edited, why) => {
    const text = lockedShop();
    writeFileSync(repository.path(LOCK), edited(text));
    expect(oneLine(repository.run("diff", "--base", "main"))).toMatch(why);
  });
});

describe("two branches that publish the same version differently", () => {
  const version = (members: string): string =>
    `jsonSchema({ type: "object", properties: { id: { type: "string" } ${members} }, required: ["id"] })`;
  const shop = (...versions: readonly string[]): string => {
    const declared = versions.map((each, index) => `${index + 1}: ${version(each)}`).join(", ");
    const upcast = versions.slice(1).map((_, index) => `${index + 1}: (e) => e`).join(", "); // prettier-ignore
    const cart = `{ id: "id", events: { CartOpened: event({ versions: { ${declared} }, upcast: { ${upcast} } } as never) } }`;
    return `${schemaSource}export const shop = defineDomain("shop", { aggregates: { Cart: ${cart} } });\n`;
  };
  const CURRENCY = ', currency: { type: "string" }';
  const TOTAL = ', total: { type: "integer" }';
  const publish = (branch: string, source: string): void => {
    repository.git("checkout", "--quiet", "-b", branch, "main");
    repository.write({ "shop.ts": source });
    expect(repository.run("lock", "shop.ts").stdout).toContain("published 1 schema: CartOpened v3");
    repository.commit({});
  };
  /** Both branches have published version 3, and git has tried to put them together. */
  const merged = (attributes = ""): void => {
    repository.commit({ "shop.ts": shop("", TOTAL), ".gitattributes": attributes });
    repository.run("lock", "shop.ts");
    repository.commit({});
    publish("left", shop("", TOTAL, CURRENCY));
    publish("right", shop("", TOTAL, `${CURRENCY}${TOTAL}`));
    expect(() => repository.git("merge", "--quiet", "left")).toThrow();
    // the declaration has been put right by hand: both sides are versions now
    repository.write({ "shop.ts": shop("", TOTAL, CURRENCY, `${CURRENCY}${TOTAL}`) });
  };

  test("leave git's marks in the lock, which is said in one line (LK605)", () => {
    merged();
    expect(readFileSync(repository.path(LOCK), "utf8")).toContain("<<<<<<<");
    const said = oneLine(repository.run("diff", "--base", "main"));
    expect(said).toMatch(/^LK605 shop\.lock\.json: unfinished merge \(fix: take one side; where both publish the same version, make the other side's the next version; then run eventloom lock\)/); // prettier-ignore
    expect(oneLine(repository.run("lock", "shop.ts"))).toMatch(/^LK605/);
  });

  test("are one version and the next where that is followed", () => {
    merged();
    repository.git("checkout", "--theirs", "--", LOCK);
    expect(repository.run("lock", "shop.ts").stdout).toContain("published 1 schema: CartOpened v4");
    repository.commit({}, "merge");
    expect(repository.run("diff", "--base", "left").status).toBe(2);
  });

  test("are refused where the other side's version was taken away (LK610)", () => {
    merged();
    repository.git("checkout", "--ours", "--", LOCK);
    const { status, stderr } = repository.run("lock", "shop.ts");
    expect(status).toBe(1);
    expect(stderr).toMatch(/\n {2}LK610 events\.CartOpened\.versions\.3: a published version has changed: .*\(fix: leave version 3 as it was and declare version 5, with an upcast\)\n$/); // prettier-ignore
  });

  test("break the lock where git was told to take the lines of both", () => {
    repository.commit({ "shop.ts": shop("", TOTAL), ".gitattributes": `${LOCK} merge=union\n` });
    repository.run("lock", "shop.ts");
    repository.commit({});
    publish("left", shop("", TOTAL, CURRENCY));
    publish("right", shop("", TOTAL, `${CURRENCY}${TOTAL}`));
    repository.git("merge", "--quiet", "--no-edit", "--strategy-option", "ours", "left");
    // whether a comma is missing is chance
    expect(oneLine(repository.run("diff", "--base", "main"))).toMatch(/^LK60[16] shop\.lock\.json/);
  });
});

test("a declaration's names give no orders to a terminal", () => {
  const hostile = "\\u001b[31m\\u202e<img>`*";
  repository.write({ "shop.ts": domainSource("shop", `consumers: { "${hostile}": { on: ["${hostile}"] } }`) });
  for (const words of [["check"], ["lock"], ["preview"], ["where", "x"]]) {
    const { status, stdout, stderr } = repository.run(...words, "shop.ts");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("ED101");
    expect(stderr).not.toMatch(/[\u001b\u202e]/);
  }
});
