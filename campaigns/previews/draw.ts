import { unsafeUniformIntDistribution, xoroshiro128plus } from "pure-rand";
import type { ChangeKind, Pick } from "./change-kind";
import { onTheWay } from "./generation-changes";
import type { OrdersVariant } from "./orders-variant";

/** In how many rounds what is on its way from one generation to the next goes on, or is renamed. */
const GOES_ON_ONCE_IN = 2;

/** A change, and the declaration afterwards. */
export interface Drawn {
  readonly change: string;
  readonly head: OrdersVariant;
}

/** Changes at random: the same seed and kinds give the same ones. */
export class Draw {
  readonly #pick: Pick;
  readonly #kinds: readonly ChangeKind[];
  #left: ChangeKind[] = [];

  constructor(seed: number, kinds: readonly ChangeKind[]) {
    this.#kinds = kinds;
    const random = xoroshiro128plus(seed);
    this.#pick = (from, to) => unsafeUniformIntDistribution(from, to, random);
  }

  /** Every kind comes before any kind comes again, as far as it can be made; a walk that has begun soon goes on. */
  next(before: OrdersVariant): Drawn {
    const more = this.#pick(1, GOES_ON_ONCE_IN) === 1 ? this.#drawFrom([...onTheWay], before) : null;
    const drawn = more ?? this.#drawFrom(this.#left, before);
    if (drawn !== null) return drawn;
    this.#left = [...this.#kinds];
    return this.next(before);
  }

  /** Takes a kind out of those that are left; what cannot be made stays there for later. */
  #drawFrom(left: ChangeKind[], before: OrdersVariant): Drawn | null {
    const untried = left.map((_, index) => index);
    while (untried.length > 0) {
      const [index = 0] = untried.splice(this.#pick(0, untried.length - 1), 1);
      const kind = left[index];
      const head = kind?.change(before, this.#pick);
      if (kind === undefined || head === null || head === undefined) continue;
      left.splice(index, 1);
      return { change: kind.name, head };
    }
    return null;
  }
}
