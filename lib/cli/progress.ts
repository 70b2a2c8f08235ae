import { Worker } from "node:worker_threads";

/** Tells people on standard error what takes so long. */
export interface Progress {
  /** What is being done from now on. */
  step(what: string): void;
  stop(): void;
}

const PATIENCE_MS = 2_000;

/** A thread of its own: a module that computes keeps all timers of this one from firing. */
const TICKER = `
const { parentPort, workerData } = require("node:worker_threads");
let what = "starting";
parentPort.on("message", (said) => (what = said));
setInterval(() => require("node:fs").writeSync(2, "eventloom: still " + what + "\\n"), workerData);
`;

/** Says after two seconds, and then every two seconds, what is still being done. What says no step costs no thread. */
export function startProgress(): Progress {
  let ticker: Worker | undefined;
  return {
    step: (what) => {
      ticker ??= startTicker();
      ticker.postMessage(what);
    },
    stop: () => void ticker?.terminate(),
  };
}

function startTicker(): Worker {
  const ticker = new Worker(TICKER, { eval: true, workerData: PATIENCE_MS });
  ticker.unref();
  return ticker;
}
