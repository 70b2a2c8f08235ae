import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../sources";

jest.setTimeout(60_000);

const command = join(root, "dist", "cli", "main.js");
const example = join(root, "examples", "orders", "domain.ts");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eventloom-built-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function built(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("the built command, one file", () => {
  test("locks the example and compares its locks", () => {
    expect(built("lock", example, "--out", ".")).toMatchObject({ status: 0, stderr: "" });
    const text = readFileSync(join(folder, "orders.lock.json"), "utf8");
    writeFileSync(join(folder, "head.lock.json"), text.replaceAll('"partitions": 12', '"partitions": 24'));
    const said = built("diff", "--base", "orders.lock.json", "--head", "head.lock.json", "--fail-on", "risky");
    expect({ ...said, stdout: said.stdout.includes("partitions grow from 12 to 24") }).toEqual({
      status: 3,
      stdout: true,
      stderr: "",
    });
  });

  test("writes a page of what is, and of what changes, which load nothing", () => {
    expect(built("preview", "--html", "page.html", example)).toEqual({ status: 0, stdout: "", stderr: "" });
    const words = ["--base", "orders.lock.json", "--head", "head.lock.json", "--format", "html", "--out", "diff.html"];
    expect(built("diff", ...words)).toEqual({ status: 2, stdout: "", stderr: "" });
    for (const page of ["page.html", "diff.html"]) {
      const text = readFileSync(join(folder, page), "utf8");
      expect(text).toMatch(/^<!doctype html>/);
      expect(text).toContain("default-src 'none'");
      expect(text).toContain("orders.paid");
    }
    expect(built("export", "graph", "--format", "html", example).stdout).toMatch(/^<!doctype html>/);
  });

  test("knows its version, and loads nothing for it", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(built("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });
});
