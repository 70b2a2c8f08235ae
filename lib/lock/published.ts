import { compareSchemas } from "../contracts/compare";
import type { Json } from "../contracts/json-schema";
import { sameSchema } from "../contracts/normalise";
import type { Issue } from "../domain/issues";
import type { Contract, Topology } from "../topology/types";
import { lockIssue } from "./issues";
import { contractId } from "./layout";
import type { Lock } from "./types";

/** Sorts by version within a name. */
export function versionId(contract: Contract): string {
  return `${contractId(contract)}/${String(contract.version).padStart(3, "0")}`;
}

/** Commands have no versions: their sender and their handler are deployed together. */
export function publishedIssues(topology: Topology, previous: Lock): readonly Issue[] {
  const now = new Map(topology.contracts.map((each) => [versionId(each), each]));
  const names = new Set(topology.contracts.map(contractId));
  return previous.published
    .filter((each) => each.kind === "event" && names.has(contractId(each)))
    .flatMap((before) => {
      const path = `events.${before.name}.versions.${before.version}`;
      const after = now.get(versionId(before));
      if (after === undefined) return [lockIssue("LK611", path)];
      if (sameSchema(before.schema as Json, after.schema as Json)) return [];
      const next = Math.max(...topology.contracts.filter((each) => each.name === before.name).map((each) => each.version)) + 1; // prettier-ignore
      const fix = `leave version ${before.version} as it was and declare version ${next}, with an upcast`;
      return [lockIssue("LK610", path, { detail: differences(before, after), fix })];
    });
}

/** As many places as fit in a line. */
const SHOWN = 5;

function differences(before: Contract, after: Contract): string {
  const found = compareSchemas(before.schema as Json, after.schema as Json);
  const shown = found
    .slice(0, SHOWN)
    .map(({ kind, pointer }) => `${JSON.stringify(pointer)} ${kind.replace("-", " ")}`);
  return [...shown, ...(found.length > SHOWN ? [`${found.length - SHOWN} more`] : [])].join(", ");
}
