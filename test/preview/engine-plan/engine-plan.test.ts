import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "eventloom";
import { orders } from "../../../examples/orders/domain";
import { comparePlan, readPulumiPreview, readTerraformPlan, renderPlanJson, renderPlanMarkdown, renderPlanText } from "../../../lib/preview/engine-plan"; // prettier-ignore
import type { EnginePlan, PlanTarget, ReadPlan } from "../../../lib/preview/engine-plan";
import { kindOf, Owners } from "../../../lib/preview/engine-plan/identity";
import { childName } from "../../../lib/pulumi/placement";
import { locksSay, plan, pulumiTargets, terraformTargets } from "./plans";

function planOf(read: ReadPlan): EnginePlan {
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.plan;
}

function codesOf(read: ReadPlan): readonly string[] {
  return read.ok ? [] : read.issues.map(({ code }) => code);
}

const terraform = (name: string): EnginePlan => planOf(readTerraformPlan(plan(`terraform-${name}`), terraformTargets));
const pulumi = (name: string): EnginePlan => planOf(readPulumiPreview(plan(`pulumi-${name}`), pulumiTargets));
const actions = ({ changes }: EnginePlan): readonly string[] => changes.map(({ action, key }) => `${action} ${key}`);

const GROWTH = [
  { key: "topic/SaleRefunded", action: "create" },
  { key: "topic/SaleMade", action: "update" },
  { key: "topic/SaleMade/archive/retry-1", action: "update" },
  { key: "projection/totals", action: "update" },
] as const;

describe("a plan of Terraform", () => {
  test("is told by the domain's own keys and declaration, with values and statements, and what is drift", () => {
    const { changes } = terraform("grown");
    expect(actions(terraform("grown"))).toEqual([
      "update projection/totals",
      "update topic/SaleMade/archive/retry-1",
      "update topic/SaleMade",
      "create topic/SaleRefunded",
      "update policy/consumer/printer",
    ]);
    expect(changes.find(({ key }) => key === "topic/SaleMade")).toMatchObject({
      kind: "kafka-topic",
      name: "shop.sale-made",
      domain: "shop",
      path: "aggregates.Sale.events.SaleMade",
      attributes: [{ attribute: 'config["retention.ms"]', from: "1209600000", to: "2592000000" }],
      drift: false,
    });
    expect(changes.find(({ key }) => key === "projection/totals")?.ddl).toContain(
      `ALTER TABLE "shop"."totals" ADD COLUMN "currency" text NOT NULL DEFAULT 'EUR'`,
    );
    expect(changes.filter(({ drift }) => drift).map(({ key, attributes }) => [key, attributes])).toEqual([
      ["policy/consumer/printer", [{ attribute: "policy[0].definition.delivery-limit", from: "3", to: "20" }]],
    ]);
  });

  test("that only writes otherwise what is there has no changes and no drift", () => {
    expect(terraform("nothing").changes).toEqual([]);
  });

  test("says what is replaced, forgotten and refused", () => {
    expect(actions(terraform("replace"))).toContain("replace binding/consumer/printer/return");
    expect(actions(terraform("forget"))).toContain("forget projection/totals");
    expect(terraform("refused-table").errors).toHaveLength(1);
    expect(actions(terraform("refused-replace"))).toEqual(["replace queue/consumer/printer/parking"]);
  });

  test("counts what is nobody's, and keeps nothing of it", () => {
    const { foreign, changes } = planOf(readTerraformPlan(plan("terraform-grown"), []));
    expect(changes).toEqual([]);
    expect(foreign).toEqual({ changed: 5, untouched: 4 });
  });

  test("finds every resource of the example by the engine's name alone", () => {
    const { resources } = compile(orders);
    const owners = new Owners([{ topology: { domain: "orders", resources } }]);
    const golden = readFileSync(join(__dirname, "..", "..", "terraform", "golden", "orders-addresses.txt"), "utf8");
    const found = golden
      .trim()
      .split("\n")
      .map((address) => address.split("."))
      .map(([type = "", label = ""]) => owners.find(kindOf("terraform", type) ?? "kafka-topic", null, label))
      .map((owned) => owned?.resource.key);
    expect(found.filter((key) => key === undefined)).toEqual([]);
    expect(new Set(found).size).toBe(resources.length);
    for (const { kind, key } of resources) {
      expect(owners.find(kind, null, childName("orders", key))?.resource.key).toBe(key);
    }
  });
});

