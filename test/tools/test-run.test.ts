import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { countOf, countsOf, type JestReport, sum, summary } from "../../tools/test-counts";

const report = (counts: Partial<JestReport>): JestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...counts,
});

describe("the counts", () => {
  it("of all stages are added up in the last line", () => {
    const all = [
      countOf(true),
      countOf(false),
      countsOf(report({ numPassedTests: 5, numPendingTests: 1, numTodoTests: 1 }), true),
    ];
    expect(summary(sum(all))).toBe("6 passed, 1 failed, 2 skipped");
  });

  it("have a failure for each file that could not be run", () => {
    expect(countsOf(report({ numFailedTests: 1, numRuntimeErrorTestSuites: 2 }), false).failed).toBe(3);
  });

  it("have a failure when jest failed though no test did, or wrote no report", () => {
    expect(countsOf(report({ numPassedTests: 3 }), false)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(countsOf(undefined, true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("node_modules", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eventloom-bootstrap-test-"));
    mkdirSync(join(folder, "node_modules"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const bootstrap = pathToFileURL(resolve("tools/bootstrap.mjs")).href;
  const script = `import { isInstalled } from ${JSON.stringify(bootstrap)}; console.log(isInstalled(process.env.FOLDER));`;
  function isInstalled(wanted: object, installed?: object): boolean {
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...wanted } }));
    const hidden = join(folder, "node_modules", ".package-lock.json");
    if (installed !== undefined) writeFileSync(hidden, JSON.stringify({ packages: installed }));
    const args = ["--input-type=module", "-e", script];
    return execFileSync(process.execPath, args, { env: { ...process.env, FOLDER: folder } }).toString() === "true\n";
  }

  it("is to be installed when nothing is", () => expect(isInstalled({})).toBe(false));

  it("is to be installed when a package is missing or has another version", () => {
    const wanted = { "node_modules/pg": { version: "8.1.0" } };
    expect(isInstalled(wanted, {})).toBe(false);
    expect(isInstalled(wanted, { "node_modules/pg": { version: "8.0.0" } })).toBe(false);
  });

  it("is left alone when all is there, but for what is meant for other platforms", () => {
    const wanted = {
      "node_modules/pg": { version: "8.1.0" },
      "node_modules/win": { version: "1.0.0", optional: true },
    };
    expect(isInstalled(wanted, { "node_modules/pg": { version: "8.1.0" } })).toBe(true);
  });
});
