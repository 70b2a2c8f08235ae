/** Takes one line of progress. */
export type OnProgress = (line: string) => void;

/** Prints progress to stderr, so that a command's own result on stdout stays clean. */
export const printProgress: OnProgress = (line) => void process.stderr.write(`${line}\n`);

/** Work that takes less than this is not worth a line, in milliseconds. */
const QUIET = 2_000;
/** How often work that goes on says so, in milliseconds. */
const REMINDER = 30_000;

/** Does a piece of work; when it takes over two seconds, says so, reminds now and then, and says how long it took. */
export async function withProgress<T>(label: string, onProgress: OnProgress, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const seconds = (): string => `${((Date.now() - start) / 1000).toFixed(0)} s`;
  let reminder: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    onProgress(`${label} ...`);
    reminder = setInterval(() => onProgress(`${label} ... ${seconds()}`), REMINDER);
  }, QUIET);
  try {
    const result = await work();
    if (reminder !== undefined) onProgress(`${label}: done in ${seconds()}`);
    return result;
  } finally {
    clearTimeout(first);
    clearInterval(reminder);
  }
}