describe("a preview of Pulumi", () => {
  test("is told by the domain's own keys, with values and statements", () => {
    expect(actions(pulumi("more"))).toEqual([
      "update projection/totals",
      "create topic/OrderPaid",
      "update topic/OrderPlaced",
    ]);
    const [table, , topic] = pulumi("more").changes;
    expect(topic?.attributes).toEqual([{ attribute: 'config["retention.ms"]', from: "604800000", to: "864000000" }]);
    expect(table?.ddl[0]).toBe('ALTER TABLE "shop"."totals" ADD COLUMN "note" text');
  });

  test("says what is refused, and by which of our codes", () => {
    expect(pulumi("less").errors).toEqual([{ key: "projection/totals", codes: ["PG401"] }]);
    expect(pulumi("gone").errors).toContainEqual({ key: "topic/OrderPaid", codes: [] });
    expect(actions(pulumi("gone"))).toEqual(["forget topic/OrderPaid"]);
  });
});

describe("a plan beside the locks", () => {
  const found = (name: string, changes: Parameters<typeof locksSay>[1]): readonly string[] =>
    comparePlan(terraform(name), [locksSay("shop", changes)]).findings.map(({ code, severity, key }) =>
      [severity, code, key].join(" "),
    );

  test("agrees where both say the same, and tells what was changed by hand", () => {
    const comparison = comparePlan(terraform("grown"), [locksSay("shop", GROWTH)]);
    expect(comparison.agreed).toBe(4);
    expect(comparison.findings.map(({ code, key }) => [code, key])).toEqual([["PL911", "policy/consumer/printer"]]);
  });

  test.each([
    ["stop PL910 binding/consumer/printer/return", "replace", []],
    ["stop PL910 binding/consumer/printer/return", "replace", [{ key: "binding/consumer/printer/return", action: "update" }]], // prettier-ignore
    ["look PL912 topic/SaleMade", "grown", []],
    ["note PL913 topic/SaleMade", "nothing", [{ key: "topic/SaleMade", action: "update" }]],
    ["look PL916 topic/SaleMade", "grown", [{ key: "topic/SaleMade", action: "create" }]],
    ["stop PL917 topic/SaleMade", "grown", [{ key: "topic/SaleMade", action: "update", class: "refused" }]],
    ["note PL916 projection/totals", "grown", [{ key: "projection/totals", action: "update", class: "refused", kind: "postgres-table" }]], // prettier-ignore
    ["look PL916 projection/totals", "forget", [{ key: "projection/totals", action: "update" }]],
  ] as const)("says loudly: %s", (expected, name, changes) => {
    expect(found(name, changes)).toContain(expected);
  });

  test("takes a refusal of the engine as what the locks refuse, and says that the plan is incomplete", () => {
    const refused = [{ key: "projection/totals", action: "update", class: "refused" }] as const;
    expect(found("refused-table", refused)).toEqual(["stop PL915 ", "look PL911 policy/consumer/printer"]);
  });

  test("forgets what was retired long ago without a word, and anything else with one", () => {
    const gone = ({ key }: { readonly key: string }): boolean => key === "projection/totals";
    const approved = terraformTargets.map(({ topology }) => ({
      topology: { ...topology, resources: topology.resources.filter((each) => !gone(each)) },
      retired: topology.resources.filter(gone).map((resource) => ({ resource })),
    }));
    const late = planOf(readTerraformPlan(plan("terraform-forget"), approved));
    const keys = (each: EnginePlan): readonly (string | null)[] =>
      comparePlan(each, [locksSay("shop", [])]).findings.map(({ code, key }) => `${code} ${key}`);
    expect(actions(late)).toContain("forget projection/totals");
    expect(keys(late)).not.toContain("PL912 projection/totals");
    expect(keys(terraform("forget"))).toContain("PL912 projection/totals");
  });

  test("of Pulumi does nothing at first about what it is to forget: it releases it, which is no step", () => {
    const forgotten = [{ key: "projection/totals", action: "forget" }] as const;
    const codes = (each: EnginePlan): readonly string[] =>
      comparePlan(each, [locksSay("shop", forgotten)]).findings.filter(({ key }) => key === "projection/totals").map(({ code }) => code); // prettier-ignore
    expect(codes(pulumi("gone"))).toEqual([]);
    expect(codes(terraform("nothing"))).toEqual(["PL913"]);
  });

  test("of another stack gets one line", () => {
    const { findings } = comparePlan(terraform("nothing"), [locksSay("payments", GROWTH)]);
    expect(findings.map(({ code, domain }) => [code, domain])).toEqual([["PL914", "payments"]]);
  });
});

