import { setTimeout as delay } from "node:timers/promises";

/** A running service. */
export interface Service {
  /** Resolves when it was stopped; rejects when it cannot go on. Nothing is lost then: start it again. */
  readonly done: Promise<void>;
  /** Finishes what is in hand and closes its connections. */
  stop(): Promise<void>;
}

/** What is in hand and takes longer is given up: it is done again by whoever goes on. */
const FINISH_MS = 10_000;
/** A server that is gone answers nothing, no goodbye either. */
const CLOSE_MS = 5_000;

/** What a service has open and what runs in it: closed in reverse order, and as a whole as soon as one part fails. */
export class Lifetime implements Service {
  readonly done: Promise<void>;
  readonly #abort = new AbortController();
  readonly #closers: (() => unknown)[] = [];
  readonly #running: Promise<void>[] = [];
  #stopping: Promise<void> | null = null;
  #finish: (error?: Error) => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.#finish = (error) => (error ? reject(error) : resolve());
    });
    // whoever starts a service may look at `done` later, or not at all
    this.done.catch(() => undefined);
  }

  /** Opens what a service consists of; a failure on the way closes what is open already. */
  static async open(assemble: (life: Lifetime) => Promise<void>): Promise<Service> {
    const life = new Lifetime();
    try {
      await assemble(life);
    } catch (error) {
      await life.stop();
      throw error;
    }
    return life;
  }

  get stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  /** What to do when the service stops; the last one given runs first. */
  onStop(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** What keeps work in `run` waiting, and has to be ended before the service can finish what is in hand. */
  onStopping(end: () => void): void {
    this.#abort.signal.addEventListener("abort", end);
  }

  /** Something that the service cannot go on without has failed. */
  readonly fail = (error: unknown): void => {
    if (this.stopped) return;
    const cause = error instanceof Error ? error : new Error(String(error));
    void this.#close().then(() => this.#finish(cause));
  };

  /** Runs until the service stops; stopping waits for it. */
  run(work: () => Promise<void>): void {
    this.#running.push(work().catch(this.fail));
  }

  /** Does something again and again: at once while there is more to do, after a pause when there is not. */
  poll(pauseMs: number, work: () => Promise<boolean>): void {
    this.run(async () => {
      while (!this.stopped) {
        if (!(await work())) await this.sleep(pauseMs);
      }
    });
  }

  /** Ends early when the service stops. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#abort;
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });
  }

  async stop(): Promise<void> {
    await this.#close();
    this.#finish();
  }

  #close(): Promise<void> {
    this.#abort.abort();
    this.#stopping ??= (async () => {
      // first let go of new work and finish what is in hand, then close what the work needs
      await Promise.race([Promise.all(this.#running), delay(FINISH_MS, undefined, { ref: false })]);
      for (const close of this.#closers.reverse())
        await Promise.race([attempt(close), delay(CLOSE_MS, undefined, { ref: false })]);
    })();
    return this.#stopping;
  }
}

/** What is closed is given up; that it was broken already is known by then. */
async function attempt(close: () => unknown): Promise<void> {
  try {
    await close();
  } catch {
    // nothing is left to close
  }
}
