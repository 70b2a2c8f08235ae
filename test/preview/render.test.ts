import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, defineDomain, event, jsonSchema, type Topology } from "eventloom";
import { orders } from "../../examples/orders/domain";
import { renderJson, type TopologyReport } from "../../lib/preview/render-json";
import { createStatements, renderSql } from "../../lib/preview/render-sql";
import { renderText } from "../../lib/preview/render-text";
import { renderTree } from "../../lib/preview/tree";
import { count, counts, durationWords } from "../../lib/preview/words";
import { policyFinder } from "../../lib/topology/effective-policy";

const topology = compile(orders);
const payload = jsonSchema<{ id: string }>({ properties: { id: {} }, required: ["id"] });
const aggregates = { Cart: { id: "id", events: { CartOpened: event({ versions: { 1: payload } }) } } } as const;

describe("the text preview", () => {
  test("of the order system", () => {
    const golden = readFileSync(join(__dirname, "golden", "orders.txt"), "utf8");
    expect(renderText(topology)).toBe(golden);
  });

  test("names every resource of its own: topics, queues, exchanges, tables, functions, sequences and roles", () => {
    const words = new Set(renderText(topology).split(/[\s;,()]+/));
    const named = topology.resources.flatMap((each) => {
      if (each.kind === "rabbitmq-binding" || each.kind === "rabbitmq-policy" || each.kind === "postgres-grants") return []; // prettier-ignore
      return "name" in each ? [each.name] : [each.definition.name];
    });
    expect(named.filter((name) => !words.has(name))).toEqual([]);
  });

  test("names every message and everyone who sends or receives one", () => {
    const words = new Set(renderText(topology).split(/[\s;,()]+/));
    const named = topology.flows.flatMap((each) => [each.message, each.from, each.to]);
    expect(named.filter((name) => !words.has(name))).toEqual([]);
  });

  test("leaves out servers that get nothing", () => {
    const channels = compile(defineDomain("shop", { store: "none", brokers: ["kafka"], aggregates }));
    expect(renderText(channels)).toBe(
      "shop\n└─ Kafka: 1 topic\n   └─ shop.cart-opened  12 partitions × 3 replicas, kept 7 days\n",
    );
  });

  test("sets off headings and asides where there is a style", () => {
    const style = { heading: (text: string) => `<b>${text}</b>`, aside: (text: string) => `<i>${text}</i>` };
    const text = renderTree({ label: "a", children: [{ label: "b", detail: "c" }, { label: "long" }] }, style);
    expect(text).toBe("<b>a</b>\n<i>├─ </i>b     <i>c</i>\n<i>└─ </i>long\n");
  });

  test("lets no name command the terminal", () => {
    const hostile: Topology = {
      domain: "a\u001b[2J\r\n",
      format: 1,
      resources: [],
      flows: [],
      contracts: [],
      sagas: [],
      renamed: [],
      moved: [],
      retired: [],
      acceptances: [],
    };
    expect(renderText(hostile)).toBe("a\ufffd[2J\ufffd\ufffd\n");
  });
});

describe("the JSON preview", () => {
  test("has the topology and counts every resource and flow", () => {
    const report = JSON.parse(renderJson(topology)) as TopologyReport;
    expect(report.topology).toEqual(topology);
    const { flow, ...resources } = report.counts;
    expect(flow).toBe(topology.flows.length);
    expect(Object.values(resources).reduce((sum, each) => sum + each, 0)).toBe(topology.resources.length);
  });
});

describe("the SQL export", () => {
  test("has every Postgres object of the topology, each after what it needs", () => {
    const script = renderSql([topology]);
    const places = topology.resources
      .filter((each) => each.kind.startsWith("postgres-") && "definition" in each)
      .filter(({ kind }) => kind !== "postgres-grants")
      .map((each) => {
        const { name } = (each as { definition: { name: string } }).definition;
        const what = each.kind.replace("postgres-", "").toUpperCase();
        return script.search(new RegExp(`CREATE (OR REPLACE )?${what} .*"${name}"`));
      });
    expect(places).toHaveLength(57);
    expect(places.every((each) => each >= 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  test("makes a role only where the cluster has none of its name, and grants to it after all that is there", () => {
    const script = renderSql([topology]);
    expect(script).toContain(
      `SELECT 'CREATE ROLE "orders_relay" NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'orders_relay') \\gexec\n`,
    );
    expect(script.indexOf("GRANT ")).toBeGreaterThan(script.lastIndexOf("CREATE TABLE"));
    expect(script.indexOf("GRANT ")).toBeGreaterThan(script.lastIndexOf("CREATE OR REPLACE FUNCTION"));
  });

  test("marks who declares each object, so that the table provider adopts it", () => {
    const comments = createStatements(topology).filter((each) => each.sql.includes("\neventloom:orders'"));
    expect(comments).toHaveLength(57);
  });

  test("has nothing for a domain without a store", () => {
    expect(createStatements(compile(defineDomain("shop", { store: "none", aggregates })))).toEqual([]);
  });
});

describe("the policy in force", () => {
  test("of a queue is the matching one of the highest priority", () => {
    const queue = topology.resources.find((each) => each.kind === "rabbitmq-queue" && each.name === "orders.billing");
    if (queue?.kind !== "rabbitmq-queue") throw new Error("no queue");
    const found = policyFinder(topology)(queue);
    expect(found?.name).toBe("orders.billing");
    if (!found) return;
    const stronger = { ...found, key: "stronger", pattern: "^orders\\.", priority: found.priority + 1 };
    const weaker = { ...found, key: "weaker", pattern: "", priority: found.priority - 1 };
    const more: Topology = { ...topology, resources: [weaker, stronger, ...topology.resources] };
    expect(policyFinder(more)(queue)?.key).toBe("stronger");
    expect(policyFinder({ ...topology, resources: [] })(queue)).toBeUndefined();
  });
});

describe("words", () => {
  test.each([
    [0, "queue", "0 queues"],
    [1, "policy", "1 policy"],
    [2, "policy", "2 policies"],
    [3, "index", "3 indexes"],
    [2, "exchange", "2 exchanges"],
  ])("%d %s is %s", (amount, noun, words) => expect(count(amount, noun)).toBe(words));

  test("what there is none of is left out", () => {
    expect(counts([[1, "table"], [0, "check"], [2, "index"]])).toBe("1 table, 2 indexes"); // prettier-ignore
  });

  test.each([
    [0, "0 milliseconds"],
    [1, "1 millisecond"],
    [1_500, "1500 milliseconds"],
    [1_000, "1 second"],
    [90_000, "90 seconds"],
    [3_600_000, "1 hour"],
    [604_800_000, "7 days"],
  ])("%d ms is %s", (milliseconds, words) => expect(durationWords(milliseconds)).toBe(words));
});