describe("a file that is no plan", () => {
  const whole = plan("terraform-grown");
  const newer = JSON.stringify({ ...(JSON.parse(whole) as object), format_version: "2.0" });
  test.each([
    ["PL901", "cut off", whole.slice(0, 5_000)],
    ["PL901", "empty", ""],
    ["PL901", "log lines", '{"@level":"info"}\n{"@level":"info"}\n'],
    ["PL902", "the saved plan itself", "PK\u0003\u0004\u0014\u0000"],
    ["PL903", "a list", "[]"],
    ["PL903", "null", "null"],
    ["PL903", "a Pulumi preview", plan("pulumi-more")],
    ["PL903", "a state file", '{"version":4,"terraform_version":"1.11.4","lineage":"x"}'],
    ["PL903", "a shown state", '{"format_version":"1.0","values":{}}'],
    ["PL904", "of a newer format", newer],
    ["PL905", "a list that is none", '{"format_version":"1.2","resource_changes":{}}'],
    ["PL905", "an entry without actions", '{"format_version":"1.2","resource_changes":[{"address":"a.b","type":"a"}]}'],
  ])("%s: %s", (code, _, json) => {
    const read = readTerraformPlan(json, terraformTargets);
    expect(codesOf(read)).toEqual([code]);
    expect(read.ok ? "" : (read.issues[0]?.fix ?? "")).not.toBe("");
  });

  test.each([
    ["PL901", "cut off", plan("pulumi-more").slice(0, 900)],
    ["PL903", "a Terraform plan", whole],
    ["PL903", "nothing", "{}"],
    ["PL905", "a step without urn", '{"steps":[{"op":"create"}]}'],
  ])("%s for Pulumi: %s", (code, _, json) => {
    expect(codesOf(readPulumiPreview(json, pulumiTargets))).toEqual([code]);
  });
});

interface RawPlan {
  resource_changes: { address: string; type: string; change: Record<string, unknown> }[];
}

/** Every way in which a plan leaves the library. */
function everything(read: EnginePlan): string {
  const comparison = comparePlan(read, [locksSay("shop", [])]);
  return [
    JSON.stringify(read),
    JSON.stringify(comparison),
    renderPlanText(comparison),
    renderPlanMarkdown(comparison),
    JSON.stringify(renderPlanJson(comparison)),
  ].join("\n");
}

