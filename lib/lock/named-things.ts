import type { DeclaredKind } from "../domain/definition";
import { declaredName } from "../topology/generation";
import type { Topology } from "../topology/types";

/** Where a thing that a topology has would be retired in the declaration. */
export function retiredPath(kind: DeclaredKind, name: string): string {
  return `retired.${kind}s.${name}`;
}

/** Everything with a name of its own that a topology was made of, read from its data alone. */
export function namedThings({
  contracts,
  flows,
  resources,
  sagas,
}: Topology): readonly (readonly [DeclaredKind, string])[] {
  const found = new Map<string, readonly [DeclaredKind, string]>();
  const add = (kind: DeclaredKind, name: string): void => void found.set(`${kind}/${name}`, [kind, name]);
  for (const { kind, name } of contracts) add(kind, name);
  for (const { name } of sagas) add("saga", name);
  for (const { to } of flows) {
    const [kind, name] = to.split("/") as [string, string?];
    if ((kind === "consumer" || kind === "projection" || kind === "handler") && name !== undefined) add(kind, name);
  }
  for (const { key } of resources) {
    const handler = /^queue\/handler\/([^/]+)$/.exec(key)?.[1];
    if (handler !== undefined) add("handler", declaredName(handler));
  }
  return [...found.values()];
}
