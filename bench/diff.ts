import { measureCommand } from "./diff/command";
import { measurePage } from "./diff/page";
import { measureTopologies } from "./diff/topologies";
import type { Suite } from "./suite";

/** Comparing, as a function and as a user's command; and the page that shows it. */
export const diff: Suite = {
  name: "diff",
  run: async (progress) => [...measureTopologies(progress), measureCommand(progress), await measurePage(progress)],
};
