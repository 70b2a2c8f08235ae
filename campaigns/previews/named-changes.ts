import type { Named, OrdersVariant } from "./orders-variant";

export type Section = "events" | "consumers" | "sagas";

/** What leaves is always the oldest. */
export function retire(before: OrdersVariant, section: Section): OrdersVariant | null {
  const [name] = Object.keys(before[section]);
  if (name === undefined) return null;
  const without = <T>(things: Readonly<Record<string, T>>, of: string): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(things).filter(([each]) => each !== of));
  return {
    ...before,
    [section]: without<Named>(before[section], name),
    generations: without(before.generations, `${section}.${name}`),
    retired: { ...before.retired, [section]: [...before.retired[section], name] },
  };
}

/**
 * @param prefix what the new name begins with
 * @param name which one; the oldest unless said
 */
export function rename(
  before: OrdersVariant,
  section: Section,
  prefix: string,
  [name] = Object.keys(before[section]),
): OrdersVariant | null {
  if (name === undefined) return null;
  const names = before.names + 1;
  const to = `${prefix}${names}`;
  const things = Object.entries<Named>(before[section]).map(([each, thing]) =>
    each === name ? [to, { ...thing, before: [...thing.before, name] }] : [each, thing],
  );
  return {
    ...before,
    names,
    [section]: Object.fromEntries(things) as object,
    generations: underNewName(before.generations, `${section}.${name}`, `${section}.${to}`),
    phases: underNewName(before.phases, `${section}.${name}`, `${section}.${to}`),
  };
}

/** A profile names what is declared, and so does everybody who goes on with it: `consumers.billing.v1`. */
function underNewName<T>(all: Readonly<Record<string, T>>, from: string, to: string): Readonly<Record<string, T>> {
  const renamed = (each: string): string =>
    each === from || each.startsWith(`${from}.`) ? `${to}${each.slice(from.length)}` : each;
  return Object.fromEntries(Object.entries(all).map(([each, value]) => [renamed(each), value]));
}

/** Of what there is one only. */
export function renameOnly(before: OrdersVariant, what: "aggregate" | "projection", prefix: string): OrdersVariant {
  const names = before.names + 1;
  const { name, before: earlier } = before[what];
  return { ...before, names, [what]: { name: `${prefix}${names}`, before: [...earlier, name] } };
}
