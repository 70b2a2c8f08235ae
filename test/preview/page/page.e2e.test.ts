import AxeBuilder from "@axe-core/playwright";
import { compile, type Resource, type Topology } from "eventloom";
import { orders } from "../../../examples/orders/domain";
import type { Lock } from "../../../lib/lock/types";
import { diffLocks } from "../../../lib/preview/diff/diff-locks";
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

  test("is filtered by risk", async () => {
    const { page } = await browser.open(diffInput());
    await page.selectOption("#risk", "safe");
    const chips = await page.locator(".row:visible .chip").allTextContents();
    expect(new Set(chips)).toEqual(new Set(["safe"]));
  }, 60_000);
});

describe("whoever reads it", () => {
  test.each(["light", "dark"] as const)(
    "finds nothing against accessibility in %s",
    async (colorScheme) => {
      for (const input of [plain, diffInput()]) {
        const { page } = await browser.open(input, { colorScheme });
        await page.locator(".row[data-key='topic/OrderPaid']").click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)).toEqual([]);
      }
    },
    120_000,
  );
});

test("names never become markup, scripts, dialogs or requests", async () => {
  const named = topology.resources.map((each) =>
    each.kind === "kafka-topic" ? { ...each, name: HOSTILE, path: HOSTILE, config: { [HOSTILE]: HOSTILE } } : each,
  );
  const flows = topology.flows.map((each) => ({ ...each, message: HOSTILE, to: `consumer/${HOSTILE}` }));
  const contracts = topology.contracts.map((each) => ({ ...each, name: HOSTILE, schema: { title: HOSTILE } }));
  const hostile: Topology = { ...topology, domain: HOSTILE, resources: named, flows, contracts };
  const { page, wrongs } = await browser.open({ title: HOSTILE, topologies: [hostile, topology] });
  await page.locator(".row[data-key='topic/OrderPaid']").click();
  await page.selectOption("#message", { index: 1 });
  expect(await page.locator("img, script:not([id])").count()).toBe(1);
  expect(await page.locator("#details").innerText()).not.toMatch(/[\u202e\u001b]/);
  expect(wrongs).toEqual([]);
}, 60_000);
