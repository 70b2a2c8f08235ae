import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from "pure-rand";
import { v4 } from "uuid";
import type { Order } from "./order";

/** One in so many writers has not learnt the second version of OrderCreated yet. */
const OLD_WRITERS = 0.1;
const REFUSED = 0.1;
const POISON = 0.01;
const FIRST_DAY = Date.UTC(2026, 0, 1);
const DAYS = 30;
const DAY_MS = 86_400_000;
const PRODUCTS = 40;
const CUSTOMERS = 200;

export interface Seed {
  /** The same seed and count give the same orders. */
  readonly seed: number;
  readonly count: number;
}

export interface SeededItem {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceCents: number;
}

/** An order to place, and what is to become of it. */
export interface SeededOrder extends Pick<Order, "orderId" | "placedOn" | "currency"> {
  readonly customerId: string;
  readonly items: readonly SeededItem[];
  /** Written as the first version, which had no currency. */
  readonly old: boolean;
  readonly paymentRefused: boolean;
  /** Billing fails on its creation, each time. */
  readonly poison: boolean;
}

/** Orders made up from a seed: a tenth has its payment refused, a hundredth is poison for billing (at least one each). */
export function seededOrders({ seed, count }: Seed): readonly SeededOrder[] {
  const random = xoroshiro128plus(seed);
  const refused = chosen(random, count, REFUSED);
  const poison = chosen(random, count, POISON);
  const old = chosen(random, count, OLD_WRITERS);
  return Array.from({ length: count }, (_, index) => ({
    ...order(random, old.has(index)),
    paymentRefused: refused.has(index),
    poison: poison.has(index),
  }));
}

function integer(random: RandomGenerator, from: number, to: number): number {
  return unsafeUniformIntDistribution(from, to, random);
}

/** Exactly this share of the orders, so that what is implied can be said beforehand. */
function chosen(random: RandomGenerator, count: number, share: number): ReadonlySet<number> {
  const left = Array.from({ length: count }, (_, index) => index);
  const wanted = Math.min(count, Math.max(1, Math.round(count * share)));
  return new Set(Array.from({ length: wanted }, () => left.splice(integer(random, 0, left.length - 1), 1)[0] ?? 0));
}

function order(random: RandomGenerator, old: boolean): Omit<SeededOrder, "paymentRefused" | "poison"> {
  const bytes = Array.from({ length: 16 }, () => integer(random, 0, 255));
  return {
    orderId: v4({ random: Uint8Array.from(bytes) }),
    customerId: `customer-${integer(random, 1, CUSTOMERS)}`,
    placedOn: new Date(FIRST_DAY + integer(random, 0, DAYS - 1) * DAY_MS).toISOString().slice(0, 10),
    currency: integer(random, 0, 1) === 0 || old ? "EUR" : "USD",
    items: Array.from({ length: integer(random, 1, 4) }, () => ({
      sku: `sku-${integer(random, 1, PRODUCTS)}`,
      quantity: integer(random, 1, 5),
      unitPriceCents: integer(random, 99, 19_999),
    })),
    old,
  };
}
