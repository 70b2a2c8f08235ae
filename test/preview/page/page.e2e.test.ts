import AxeBuilder from "@axe-core/playwright";
import { compile, type Resource, type Topology } from "eventloom";
import type { Page } from "playwright-core";
import { orders } from "../../../examples/orders/domain";
import type { Lock } from "../../../lib/lock/types";
import { diffLocks } from "../../../lib/preview/diff/diff-locks";
import { largeDomain } from "../../../bench/synth/large-domain";
import { PageBrowser } from "./page-in-chromium";

const topology = compile(orders);
const HOSTILE = `</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>\u2028\u202e"'\`[x](javascript:alert(3))\u001b[31m`;

let browser: PageBrowser;
beforeAll(async () => {
  browser = await PageBrowser.start();
}, 300_000);
afterAll(async () => browser.stop());

function lockOf(approved: Topology): Lock {
  return { format: 1, domain: approved.domain, topology: approved, published: approved.contracts, retired: [] };
}

/** More partitions, one topic less, and one that is new. */
function changed(): Topology {
  const resources = topology.resources.flatMap((each): readonly Resource[] => {
    if (each.kind !== "kafka-topic") return [each];
    if (each.key === "topic/OrderShipped") return [];
    if (each.key === "topic/OrderPaid") return [{ ...each, partitions: 24 }];
    if (each.key === "topic/OrderCreated") return [each, { ...each, key: "topic/OrderClosed", name: "orders.closed" }];
    return [each];
  });
  return { ...topology, resources };
}

function diffInput() {
  const head = changed();
  return { title: "orders", topologies: [head], diffs: [diffLocks(lockOf(topology), lockOf(head))] };
}

const plain = { title: "orders", topologies: [topology] };

describe("the page of a topology", () => {
  test("lists every resource and draws who sends what to whom", async () => {
    const { page, wrongs } = await browser.open(plain);
    for (const { key } of topology.resources)
      expect(await page.locator(`.row[data-key=${JSON.stringify(key)}]`).count()).toBe(1);
    expect(await page.locator(".scene svg .node").count()).toBeGreaterThan(20);
    expect(wrongs).toEqual([]);
  }, 60_000);

  test("shows settings, the declaration's place and DDL of what is clicked", async () => {
    const { page, wrongs } = await browser.open(plain);
    await page.locator(".node[data-id='topic:OrderPaid']").click();
    expect(await page.locator("#details").innerText()).toMatch(/orders\.paid[^]*aggregates\.Order\.events\.OrderPaid/);
    await page.locator(".row[data-key='projection/dailySales']").click();
    expect(await page.locator("#details pre").first().innerText()).toContain("CREATE TABLE");
    expect(page.url()).toContain("#projection%2FdailySales");
    expect(wrongs).toEqual([]);
  }, 60_000);

  test("opens at what the link names", async () => {
    const { page } = await browser.open(plain, {}, "#queue%2Fconsumer%2Fbilling");
    expect(await page.locator("#details h2").innerText()).toBe("orders.billing");
  }, 60_000);

  test("sets off the way of a message along the flows", async () => {
    const { page } = await browser.open(plain);
    await page.selectOption("#message", "OrderPaid");
    const on = await page.locator(".node.on .label").allTextContents();
    expect(on).toEqual(expect.arrayContaining(["relay", "orders.paid", "analytics", "orders.billing", "dailySales"]));
    expect(on).not.toContain("notifications");
    expect(await page.locator("#said").innerText()).toContain("OrderPaid pass");
  }, 60_000);

  test("leads from a topic to its contracts, and from a contract to the way of its messages", async () => {
    const { page, wrongs } = await browser.open(plain);
    await page.locator(".row[data-key='topic/OrderCreated']").click();
    await page.locator("#details .links button", { hasText: "OrderCreated v2" }).click();
    const said = await page.locator("#details").innerText();
    expect(said).toMatch(/aggregates\.Order\.events\.OrderCreated\.versions\.2[^]*orders\.created[^]*"currency"/);
    expect(await page.locator(".node.on .label").allTextContents()).toContain("orders.created");
    await page.locator("#details .links button", { hasText: "orders.created" }).first().click();
    expect(await page.locator("#details h2").innerText()).toBe("orders.created");
    expect(wrongs).toEqual([]);
  }, 60_000);

  test("is filtered by words and by who takes part", async () => {
    const { page } = await browser.open(plain);
    await page.fill("#search", "billing parking");
    expect(await page.locator(".row:visible .name").allTextContents()).toContain("orders.billing.parking");
    expect(await page.locator("#found").innerText()).toMatch(/^3 of /);
    await page.fill("#search", "");
    await page.selectOption("#participant", "analytics");
    expect(await page.locator(".row:visible .name").allTextContents()).toContain("orders.paid.analytics.dlt");
    expect(await page.locator(".row[data-key='queue/consumer/billing']").isVisible()).toBe(false);
  }, 60_000);

  test("is used by keys alone", async () => {
    const { page } = await browser.open(plain);
    await page.keyboard.press("/");
    await page.keyboard.type("orders.paid");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.locator("#details h2").innerText()).toBe("orders.paid");
    await page.keyboard.press("Escape");
    expect(await page.locator("#details").isVisible()).toBe(false);
    expect(await page.locator(":focus").getAttribute("data-key")).toBe("topic/OrderPaid");
    await page.locator(".scene .node[tabindex='0']").focus();
    const first = await page.locator(":focus").getAttribute("data-id");
    for (const key of ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"]) await page.keyboard.press(key);
    await page.keyboard.press("ArrowUp");
    expect(await page.locator(":focus").getAttribute("data-id")).not.toBe(first);
    await page.keyboard.press("Enter");
    expect(await page.locator("#details").isVisible()).toBe(true);
  }, 60_000);

  test("prints light and without controls, and follows the system's dark colours", async () => {
    const { page } = await browser.open(plain, { colorScheme: "dark" });
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await ground()).toBe("rgb(15, 20, 27)");
    await page.emulateMedia({ media: "print" });
    expect(await ground()).toBe("rgb(255, 255, 255)");
    expect(await page.locator("#search").isVisible()).toBe(false);
  }, 60_000);
});

