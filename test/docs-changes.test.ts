import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { documentedChanges } from "../tools/docs-changes/changes";
import { root } from "./sources";

jest.setTimeout(120_000);

const folder = join(root, "docs", "changes");
const jiti = require.resolve("jiti/package.json").replace("package.json", "lib/jiti-cli.mjs");

describe("the documented changes", () => {
  test("are what the commands make of the example now", () => {
    const words = [jiti, join(root, "tools", "docs-changes.ts"), "--check"];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("have a page and a picture each, and nothing else is there", () => {
    const files = documentedChanges.flatMap(({ name }) => [`${name}.md`, `${name}.png`]);
    expect(readdirSync(folder).sort()).toEqual(["README.md", ...files].sort());
  });

  test.each(documentedChanges.map(({ name }) => name))("show %s in a small picture of a whole window", (name) => {
    const png = readFileSync(join(folder, `${name}.png`));
    expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
    // width and height stand in the first chunk
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1160, 650]);
    expect(png.length).toBeLessThan(150_000);
  });
});
