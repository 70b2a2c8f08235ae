import { realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { TopologyDiff } from "../preview/diff/types";
import type { Place, SourcedDiff } from "../preview/report/places";
import type { CompiledDomain } from "./compile-domains";
import { declaredLine, readLines } from "./declared-lines";
import type { Pair } from "./diff-sides";

/** What differs, with the files that it was read from and, of modules that are loaded, the lines that declare it. */
export function sourcedDiffs(
  diffs: readonly TopologyDiff[],
  pairs: readonly Pair[],
  declared: readonly CompiledDomain[],
  top: string | null,
): readonly SourcedDiff[] {
  const modules = new Map(declared.map(({ module, topology }) => [topology.domain, module]));
  const files = new Map(pairs.map(({ domain, files: each }) => [domain, each]));
  return diffs.map((diff) => {
    const module = modules.get(diff.domain);
    const places = module === undefined ? new Map<string, Place>() : declaredPlaces(diff, module, top);
    return { diff, ...(files.get(diff.domain) ?? { base: null, head: null }), declared: places };
  });
}

function declaredPlaces(diff: TopologyDiff, module: string, top: string | null): ReadonlyMap<string, Place> {
  const lines = readLines(module);
  const file = top === null ? module : relative(realpathSync(top), resolve(realpathSync(process.cwd()), module));
  return new Map(
    diff.changes.flatMap(({ path }) => {
      const line = declaredLine(lines, path);
      return line === null ? [] : [[path, { file: file.split(sep).join("/"), line }] as const];
    }),
  );
}
