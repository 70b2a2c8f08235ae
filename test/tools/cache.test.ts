import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, cacheKey, cacheRoot } from "../../tools/cache";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "eventloom-cache-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

it("keeps what is built below XDG_CACHE_HOME, else below ~/.cache", () => {
  expect(cacheRoot({ XDG_CACHE_HOME: "/somewhere" })).toBe(join("/somewhere", "eventloom-dev"));
  expect(cacheRoot({})).toMatch(/\.cache.eventloom-dev$/);
  expect(cacheRoot({ XDG_CACHE_HOME: "" })).toBe(cacheRoot({}));
});

describe("the key of what is built", () => {
  it("is the same for the same files, wherever they are", () => {
    mkdirSync(join(folder, "a"));
    mkdirSync(join(folder, "b"));
    write("a/go.mod", "module x");
    write("b/go.mod", "module x");
    expect(cacheKey([join(folder, "a")])).toBe(cacheKey([join(folder, "b")]));
  });

  it("changes with a file's content, a file's name, a new file and a setting", () => {
    write("go.mod", "v1");
    const keys = [cacheKey([folder]), cacheKey([folder], ["-s"])];
    write("go.mod", "v2");
    keys.push(cacheKey([folder]));
    write("main.go", "");
    keys.push(cacheKey([folder]));
    rmSync(join(folder, "main.go"));
    write("other.go", "");
    keys.push(cacheKey([folder]));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("what is cached", () => {
  it("is built once", async () => {
    const builds: string[] = [];
    const build = async (target: string): Promise<void> => {
      builds.push(target);
      writeFileSync(join(target, "tool"), "built");
    };
    const first = await cached("tool", "k", build, folder);
    expect(await cached("tool", "k", build, folder)).toBe(first);
    expect(builds).toHaveLength(1);
    expect(readFileSync(join(first, "tool"), "utf8")).toBe("built");
  });

  it("is built again for another key", async () => {
    const paths = [
      await cached("tool", "k1", async () => {}, folder),
      await cached("tool", "k2", async () => {}, folder),
    ];
    expect(paths.map((path) => existsSync(path))).toEqual([true, true]);
  });

  it("is not there when its build failed, and nothing is left of it", async () => {
    const build = async (target: string): Promise<void> => {
      writeFileSync(join(target, "half"), "");
      throw new Error("compiler said no");
    };
    await expect(cached("tool", "k", build, folder)).rejects.toThrow("compiler said no");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is built anew after a build that was killed, and what that one left is removed", async () => {
    mkdirSync(join(folder, "tool-k.4194305.tmp"));
    await cached("tool", "k", async () => {}, folder);
    expect(readdirSync(folder)).toEqual(["tool-k"]);
  });

  it("leaves another process's build alone", async () => {
    mkdirSync(join(folder, `tool-k.${process.ppid}.tmp`));
    await cached("tool", "k", async () => {}, folder);
    expect(readdirSync(folder).sort()).toEqual(["tool-k", `tool-k.${process.ppid}.tmp`]);
  });

  it("is the other process's when that one was faster", async () => {
    const build = async (target: string): Promise<void> => {
      mkdirSync(join(folder, "tool-k"));
      writeFileSync(join(folder, "tool-k", "tool"), "theirs");
      writeFileSync(join(target, "tool"), "ours");
    };
    expect(readFileSync(join(await cached("tool", "k", build, folder), "tool"), "utf8")).toBe("theirs");
    expect(readdirSync(folder)).toEqual(["tool-k"]);
  });
});