describe("the page of a diff", () => {
  test("says added, changed and removed in words, signs and colour, with the worst first", async () => {
    const { page, wrongs } = await browser.open(diffInput());
    expect(await page.locator("#counts").innerText()).toMatch(/changes: /);
    expect(await page.locator(".node[data-id='topic:OrderClosed'] .badge").textContent()).toBe("+");
    expect(await page.locator(".node[data-id='topic:OrderPaid'] .badge").textContent()).toBe("~");
    expect(await page.locator(".node[data-id='topic:OrderShipped'] .badge").textContent()).toBe("−");
    await page.locator(".row[data-key='topic/OrderPaid']").click();
    expect(await page.locator("#details").innerText()).toMatch(/partitions grow[^]*12 → 24/);
    const risks = await page.locator(".row .chip").allTextContents();
    const order = ["refused", "risky", "safe"];
    expect(risks).toEqual([...risks].sort((one, other) => order.indexOf(one) - order.indexOf(other)));
    expect(wrongs).toEqual([]);
  }, 60_000);

  test("shows what changes and what is beside it, and everything when asked", async () => {
    const { page } = await browser.open(diffInput());
    expect(await page.inputValue("#show")).toBe("changes");
    expect((await page.locator(".scene .node .label").allTextContents()).sort()).toEqual(
      ["analytics", "event store", "orders.closed", "orders.paid", "orders.shipped", "relay"], // prettier-ignore
    );
    await page.selectOption("#show", "all");
    expect(await page.locator(".scene .node").count()).toBeGreaterThan(20);
  }, 60_000);

  test("says at once what cannot be done, what to think of first, and in which order to deploy", async () => {
    const { page } = await browser.open(diffInput());
    const said = await page.locator("#details").innerText();
    expect(said).toMatch(
      /orders\.shipped: gone without being retired[^]*orders\.paid: partitions grow from 12 to 24[^]*deploy orders/,
    );
    await page.locator("#details .links button").first().click();
    expect(await page.locator("#details h2").innerText()).toBe("orders.shipped");
    await page.keyboard.press("Escape");
    expect(await page.locator("#details h2").innerText()).toBe("What changes");
  }, 60_000);

  test("is filtered by risk", async () => {
    const { page } = await browser.open(diffInput());
    await page.selectOption("#risk", "safe");
    const chips = await page.locator(".row:visible .chip").allTextContents();
    expect(new Set(chips)).toEqual(new Set(["safe"]));
  }, 60_000);
});

