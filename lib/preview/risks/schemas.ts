import { compareSchemas, type SchemaDifference } from "../../contracts/compare";
import type { Json } from "../../contracts/json-schema";
import type { Contract } from "../../topology/types";
import { same } from "../same";
import type { RiskCode } from "./codes";
import type { Judged } from "./rule";

interface Meaning {
  readonly code: RiskCode;
  readonly class: Judged["class"];
  readonly breaksConsumers: boolean;
  readonly says: (pointer: string) => string;
  readonly happens: string;
}

/** What a difference means to somebody who knows the older version only. */
const meanings: Readonly<Record<SchemaDifference["kind"], Meaning>> = {
  "added-optional": {
    code: "SC702",
    class: "safe",
    breaksConsumers: false,
    says: (pointer) => `${pointer} is new and optional`,
    happens: "who does not know it reads past it",
  },
  "added-required": {
    code: "SC702",
    class: "safe",
    breaksConsumers: false,
    says: (pointer) => `${pointer} is new and always there`,
    happens: "who does not know it reads past it; older messages get it by the upcast",
  },
  removed: {
    code: "SC703",
    class: "risky",
    breaksConsumers: true,
    says: (pointer) => `${pointer} is gone`,
    happens: "who reads it finds nothing there",
  },
  changed: {
    code: "SC704",
    class: "risky",
    breaksConsumers: true,
    says: (pointer) => `${pointer} may hold something else`,
    happens: "who expects the old values may fail or misunderstand",
  },
  "became-required": {
    code: "SC705",
    class: "safe",
    breaksConsumers: false,
    says: (pointer) => `${pointer} is always there now`,
    happens: "older messages get it by the upcast",
  },
  "became-optional": {
    code: "SC706",
    class: "risky",
    breaksConsumers: true,
    says: (pointer) => `${pointer} may be missing now`,
    happens: "who relies on it may fail",
  },
};

const READERS_FIRST = "deploy everybody who takes it before the first one is written";

function judgedOf(difference: SchemaDifference): Judged {
  const { code, class: risk, breaksConsumers, says, happens } = meanings[difference.kind];
  return {
    code,
    attribute: "schema",
    pointer: difference.pointer,
    from: difference.from,
    to: difference.to,
    class: risk,
    facts: { breaksConsumers, needsOrder: breaksConsumers },
    title: says(difference.pointer),
    happens,
    ...(breaksConsumers ? { wayOut: READERS_FIRST } : {}),
  };
}

/** A version that is published now, beside the one before it. */
export function judgeNewVersion(before: Contract | null, { name, version, schema }: Contract): readonly Judged[] {
  const published: Judged = {
    code: "SC701",
    attribute: "version",
    from: before?.version ?? null,
    to: version,
    class: "safe",
    title: `version ${version} of ${name} is published`,
    happens: "it can never change from now on",
  };
  if (before === null) return [published];
  return [published, ...compareSchemas(before.schema as Json, schema as Json).map(judgedOf)];
}

/** The same version on both sides. An event's may not differ; a command has one version, which its sender and handler share. */
export function judgeSameVersion(before: Contract, after: Contract): readonly Judged[] {
  if (same(before.schema, after.schema)) return [];
  const differences = compareSchemas(before.schema as Json, after.schema as Json).map(judgedOf);
  if (before.kind === "event") {
    return differences.map((each) => ({
      ...each,
      code: "SC708",
      class: "refused",
      wayOut: `leave version ${after.version} as it was and declare version ${after.version + 1}, with an upcast`,
    }));
  }
  return differences.map((each) => ({
    ...each,
    code: "SC707",
    class: "risky",
    facts: { breaksConsumers: true, needsOrder: true },
    wayOut:
      "deploy a handler that understands both payloads, then what sends it; messages of the old payload may still wait",
  }));
}
