import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommandLine } from "../../lib/cli/program";
import { orders } from "../../examples/orders/domain";
import { compile } from "eventloom";
import { budgetOf } from "../../lib/preview/budget";
import { root } from "../sources";
import { domainSource, type ModuleFolder, writeModules } from "./modules";

jest.setTimeout(60_000);

const CONSUMER = 'consumers: { billing: { on: ["CartOpened"], via: "rabbitmq" } }';
const ORDERS = join(root, "examples", "orders", "domain.ts");

let modules: ModuleFolder;

beforeAll(() => {
  modules = writeModules({
    "shop.ts": domainSource("shop", CONSUMER),
    "ark.ts": domainSource("ark"),
    "renamed.ts": domainSource("other").replace("{ 1: payload }", '{ 1: payload }, renamedFrom: "CartBegun"'),
  });
});

afterAll(() => modules.remove());

async function run(...words: string[]) {
  return (await runCommandLine(words)).result;
}

describe("the budget", () => {
  const budget = budgetOf(compile(orders));

  test("counts every resource for exactly one thing", () => {
    expect(budget.lines.reduce((sum, each) => sum + each.resources, 0)).toBe(budget.resources);
    expect(budget.resources).toBe(compile(orders).resources.length);
  });

  test("says what each event, consumer, handler, saga and projection costs, and the store", () => {
    const cost = Object.fromEntries(budget.lines.map(({ kind, name, resources }) => [`${kind} ${name}`, resources]));
    expect(cost).toMatchObject({
      "event OrderPaid": 1,
      "consumer analytics": 4,
      "consumer billing": 8,
      "handler payments": 8,
      "saga OrderFulfillment": 7,
      "projection orderSummary": 1,
      "store null": 60,
    });
  });

  test("is shown by --costs", async () => {
    const { text } = await run("preview", "--costs", modules.path("shop.ts"));
    expect(text).toMatch(/\nshop: \d+ resources\n/);
    expect(text).toMatch(/─ consumer billing +8: 2 policies, 2 queues, 4 bindings\n|─ consumer billing +\d+: /);
  });

  test("ends with 1 where a domain has more than --budget (CL520)", async () => {
    const file = modules.path("ark.ts");
    expect(await run("preview", "--budget", "61", file)).toMatchObject({ exitCode: 0 });
    const above = await run("preview", "--budget", "60", file);
    expect(above.exitCode).toBe(1);
    expect(above.text).toMatch(/^CL520 .*: more resources than the budget: "ark" costs 61, and may cost 60 /);
    expect(await run("preview", "--budget", "many", file)).toMatchObject({ exitCode: 2 });
  });
});

describe("where", () => {
  const line = readFileSync(ORDERS, "utf8").split("\n").findIndex((each) => /^\s+billing: /.test(each)) + 1; // prettier-ignore

  test.each([
    ["a key", "queue/consumer/billing"],
    ["a Terraform address", "module.x.rabbitmq_queue.orders_queue-consumer-billing_1A2B3C4D"],
    ["a urn", "urn:pulumi:dev::shop::eventloom:Domain$rabbitmq:index/queue:Queue::orders-queue/consumer/billing"],
  ])("knows %s", async (_, address) => {
    const { exitCode, json } = await run("where", address, ORDERS);
    expect({ exitCode, json }).toEqual({
      exitCode: 0,
      json: {
        exitCode: 0,
        findings: [],
        places: [
          {
            module: ORDERS,
            domain: "orders",
            key: "queue/consumer/billing",
            name: "orders.billing",
            path: "consumers.billing",
            line,
          },
        ],
      },
    });
  });

  test("knows what was renamed by what it was called before", async () => {
    const file = modules.path("renamed.ts");
    for (const address of ["topic/CartBegun", "kafka_topic.other_topic-CartBegun_1A2B3C4D", "topic/CartOpened"]) {
      expect(await run("where", address, file)).toMatchObject({
        exitCode: 0,
        json: { places: [{ key: "topic/CartOpened", name: "other.cart-begun", line: 3 }] },
      });
    }
  });

  test("knows a physical name, which several things may have", async () => {
    const { text } = await run("where", "orders.paid", ORDERS);
    expect(text).toMatch(/domain\.ts:\d+: aggregates\.Order\.events\.OrderPaid of domain "orders" becomes topic\/OrderPaid \(orders\.paid\)\n$/); // prettier-ignore
  });

  test.each(["nothing", "", "\u001b[31m", "(", "paid"])("knows no %j (CL521)", async (address) => {
    const { exitCode, text } = await run("where", address, ORDERS);
    expect(exitCode).toBe(1);
    expect(text).toMatch(/^CL521 /);
    expect(text.trimEnd()).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe("export graph", () => {
  test("draws one domain as SVG or Mermaid", async () => {
    expect((await run("export", "graph", ORDERS)).text).toMatch(/^<svg [^]*orders\.paid[^]*<\/svg>\n$/);
    const mermaid = await run("export", "graph", "--format", "mermaid", ORDERS);
    expect(mermaid.text).toMatch(/^(flowchart|graph) [^]*OrderPaid/);
  });

  test("writes to a file", async () => {
    const file = modules.path("orders.svg");
    expect(await run("export", "graph", "--out", file, ORDERS)).toMatchObject({ exitCode: 0, text: "" });
    expect(readFileSync(file, "utf8")).toMatch(/<\/svg>\n$/);
  });

  test("draws no two domains in one picture (CL522)", async () => {
    const { exitCode, text } = await run("export", "graph", modules.path("shop.ts"), modules.path("ark.ts"));
    expect(exitCode).toBe(1);
    expect(text).toMatch(/^CL522 .*: several domains in one picture: "shop", "ark" /);
  });
});
