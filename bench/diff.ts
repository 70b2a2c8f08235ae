import { measureCommand } from "./diff/command";
import { measureTopologies } from "./diff/topologies";
import type { Suite } from "./suite";

/** Comparing: as a function, and as a user's command. */
export const diff: Suite = {
  name: "diff",
  run: (progress) => Promise.resolve([...measureTopologies(progress), measureCommand(progress)]),
};