describe("a page of more than five thousand resources", () => {
  const large = compile(largeDomain(5));

  test("shows a picture that can be read, and no more of the list than is asked for", async () => {
    const { page, wrongs } = await browser.open({ title: "large", topologies: [large] });
    expect(await page.locator(".scene svg .node").count()).toBeLessThan(10);
    expect(await page.locator(".scene .node[data-id='group:topic'] .label").textContent()).toBe("500 topics");
    expect(await page.locator(".row").count()).toBe(0);
    await page.locator(".section[aria-label='Kafka topics'] .head-row").click();
    expect(await page.locator(".row:not(.more)").count()).toBe(200);
    await page.locator(".row.more").click();
    expect(await page.locator(".row:not(.more)").count()).toBe(400);
    expect(await page.locator(":focus").getAttribute("data-key")).not.toBeNull();
    expect(wrongs).toEqual([]);
  }, 60_000);

  test("finds one by its name, and draws what is around it", async () => {
    const { page, wrongs } = await browser.open({ title: "large", topologies: [large] });
    await page.fill("#search", "worker7 parking");
    await page.locator(".row[data-key='queue/consumer/worker7/parking']").click();
    const drawn = await page.locator(".scene .node .label").allTextContents();
    expect(drawn.sort()).toEqual(["large.events", "large.worker7", "worker7"]);
    expect(await page.locator(".node.chosen .label").textContent()).toBe("large.worker7");
    expect(await page.inputValue("#show")).toBe("chosen");
    await page.locator("button[data-close]").click();
    expect(await page.locator(".scene .node[data-id='group:topic']").count()).toBe(1);
    expect(wrongs).toEqual([]);
  }, 60_000);

  test("draws the way of one message alone", async () => {
    const { page, wrongs } = await browser.open({ title: "large", topologies: [large] });
    await page.selectOption("#message", "A3Happened4");
    const drawn = await page.locator(".scene .node .label").allTextContents();
    expect(drawn).toEqual(expect.arrayContaining(["relay", "large.a3-happened4", "large.events"]));
    expect(drawn.length).toBeLessThan(20);
    await page.selectOption("#show", "all");
    expect(await page.locator(".scene .node[data-id='group:topic']").count()).toBe(1);
    expect(wrongs).toEqual([]);
  }, 60_000);

  test("lists what a box stands for", async () => {
    const { page } = await browser.open({ title: "large", topologies: [large] });
    await page.locator(".node[data-id='group:handler'], .node[data-id='group:consumer']").first().click();
    expect(await page.locator("#details .links button").count()).toBe(100);
    expect(await page.locator("#details .links").innerText()).toMatch(/and \d+ more: search for them/);
    await page.locator("#details .links button").first().click();
    expect(await page.locator("#details h2").innerText()).toBe("reader0");
  }, 60_000);
});

/** Brings a page into each state that a reader can bring it into. */
const STATES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  "as it opens": () => Promise.resolve(),
  "with a resource chosen": (page) => page.locator(".row[data-key='topic/OrderPaid']").click(),
  "with a box of several chosen": (page) => page.locator(".node[data-id='relay:']").click(),
  "with the way of a message": (page) => page.selectOption("#message", "OrderPaid"),
  "with a schema chosen": async (page) => {
    await page.fill("#search", "OrderCreated v2");
    await page.locator(".row[data-key='contract/event/OrderCreated/2']").click();
  },
  "filtered by consumer": (page) => page.selectOption("#participant", "analytics"),
  "with nothing found": (page) => page.fill("#search", "nothing is called like that"),
  "zoomed in": (page) => page.locator("#zoom-in").click(),
  "by keys in the picture": (page) => page.locator(".scene .node[tabindex='0']").focus(),
  "in the other theme": (page) => page.selectOption("#theme", "dark"),
  "on paper": (page) => page.emulateMedia({ media: "print" }),
  "in a narrow window": (page) => page.setViewportSize({ width: 400, height: 800 }),
};

