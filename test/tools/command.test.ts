import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findOnPath, lastLines, run, ToolError } from "../../tools/command";
import { whyNotInstallable } from "../../tools/debian";

describe("running a command", () => {
  it("gives what it wrote to stdout", async () => {
    expect(await run("sh", ["-c", "echo out; echo err >&2"])).toBe("out\n");
  });

  it("says in one line which tool is missing and what to install", async () => {
    const missing = run("no-such-tool", [], { install: "the package no-such-package" });
    await expect(missing).rejects.toThrow(ToolError);
    await expect(missing).rejects.toThrow("no-such-tool is not on PATH: install the package no-such-package");
  });

  it("says in one line how it failed, with the last lines that it wrote", async () => {
    const failed = run("sh", ["-c", "echo first; echo last >&2; exit 3"]);
    await expect(failed).rejects.toThrow(/^sh -c .* exited with 3: first \| last$/);
  });

  it("says which signal ended it", async () => {
    await expect(run("sh", ["-c", "kill -9 $$"])).rejects.toThrow("was ended by SIGKILL: it wrote nothing");
  });
});

it("takes the last lines that are not empty", () => {
  expect(lastLines("one\n\n two \nthree\n", 2)).toBe("two | three");
});

it("finds a command in the first folder of PATH that has it and may be executed", () => {
  const folders = [1, 2, 3].map(() => mkdtempSync(join(tmpdir(), "eventloom-path-test-")));
  try {
    const [, second, third] = folders as [string, string, string];
    for (const folder of [second, third]) writeFileSync(join(folder, "tool"), "#!/bin/sh\n");
    chmodSync(join(third, "tool"), 0o755);
    expect(findOnPath("tool", folders.join(delimiter))).toBe(join(third, "tool"));
    expect(findOnPath("other", folders.join(delimiter))).toBeUndefined();
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
});

describe("installing Debian packages", () => {
  it("is refused in one line when this is not root", () => {
    expect(whyNotInstallable(["rabbitmq-server", "postgresql-15"], 1000, "/usr/bin/apt-get")).toBe(
      'not installed: rabbitmq-server postgresql-15; run "apt-get install rabbitmq-server postgresql-15" as root, or this command as root',
    );
  });

  it("is refused in one line where there is no apt-get", () => {
    expect(whyNotInstallable(["postgresql-15"], 0, undefined)).toBe(
      "not installed: postgresql-15; without apt-get they have to be installed by hand",
    );
  });

  it("is tried by root", () => {
    expect(whyNotInstallable(["postgresql-15"], 0, "/usr/bin/apt-get")).toBeUndefined();
  });
});
