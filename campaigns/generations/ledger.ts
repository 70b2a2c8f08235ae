/** A message as it was published. */
export interface Published {
  readonly id: string;
  readonly key: string;
  /** 1, 2, 3 and so on within its key. */
  readonly seq: number;
  /** Whether its first delivery to each consumer fails: it is retried then, and has no order any more. */
  readonly fails: boolean;
}

/** What became of what was published, by one consumer. */
export interface Account {
  readonly handled: number;
  /** Deliveries that the inbox has known already. */
  readonly repeated: number;
  /** Published, but never handled. */
  readonly lost: number;
  /** Handled after a later one of the same key, those that were retried apart. */
  readonly disordered: number;
}

/** Writes down what is published and what is handled, and stands in for every consumer's inbox. */
export class Ledger {
  readonly #published = new Map<string, Published>();
  readonly #handled = new Map<string, Set<string>>();
  readonly #last = new Map<string, number>();
  readonly #repeated = new Map<string, number>();
  readonly #disordered = new Map<string, number>();
  readonly #failed = new Set<string>();

  get published(): number {
    return this.#published.size;
  }

  publish(message: Published): void {
    this.#published.set(message.id, message);
  }

  /**
   * Notes a delivery.
   *
   * @throws Error where the message is one that fails at first
   */
  take(consumer: string, id: string): void {
    const message = this.#published.get(id);
    if (message === undefined) throw new Error(`nobody has published ${id}`);
    const known = this.#handled.get(consumer) ?? new Set();
    this.#handled.set(consumer, known);
    if (known.has(id)) return count(this.#repeated, consumer);
    if (message.fails && !this.#failed.has(`${consumer} ${id}`)) {
      this.#failed.add(`${consumer} ${id}`);
      throw new Error(`${id} fails at first`);
    }
    known.add(id);
    if (message.fails) return;
    const place = `${consumer} ${message.key}`;
    const last = this.#last.get(place) ?? 0;
    if (message.seq < last) count(this.#disordered, consumer);
    this.#last.set(place, Math.max(last, message.seq));
  }

  handledBy(consumer: string): number {
    return this.#handled.get(consumer)?.size ?? 0;
  }

  account(consumer: string): Account {
    const handled = this.handledBy(consumer);
    const amount = (of: ReadonlyMap<string, number>): number => of.get(consumer) ?? 0;
    const lost = this.#published.size - handled;
    return { handled, repeated: amount(this.#repeated), lost, disordered: amount(this.#disordered) };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