const OF_A_DIFF: typeof STATES = {
  "as it opens": () => Promise.resolve(),
  "with a resource chosen": (page) => page.locator(".row[data-key='topic/OrderPaid']").click(),
  "showing everything": (page) => page.selectOption("#show", "all"),
  "filtered by risk": (page) => page.selectOption("#risk", "refused"),
  "with what is gone chosen": (page) => page.locator(".row[data-key='topic/OrderShipped']").click(),
  "on paper": (page) => page.emulateMedia({ media: "print" }),
};

/** Colours alone differ in the dark. */
const IN_THE_DARK = ["as it opens", "with a resource chosen", "with the way of a message", "with a schema chosen", "filtered by risk"]; // prettier-ignore

/** What axe finds. There are no frames, which its other mode opens a page more for. */
async function against(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

const REACHED = (["light", "dark"] as const).flatMap((colours) =>
  [
    ...Object.keys(STATES).map((state) => ({ colours, of: "topology", state })),
    ...Object.keys(OF_A_DIFF).map((state) => ({ colours, of: "diff", state })),
  ].filter(({ state }) => colours === "light" || IN_THE_DARK.includes(state)),
);

describe("whoever reads it", () => {
  test.each(REACHED)(
    "finds nothing against accessibility: $of, $colours, $state",
    async ({ colours, of, state }) => {
      const [input, states] = of === "diff" ? [diffInput(), OF_A_DIFF] : [plain, STATES];
      const { page, wrongs } = await browser.open(input, { colorScheme: colours, reducedMotion: "reduce" });
      await states[state]!(page);
      expect([...(await against(page)), ...wrongs]).toEqual([]);
      await page.context().close();
    },
    120_000,
  );

  test("finds nothing against a page of five thousand resources either", async () => {
    const { page } = await browser.open({ title: "large", topologies: [compile(largeDomain(5))] });
    expect(await against(page)).toEqual([]);
    await page.fill("#search", "worker7");
    await page.locator(".row").first().click();
    expect(await against(page)).toEqual([]);
  }, 120_000);
});

test("names never become markup, scripts, dialogs or requests", async () => {
  const named = topology.resources.map((each) =>
    each.kind === "kafka-topic" ? { ...each, name: HOSTILE, path: HOSTILE, config: { [HOSTILE]: HOSTILE } } : each,
  );
  const flows = topology.flows.map((each) => ({ ...each, message: HOSTILE, to: `consumer/${HOSTILE}` }));
  const contracts = topology.contracts.map((each) => ({ ...each, name: HOSTILE, schema: { title: HOSTILE } }));
  const hostile: Topology = { ...topology, domain: HOSTILE, resources: named, flows, contracts };
  const gone = { ...hostile, resources: [], flows: [] };
  const diffs = [diffLocks(lockOf(gone), lockOf(hostile))];
  const { page, wrongs } = await browser.open({ title: HOSTILE, topologies: [hostile, topology], diffs });
  await page.locator(".row[data-key='topic/OrderPaid']").click();
  // each of these draws anew
  await page.selectOption("#show", "all");
  await page.selectOption("#message", { index: 1 });
  await page.selectOption("#participant", { index: 1 });
  await page.locator(".row[data-key='topic/OrderPaid']").click();
  expect(await page.locator("img, script:not([id]), #stage foreignObject").count()).toBe(1);
  expect(await page.locator("#stage .node").count()).toBeGreaterThan(1);
  expect(await page.locator("#details").innerText()).not.toMatch(/[\u202e\u001b]/);
  expect(wrongs).toEqual([]);
}, 60_000);
