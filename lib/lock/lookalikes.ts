import type { Json } from "../contracts/json-schema";
import { sameSchema } from "../contracts/normalise";
import type { DeclaredKind } from "../domain/definition";
import { generatedBy } from "../topology/generation";
import type { Topology } from "../topology/types";
import { namedThings } from "./named-things";

/**
 * What something that is gone may be called now: the one new thing of its kind that is as it was. Null where there is none, or where
 * several are.
 */
export function lookalikeOf(kind: DeclaredKind, name: string, before: Topology, after: Topology): string | null {
  const alike = ALIKE[kind];
  if (alike === null) return null;
  const known = new Set(namedThings(before).map((each) => each.join("/")));
  const fresh = namedThings(after).filter((each) => each[0] === kind && !known.has(each.join("/")));
  const found = fresh.map(([, other]) => other).filter((other) => alike(before, name, after, other));
  return found.length === 1 ? (found[0] ?? null) : null;
}

type Alike = (before: Topology, name: string, after: Topology, other: string) => boolean;

const ALIKE: Readonly<Record<DeclaredKind, Alike | null>> = {
  event: sameContracts("event"),
  command: sameContracts("command"),
  consumer: (before, name, after, other) => {
    const same = (message: string): string => nameNow("event", message, before, after);
    return sameText(received(before, name, same), received(after, other));
  },
  projection: (before, name, after, other) => sameText(columnsOf(before, name), columnsOf(after, other)),
  saga: (before, name, after, other) => {
    const same = (kind: "event" | "command", message: string): string => nameNow(kind, message, before, after);
    return sameText(stepsOf(before, name, same), stepsOf(after, other));
  },
  // nothing declares one by itself
  handler: null,
};

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameContracts(kind: "event" | "command"): Alike {
  const versions = ({ contracts }: Topology, name: string): Topology["contracts"] =>
    contracts.filter((each) => each.kind === kind && each.name === name).sort((a, b) => a.version - b.version);
  return (before, name, after, other) => {
    const [old, now] = [versions(before, name), versions(after, other)];
    return (
      old.length === now.length && old.every(({ schema }, at) => sameSchema(schema as Json, now[at]?.schema as Json))
    );
  };
}

/** What a message is called now; one that is gone may have been renamed by the way, too. */
function nameNow(kind: "event" | "command", name: string, before: Topology, after: Topology): string {
  const there = after.contracts.some((each) => each.kind === kind && each.name === name);
  return there ? name : (lookalikeOf(kind, name, before, after) ?? name);
}

function received({ flows }: Topology, consumer: string, nameOf = (message: string): string => message): unknown {
  const own = flows.filter(({ to }) => to === `consumer/${consumer}`);
  return own.map(({ message, via }) => `${nameOf(message)} ${via}`).sort();
}

function columnsOf({ resources }: Topology, name: string): unknown {
  const table = resources.find(({ key }) => generatedBy(key)?.of === `projections.${name}`);
  return table?.kind === "postgres-table" ? table.definition.columns : null;
}

function stepsOf(
  { sagas }: Topology,
  name: string,
  nameOf = (_: "event" | "command", message: string): string => message,
): unknown {
  const saga = sagas.find((each) => each.name === name);
  if (saga === undefined) return null;
  const steps = saga.steps.map(({ command, compensate, ...rest }) => ({
    ...rest,
    command: nameOf("command", command),
    compensate: compensate === null ? null : nameOf("command", compensate),
  }));
  return [nameOf("event", saga.startedBy), steps];
}
