import { writeFileSync } from "node:fs";
import { runCommandLine } from "../../lib/cli/program";
import { deploymentOf } from "../../lib/lock/deployment";
import { renderLock } from "../../lib/lock/render-lock";
import { reportGenerations } from "../../lib/preview/generation-phases";
import { renderText } from "../../lib/preview/render-text";
import { domainSource, type ModuleFolder, writeModules } from "../cli/modules";
import { lockAfter, SECOND, shop } from "./shop";

const FIRST = { inventory: {} };
const lock = lockAfter(FIRST, SECOND);
const reports = reportGenerations(lock.topology, lock);

describe("the preview of what is in its second generation", () => {
  test("names the old and the new one of each", () => {
    expect(reports.map(({ name, old, successor }) => `${name}: ${old} -> ${successor}`)).toEqual([
      "consumers.billing.v1: orders.billing -> orders.billing.v2",
      "events.OrderPaid.v1: orders.paid -> orders.paid.v2",
      "handlers.inventory.v1: orders.inventory.commands -> orders.inventory.commands.v2",
      "sagas.Fulfilment.v1: orders.fulfilment.replies -> orders.fulfilment.replies.v2",
    ]);
  });

  test.each(["beside", "drain", "done"] as const)("says for %s what the engine is then really told", (phase) => {
    for (const { name, phases } of reports) {
      const { resources, forgotten } = deploymentOf(lock.topology, lock, { generations: { [name]: phase } });
      const said = phases.find((each) => each.phase === phase);
      const told = new Set(resources.map(({ key }) => key));
      expect(said?.kept.filter((key) => !told.has(key))).toEqual([]);
      expect(said?.removed.filter((key) => told.has(key))).toEqual([]);
      expect([...(said?.forgotten ?? [])].sort()).toEqual(forgotten.map(({ key }) => key).sort());
    }
  });

  test("has a queue's own arguments, and no section of older generations where there is none", () => {
    const text = renderText(lock.topology, undefined, reports);
    expect(text).toMatch(/orders\.billing\.v2 .*single active consumer/);
    expect(text).toMatch(/orders\.inventory\.commands\.v2 .*5 replicas at first/);
    expect(text).toContain("Older generations: 4");
    expect(renderText(shop(FIRST))).not.toContain("Older generations");
  });
});

describe("eventloom preview with a lock beside the module", () => {
  let modules: ModuleFolder;
  beforeEach(() => (modules = writeModules({ "shop.ts": domainSource("orders") })));
  afterEach(() => modules.remove());
  const preview = async () => (await runCommandLine(["preview", "--json", modules.path("shop.ts")])).result;

  test("shows none without a lock", async () => {
    const { exitCode, json } = await preview();
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ domains: [{ olderGenerations: [] }] });
  });

  test.each([
    ["a damaged lock", "{", "LK601"],
    ["another domain's lock", renderLock({ ...lock, domain: "sales" }), "CL513"],
  ])("refuses %s", async (_, text, code) => {
    writeFileSync(modules.path("orders.lock.json"), text);
    const { exitCode, text: said } = await preview();
    expect(exitCode).toBe(1);
    expect(said).toContain(code);
  });
});