describe("secrets and hostile names", () => {
  const PLANTED = "planted-5f1c";

  test("of a Terraform plan are nowhere in what is made of it", () => {
    const raw = JSON.parse(plan("terraform-grown")) as RawPlan & Record<string, unknown>;
    for (const { type, change } of raw.resource_changes) {
      if (type !== "rabbitmq_policy" && type !== "kafka_topic") continue;
      const inside = { secret: PLANTED, list: [PLANTED], deep: { er: `${PLANTED}-2` } };
      change["before"] = { ...(change["before"] as object), extra: { ...inside, deep: 1 } };
      change["after"] = { ...(change["after"] as object), extra: inside, whole: PLANTED };
      change["before_sensitive"] = { extra: { secret: true, list: [true] } };
      change["after_sensitive"] = { extra: { secret: true, list: [true], deep: { er: true } }, whole: true };
    }
    const table = raw.resource_changes.find(({ type }) => type === "eventloom_postgres_table")?.change ?? {};
    table["after"] = { ...(table["after"] as object), ddl: [`COMMENT ${PLANTED}`, "ANALYZE"] };
    table["after_sensitive"] = { ddl: [true, false] };
    const topic = raw.resource_changes.find(({ address }) => address.includes("topic-SaleRefunded_"))?.change ?? {};
    topic["after"] = { ...(topic["after"] as object), name: PLANTED };
    raw["configuration"] = {
      provider_config: { rabbitmq: { expressions: { password: { constant_value: PLANTED } } } },
    };
    raw["variables"] = { password: { value: PLANTED } };
    raw.resource_changes.push({ address: `vault.${PLANTED}`, type: "vault_secret", change: { actions: ["create"], after: PLANTED } }); // prettier-ignore
    const read = planOf(readTerraformPlan(JSON.stringify(raw), terraformTargets));
    expect(everything(read)).toContain("(sensitive)");
    expect(everything(read)).not.toContain(PLANTED);
  });

  test("of a Pulumi preview are nowhere in what is made of it", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: PLANTED };
    const raw = JSON.parse(plan("pulumi-more")) as { steps: Record<string, Record<string, unknown>>[]; diagnostics: unknown[] }; // prettier-ignore
    for (const { newState } of raw.steps) if (newState?.["inputs"]) Object.assign(newState["inputs"], { secret, hidden: "[secret]" }); // prettier-ignore
    raw.diagnostics.push({ urn: raw.steps[0]?.["urn"], severity: "error", message: `no access with ${PLANTED}` });
    const read = planOf(readPulumiPreview(JSON.stringify(raw), pulumiTargets));
    expect(everything(read)).toContain("(sensitive)");
    expect(everything(read)).not.toContain(PLANTED);
  });

  test("what is only known after the deployment is called so", () => {
    const raw = JSON.parse(plan("terraform-grown")) as RawPlan;
    const topic = raw.resource_changes.find(({ address }) => address.includes("topic-SaleMade_"));
    Object.assign(topic?.change ?? {}, { after_unknown: { partitions: true } });
    const read = planOf(readTerraformPlan(JSON.stringify(raw), terraformTargets));
    expect(read.changes.find(({ key }) => key === "topic/SaleMade")?.attributes).toContainEqual({
      attribute: "partitions",
      from: 1,
      to: "(known after apply)",
    });
  });

  test("values and addresses give no orders to a terminal, to Markdown or to HTML", () => {
    const hostile = "\u001b[2J<img src=x onerror=alert(1)>|`*[x](y)\u202e@everyone\n# x";
    const raw = JSON.parse(plan("terraform-grown")) as RawPlan;
    for (const each of raw.resource_changes) {
      if (each.type === "kafka_topic") each.change["after"] = { ...(each.change["after"] as object), note: hostile };
    }
    const read = planOf(readTerraformPlan(JSON.stringify(raw), terraformTargets));
    const comparison = comparePlan(read, []);
    expect(renderPlanText(comparison)).not.toMatch(/[\u001b\u202e]/);
    const markdown = renderPlanMarkdown(comparison);
    expect(markdown).toContain("&lt;img");
    expect(markdown).not.toMatch(/<img|[\u001b\u202e]|@everyone|\[x\]|^# x/m);
  });
});

describe("a large plan", () => {
  const entry = (index: number, names: string): object => ({
    address: `kafka_topic.large_topic-E${index}_0123ABCD`,
    mode: "managed",
    type: "kafka_topic",
    name: `large_topic-E${index}_0123ABCD`,
    change: {
      actions: ["update"],
      before: { name: `${names}.e${index}`, partitions: 1, config: { "retention.ms": "1", note: "x".repeat(1_000) } },
      after: { name: `${names}.e${index}`, partitions: 2, config: { "retention.ms": "2", note: "x".repeat(1_000) } },
    },
  });
  const [topic] = compile(orders).resources.filter(({ kind }) => kind === "kafka-topic");
  const time = (amount: number): { milliseconds: number; megabytes: number; changes: number } => {
    const changes = Array.from({ length: amount }, (_, index) => entry(index, "large"));
    const json = JSON.stringify({ format_version: "1.2", resource_changes: changes });
    const resources = Array.from({ length: amount }, (_, index) => ({ ...topic, key: `topic/E${index}`, name: `large.e${index}` })); // prettier-ignore
    const targets = [{ topology: { domain: "large", resources } }] as unknown as readonly PlanTarget[];
    // the processor's time: what else the machine does is not in it
    const start = process.cpuUsage();
    const read = planOf(readTerraformPlan(json, targets));
    comparePlan(read, [locksSay("large", resources.map(({ key }) => ({ key, action: "update" })))]); // prettier-ignore
    const { user, system } = process.cpuUsage(start);
    return { milliseconds: (user + system) / 1_000, megabytes: json.length / 1e6, changes: read.changes.length };
  };

  test("of 50 MB is read within seconds, and twice as much takes about twice as long", () => {
    time(1_000);
    const half = time(11_000);
    const whole = time(22_000);
    expect(whole).toMatchObject({ changes: 22_000 });
    expect(whole.megabytes).toBeGreaterThan(50);
    expect(whole.milliseconds).toBeLessThan(10_000);
    expect(whole.milliseconds / half.milliseconds).toBeLessThan(4);
  });
});
