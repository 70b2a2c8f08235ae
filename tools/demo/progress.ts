/** What is being done, on standard error: one line that changes on a terminal, else a new line now and then. */
export interface Progress {
  /** Begins something new; says how long the last thing took. */
  step(what: string): void;
  /** How far it is. */
  at(how: string): void;
  end(): void;
}

const QUIET_MS = 10_000;

export function showProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  let what = "";
  let began = Date.now();
  let said = 0;
  const write = (text: string): void => {
    if (out.isTTY) out.write(`\r\u001b[K${text}`);
    else out.write(`${text}\n`);
    said = Date.now();
  };
  const finish = (): void => {
    if (what === "") return;
    write(`${what}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    if (out.isTTY) out.write("\n");
  };
  return {
    step: (next) => {
      finish();
      [what, began] = [next, Date.now()];
      if (out.isTTY) write(what);
    },
    at: (how) => {
      if (out.isTTY || Date.now() - Math.max(said, began) > QUIET_MS) write(`${what}: ${how}`);
    },
    end: () => {
      finish();
      what = "";
    },
  };
}
