/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The parts of jest's `--json` report that are counted. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not even be run: they hold no tests that could have failed. */
  readonly numRuntimeErrorTestSuites: number;
}

/** A check that is not made of tests counts as one. */
export function countOf(holds: boolean): Counts {
  return { passed: holds ? 1 : 0, failed: holds ? 0 : 1, skipped: 0 };
}

/**
 * What a run of jest counts for.
 *
 * @param report undefined when jest ended before it wrote one.
 * @param holds whether jest itself was content: it may not be though no test failed.
 */
export function countsOf(report: JestReport | undefined, holds: boolean): Counts {
  if (report === undefined) return countOf(false);
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !holds ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** All counts in one. */
export function sum(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The line that a run of all tests ends with. */
export function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
