/** What is being done, a line each time, for standard error. */
export interface Progress {
  /** Begins something new; says how long the last thing took. */
  step(what: string): void;
  /** How far it is: said now and then. */
  at(how: string): void;
  end(): void;
}

const QUIET_MS = 5_000;

export function showProgress(print: (line: string) => void): Progress {
  let what = "";
  let began = Date.now();
  let said = began;
  const seconds = (): string => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  const end = (): void => {
    if (what !== "") print(`${what}: done in ${seconds()}`);
    what = "";
  };
  return {
    step: (next) => {
      end();
      what = next;
      began = said = Date.now();
    },
    at: (how) => {
      if (Date.now() - said < QUIET_MS) return;
      print(`${what}: ${how} after ${seconds()}`);
      said = Date.now();
    },
    end,
  };
}
