import { spawnSync } from "node:child_process";
import { failure } from "./result";

/** A file as git knows it. */
export interface GitFile {
  /** From the work tree's top, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const LARGEST_OUTPUT = 1024 * 1024 * 1024;

/** Reads a git repository by the `git` command: never by a shell, never over a network. */
export class Git {
  private constructor(
    private readonly folder: string,
    /** The work tree's top folder. */
    readonly top: string,
  ) {}

  /**
   * @param folder a folder in the work tree
   * @throws CommandFailure CL510, CL511
   */
  static open(folder: string): Git {
    const found = runGit(folder, ["rev-parse", "--show-toplevel"]);
    if (found.status !== 0) throw failure("CL510", folder, lastLine(found.stderr));
    return new Git(folder, found.stdout.toString("utf8").replace(/\r?\n$/, ""));
  }

  /**
   * The commit that a ref names.
   *
   * @throws CommandFailure CL508, CL509, CL516
   */
  commitOf(ref: string): string {
    if (ref.startsWith("-") || ref.includes("\0") || ref === "") throw failure("CL516", ref === "" ? '""' : ref);
    const found = this.run(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
    const commit = found.stdout.toString("utf8").trim();
    if (found.status === 0 && /^[0-9a-f]{40,64}$/.test(commit) && this.has(commit)) return commit;
    throw failure(this.isShallow() ? "CL509" : "CL508", ref);
  }

  /**
   * Where the two histories part, as `git diff base...head` compares.
   *
   * @throws CommandFailure CL509, CL519
   */
  mergeBase(base: string, head: string, named: string): string {
    const found = this.run(["merge-base", base, head]);
    if (found.status === 0) return found.stdout.toString("utf8").trim();
    throw failure(this.isShallow() ? "CL509" : "CL519", named);
  }

  /** The lock files of a commit. */
  lockFilesOf(commit: string): readonly GitFile[] {
    const listed = this.run(["ls-tree", "-r", "-z", "--full-tree", commit]);
    if (listed.status !== 0) throw failure(this.isShallow() ? "CL509" : "CL508", commit, lastLine(listed.stderr));
    const files = listed.stdout
      .toString("utf8")
      .split("\0")
      .flatMap((line) => /^100\d{3} blob ([0-9a-f]+)\t([^]*\.lock\.json)$/.exec(line) ?? [])
      .flatMap((each, index, all) => (index % 3 === 1 ? [{ id: each, path: all[index + 1] ?? "" }] : []));
    return files.length === 0 ? [] : this.read(files);
  }

  /** Paths of the lock files in the work tree, those that git does not know yet too, those that it ignores not. */
  lockPaths(): readonly string[] {
    const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name", "--", "*.lock.json"];
    const listed = runGit(this.top, words);
    if (listed.status !== 0) throw failure("CL510", this.folder, lastLine(listed.stderr));
    return [...new Set(listed.stdout.toString("utf8").split("\0"))].filter((each) => each !== "").sort();
  }

  private has(commit: string): boolean {
    return this.run(["cat-file", "-e", commit]).status === 0;
  }

  private isShallow(): boolean {
    return this.run(["rev-parse", "--is-shallow-repository"]).stdout.toString("utf8").trim() === "true";
  }

  /** The contents of blobs, by one process for all. */
  private read(files: readonly { readonly id: string; readonly path: string }[]): readonly GitFile[] {
    const { stdout } = this.run(["cat-file", "--batch"], files.map(({ id }) => `${id}\n`).join(""));
    let at = 0;
    return files.map(({ path }) => {
      const end = stdout.indexOf("\n", at);
      const size = /^[0-9a-f]+ blob (\d+)$/.exec(stdout.toString("latin1", at, end))?.[1];
      if (size === undefined) throw failure("CL512", path, "git has no such object here (a partial clone?)");
      const start = end + 1;
      at = start + Number(size) + 1;
      return { path, bytes: stdout.subarray(start, at - 1) };
    });
  }

  private run(words: readonly string[], input?: string): GitOutput {
    return runGit(this.folder, words, input);
  }
}

interface GitOutput {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

function runGit(folder: string, words: readonly string[], input = ""): GitOutput {
  const env = {
    ...process.env,
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    LC_ALL: "C",
  };
  const { error, status, stdout, stderr } = spawnSync("git", [...words], {
    cwd: folder,
    input,
    env,
    maxBuffer: LARGEST_OUTPUT,
    windowsHide: true,
  });
  if (error) throw failure("CL511", "git", error.message);
  return { status, stdout, stderr };
}

function lastLine(output: Buffer): string {
  return (
    output
      .toString("utf8")
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^fatal: /, "") ?? ""
  );
}
