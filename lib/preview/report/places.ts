import { escapeStep, lineAt, lockLines, type LockLines } from "../../lock/lock-lines";
import type { Change, Finding, TopologyDiff } from "../diff/types";

/** A line of a file in the repository. */
export interface Place {
  /** From the repository's top, with `/`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** A lock file as it was read. */
export interface LockText {
  /** From the repository's top, with `/`; as it was named where it is in none. */
  readonly path: string;
  readonly text: string;
}

/** What differs in one domain, with the files that it was read from. */
export interface SourcedDiff {
  readonly diff: TopologyDiff;
  readonly base: LockText | null;
  readonly head: LockText | null;
  /** By a path of the declaration: where it stands in the module. Empty where no module was loaded. */
  readonly declared: ReadonlyMap<string, Place>;
}

/** Finds the places of what differs. */
export interface Places {
  /** Of a change, or of what one finding is about. */
  inLock(change: Change, finding?: Finding): Place;
  inModule(change: Change): Place | null;
  /** Where the domain begins. */
  readonly top: Place;
}

/** A place to look at: what must be there, and the way from there to what is meant. */
interface Candidate {
  readonly root: string;
  readonly below?: readonly string[];
}

/**
 * Where the changes of a domain stand: in the head's lock, where a reviewer can look, and only where it has none in the base's.
 * What is found nowhere, as in a lock of another layout, has the file's first line.
 */
export function placesOf({ base, head, declared }: SourcedDiff): Places {
  const file = head ?? base ?? { path: "", text: "" };
  let lines: LockLines | undefined;
  return {
    top: { file: file.path, line: 1 },
    inLock: (change, finding) => {
      lines ??= lockLines(file.text);
      for (const { root, below } of candidates(change, finding)) {
        const line = lineAt(lines, root, below);
        if (line !== null) return { file: file.path, line };
      }
      return { file: file.path, line: 1 };
    },
    inModule: ({ path }) => declared.get(path) ?? null,
  };
}

function candidates(change: Change, finding: Finding | undefined): readonly Candidate[] {
  switch (change.kind) {
    case "contract":
      return ofContract(change, finding);
    case "saga":
      return ofSaga(change.key, finding);
    default:
      return ofResource(change, finding);
  }
}

function ofResource({ key, to }: Change, finding: Finding | undefined): readonly Candidate[] {
  const resource = `/resources/${escapeStep(key)}`;
  const steps = finding?.attribute?.split(".") ?? [];
  const inner = steps[0] === "definition" ? steps.slice(1) : steps;
  const named = (finding?.to ?? finding?.from) as { readonly name?: unknown } | null | undefined;
  const entry = typeof named === "object" && typeof named?.name === "string" ? [named.name] : [];
  const exact = steps.length === 0 ? [] : [{ root: `${resource}/definition/${escapeStep(inner[0] ?? "")}`, below: [...inner.slice(1), ...entry] }]; // prettier-ignore
  if (to !== null) return [...exact, { root: resource, below: steps }];
  return [{ root: `/retiredResources/${escapeStep(key)}` }, { root: resource }, { root: "/resources" }];
}

/** `contract/event/OrderPaid/2`. */
function ofContract({ key, action }: Change, finding: Finding | undefined): readonly Candidate[] {
  const [, kind = "", name = "", version = ""] = key.split("/");
  const published = `/published/${escapeStep(`${kind}/${name}`)}`;
  const retired = { root: `/retired/${escapeStep(`${kind}/${name}`)}` };
  if (action === "forget") return [retired, { root: published }];
  const inPayload = (finding?.pointer ?? "").split("/").filter((each) => each !== "");
  // `*` stands for the entries of a list
  const inSchema = inPayload.flatMap((each) => (each === "*" ? ["items"] : ["properties", unescapeStep(each)]));
  return [{ root: `${published}/${version}`, below: ["schema", ...inSchema] }, { root: published }, retired];
}

function ofSaga(key: string, finding: Finding | undefined): readonly Candidate[] {
  const name = key.slice("saga/".length);
  const attribute = finding?.attribute?.split(/[.[]/, 1) ?? [];
  return [{ root: `/sagas/${escapeStep(name)}`, below: attribute }, { root: `/retired/${escapeStep(`saga/${name}`)}` }];
}

function unescapeStep(step: string): string {
  return step.replace(/~1/g, "/").replace(/~0/g, "~");
}
