import type { Part, Resource, Topology } from "./types";

/** The resources of some parts and all that they need, in order: what a construct that stands alone has to create. */
export function slice(topology: Topology, parts: readonly Part[]): readonly Resource[] {
  const wanted = new Set(topology.resources.filter((each) => parts.includes(each.part)).map((each) => each.key));
  // everything comes after what it needs, so one pass from the end reaches all of it
  for (const each of [...topology.resources].reverse()) {
    if (wanted.has(each.key)) each.dependsOn.forEach((key) => wanted.add(key));
  }
  return topology.resources.filter((each) => wanted.has(each.key));
}

/** The parts of a topology, in the order in which they first appear. */
export function partsOf(topology: Topology): readonly Part[] {
  return [...new Set(topology.resources.map((each) => each.part))];
}
