/** One figure beside what it is held against. */
export interface Row {
  /** What was measured, with its unit. */
  readonly figure: string;
  readonly ours: number;
  /** What it is held against, and how much that took. */
  readonly beside: { readonly what: string; readonly value: number };
  /** Ours in parts of the other, the median over all rounds. */
  readonly ratio: number;
  /** The highest ratio that is good; null where the figure is only told. */
  readonly goal: number | null;
  readonly holds: boolean;
}

export interface Suite {
  readonly name: string;
  /** Measures everything; `progress` is told what is being done. */
  readonly run: (progress: (line: string) => void) => Promise<readonly Row[]>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** A row from figures that were taken in turn, round by round. */
export function compared(
  figure: string,
  ours: readonly number[],
  what: string,
  theirs: readonly number[],
  goal: number | null,
): Row {
  const ratio = median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
  const digits = (value: number): number => Number(value.toPrecision(3));
  const beside = { what, value: Math.round(median(theirs)) };
  return {
    figure,
    ours: Math.round(median(ours)),
    beside,
    ratio: digits(ratio),
    goal: goal === null ? null : digits(goal),
    holds: goal === null || ratio <= goal,
  };
}
