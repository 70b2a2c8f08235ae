import { addresses, type GenerationPhase, type PostgresGrants, type Topology } from "eventloom";
import { deploymentOf } from "../../lib/lock/deployment";
import { nextLock } from "../../lib/lock/next-lock";
import type { Profile } from "../../lib/lock/profile";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import { reportGenerations } from "../../lib/preview/generation-phases";
import { renderText } from "../../lib/preview/render-text";
import { lockAfter, locked, shop, shopDomain, type Shop } from "./shop";
import { issuesOf } from "../renamed/shop";

const WITH_TOTAL = { order_id: { type: "text" }, total: { type: "numeric" } };
const FIRST: Shop = { summary: {} };
const NEXT: Shop = { summary: { generation: 2, columns: WITH_TOTAL } };
const lock = lockAfter(FIRST, NEXT);

function saying(phase: GenerationPhase | null): Profile {
  return phase === null ? {} : { generations: { "projections.Summary.v1": phase } };
}

function readTables({ resources }: Pick<Topology, "resources">): readonly string[] {
  return resources.flatMap((each) =>
    each.kind === "postgres-table" && each.key.startsWith("projection/") ? [`${each.key} ${each.definition.name}`] : [],
  );
}

function grantsIn({ resources }: Pick<Topology, "resources">, role: string): PostgresGrants {
  const found = resources.find(({ key }) => key === `grants/${role}`);
  if (found?.kind !== "postgres-grants") throw new Error(`no grants of ${role}`);
  return found;
}

function granted(from: Pick<Topology, "resources">, role: string): readonly string[] {
  return grantsIn(from, role)
    .definition.tables.filter(({ name }) => name.startsWith("summary"))
    .map(({ name, privileges }) => `${name}: ${privileges.join(", ")}`);
}

describe("a generation of a read table in a declaration", () => {
  test.each([1, 2, 999])("may be %p", (generation) => {
    expect(issuesOf(() => shopDomain({ summary: { generation } }))).toEqual([]);
  });

  test.each([0, 1000, 1.5, -1, "2", null, NaN])("may not be %p (ED105, ED107)", (generation) => {
    expect(issuesOf(() => shopDomain({ summary: { generation } }))[0]).toMatch(
      /^ED10[57] projections\.Summary\.generation$/,
    );
  });

  test("has the keys and names of old where it is 1, given or defaulted", () => {
    expect(shop({ summary: { generation: 1 } })).toEqual(shop(FIRST));
    expect(readTables(shop(FIRST))).toEqual(["projection/Summary summary"]);
  });

  test("has a key and a table of its own, whose key and indexes are named after the table", () => {
    const indexes = [{ columns: ["total"] }];
    const table = { columns: WITH_TOTAL, indexes };
    const [found] = shop({ summary: { generation: 2, table } as object }).resources.filter(
      ({ key }) => key === "projection/Summary-v2",
    );
    expect(found).toMatchObject({
      path: "projections.Summary.table",
      definition: {
        name: "summary_v2",
        primaryKey: { name: "summary_v2_pkey" },
        indexes: [{ name: "summary_v2_total_idx" }],
      },
    });
    expect(granted(shop(NEXT), "reader")).toEqual(["summary_v2: select"]);
    expect(shop(NEXT).flows.find(({ to }) => to === "projection/Summary")?.through).toContain("projection/Summary-v2");
  });

  test("keeps the table's name within 63 bytes, apart from that of the first one", () => {
    const name = `S${"u".repeat(62)}`;
    const [first, next] = [1, 2].map((generation) => readTables(shop({ summary: { name, generation } }))[0]?.split(" ")[1]); // prettier-ignore
    expect(first).toBe(`s${"u".repeat(62)}`);
    expect(next).toMatch(/^su{53}_[0-9a-f]{8}$/);
  });

  test("may not give a table that another projection has (ED117)", () => {
    const both = { ...shopDomainInput("Summary", 2), ...shopDomainInput("SummaryV2", 1) };
    expect(issuesOf(() => shopDomain({ projections: both } as object))).toEqual(["ED117 projections.SummaryV2"]);
    const apart = { ...shopDomainInput("Summary", 3), ...shopDomainInput("SummaryV2", 1) };
    expect(issuesOf(() => shopDomain({ projections: apart } as object))).toEqual([]);
  });

  function shopDomainInput(name: string, generation: number): object {
    return { [name]: { from: ["OrderPaid"], generation, table: { columns: { order_id: { type: "text" } } } } };
  }
});

describe("the lock of a read table in its second generation", () => {
  test("has the new table alone, and keeps the old one with the reason", () => {
    expect(readTables(lock.topology)).toEqual(["projection/Summary-v2 summary_v2"]);
    expect(lock.retired.map(({ reason, resource }) => `${resource.key}: ${reason}`)).toEqual([
      "projection/Summary: generation 2 of projections.Summary takes over",
    ]);
    expect(locked(shop(NEXT), lock)).toEqual(lock);
  });

  test("is refused where the generation goes down (LK632), and is needed to deploy it (LK633)", () => {
    const next = nextLock(shop(FIRST), lock);
    expect(next.ok ? [] : next.issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "LK632 projections.Summary.generation",
    ]);
    expect(issuesOf(() => deploymentOf(shop(NEXT), null))).toEqual(["LK633 projections.Summary.generation"]);
  });

  test("lets a profile name the old generation and no other (LK630)", () => {
    for (const name of ["projections.Summary", "projections.Summary.v2", "projections.Sumary.v1"]) {
      const generations = { [name]: "drain" } as const;
      expect(issuesOf(() => deploymentOf(shop(NEXT), lock, { generations }))).toEqual([
        `LK630 profile.generations.${name}`,
      ]);
    }
  });

  test("keeps the name of a table that is on a server: nothing else can have it (LK622)", () => {
    const third = shop({ summary: { generation: 3 } });
    const after = locked(third, lock);
    const other = { SummaryV2: { from: ["OrderPaid"], table: { columns: { order_id: { type: "text" } } } } };
    const head = { summary: undefined, projections: { ...other, Summary: { from: ["OrderCreated", "OrderPaid"], generation: 3, table: { columns: { order_id: { type: "text" } } } } } } as object; // prettier-ignore
    const next = nextLock(shop(head), after);
    expect(next.ok ? [] : next.issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["LK622 projections.SummaryV2.table"]); // prettier-ignore
  });
});

describe("what an environment deploys of a read table in its second generation", () => {
  test.each([null, "beside", "drain"] as const)(
    "is both tables, and all roles have their rights on both, where its profile says %p",
    (phase) => {
      const deployment = deploymentOf(shop(NEXT), lock, saying(phase));
      expect(readTables(deployment)).toEqual(["projection/Summary-v2 summary_v2", "projection/Summary summary"]);
      expect(granted(deployment, "reader")).toEqual(["summary_v2: select", "summary: select"]);
      const all = "select, insert, update, delete";
      expect(granted(deployment, "projector")).toEqual([`summary_v2: ${all}`, `summary: ${all}`]);
      expect(granted(deployment, "writer")).toEqual([]);
      expect(granted(deployment, "public")).toEqual([]);
      expect(deployment.forgotten).toEqual([]);
      const old = shop(FIRST).resources.find(({ key }) => key === "projection/Summary");
      expect(deployment.resources).toContainEqual(old);
    },
  );

  test("is the new table alone when the old one is done, which is forgotten and never dropped", () => {
    const deployment = deploymentOf(shop(NEXT), lock, saying("done"));
    expect(deployment.resources).toEqual(shop(NEXT).resources);
    expect(deployment.forgotten.map(({ key }) => key)).toEqual(["projection/Summary"]);
  });

  test.each([null, "drain", "done"] as const)("comes after what it needs, each once, in %p", (phase) => {
    const third = shop({ summary: { generation: 3 } });
    const { resources } = deploymentOf(third, locked(third, lock), saying(phase));
    const seen = new Set<string>();
    for (const { key, dependsOn } of resources) {
      expect(seen.has(key)).toBe(false);
      expect(dependsOn.filter((each) => !seen.has(each))).toEqual([]);
      seen.add(key);
    }
    const older = phase === "done" ? ["projection/Summary-v2"] : ["projection/Summary", "projection/Summary-v2"];
    expect(grantsIn({ resources }, "reader").dependsOn).toEqual(expect.arrayContaining(older));
  });

  test("goes on when the projection is renamed: tables, checkpoint and phase are those that it had", () => {
    const renamed = shop({ summary: { ...NEXT.summary, name: "Overview", renamedFrom: "Summary" } });
    const deployment = deploymentOf(renamed, locked(renamed, lock));
    expect(readTables(deployment)).toEqual(["projection/Overview-v2 summary_v2", "projection/Overview summary"]);
    expect(deployment.moved.map(({ from, to }) => `${from.key} -> ${to}`)).toEqual([
      "projection/Summary -> projection/Overview",
      "projection/Summary-v2 -> projection/Overview-v2",
    ]);
  });
});

describe("the addresses of a projection", () => {
  const at = (phase: GenerationPhase | null) =>
    (addresses(shopDomain(NEXT), { lock, profile: saying(phase) }).projections as Record<string, unknown>)["Summary"];
  const [old, declared] = [
    { table: "summary", generation: 1 },
    { table: "summary_v2", generation: 2 },
  ];

  test("in its first generation need no lock, and have nothing older", () => {
    const { projections } = addresses(shopDomain(FIRST));
    expect(projections).toEqual({ Summary: { ...old, processor: "Summary", read: old, older: [] } });
  });

  test.each([null, "beside"] as const)("let readers read the old table where the profile says %p", (phase) => {
    expect(at(phase)).toEqual({ ...declared, processor: "Summary", read: old, older: [old] });
  });

  test("let readers read the new table in drain, and the old one is still written", () => {
    expect(at("drain")).toEqual({ ...declared, processor: "Summary", read: declared, older: [old] });
  });

  test("have the new table alone when the old one is done", () => {
    expect(at("done")).toEqual({ ...declared, processor: "Summary", read: declared, older: [] });
  });

  test("let readers read the oldest of three that nobody drains yet", () => {
    const third: Shop = { summary: { generation: 3 } };
    const long = locked(shop(third), lock);
    const found = addresses(shopDomain(third), { lock: long, profile: saying("drain") }).projections;
    expect(found).toMatchObject({ Summary: { table: "summary_v3", read: declared, older: [old, declared] } });
  });
});

describe("eventloom diff and preview of a read table", () => {
  const changed = (columns: object, key?: readonly string[]): Shop => ({ summary: { table: { columns, ...(key && { key }) } } as object }); // prettier-ignore

  test.each<[string, Shop, string]>([
    ["a column that is gone", changed({ order_id: { type: "text" } }), "PG401"],
    ["a column of another type", changed({ ...WITH_TOTAL, total: { type: "bigint" } }), "PG402"],
    ["another key", changed(WITH_TOTAL, ["order_id", "total"]), "PG405"],
  ])("refuse %s, and name the next generation as a way out", (_, head, code) => {
    const { changes, worst } = diffLocks(lockAfter(changed(WITH_TOTAL)), lockAfter(changed(WITH_TOTAL), head));
    expect(worst).toBe("refused");
    const ways = changes.flatMap(({ findings }) => findings.filter((each) => each.code === code));
    expect(ways.map(({ wayOut }) => wayOut?.split("; or ").at(-1))).toEqual([
      "declare projections.Summary with generation: 2, beside the old one",
    ]);
  });

  const diff = diffLocks(lockAfter(FIRST), lock);

  test("find a next generation safe: nothing is destroyed, and no rights are taken away", () => {
    expect(diff.worst).toBe("safe");
    expect(diff.changes.map(({ key, action }) => `${action} ${key}`)).toEqual([
      "update grants/projector",
      "update grants/reader",
      "forget projection/Summary",
      "create projection/Summary-v2",
    ]);
    expect(diff.changes.flatMap(({ ddl }) => ddl).filter((each) => /REVOKE|DROP/.test(each))).toEqual([]);
    expect(diff.changes.flatMap(({ findings }) => findings.map(({ code }) => code))).toContain("PG480");
  });

  test("say what each deploy does, in order", () => {
    expect(diff.steps.map(({ what, sentence }) => `${what}: ${sentence}`)).toEqual([
      "infrastructure: deploy orders: its topics, queues and tables",
      "service: deploy Summary: start_generation with 2, and it builds orders.summary_v2 from the events, beside orders.summary",
      "check: wait until eventloom drained says that orders.summary_v2 has caught up",
      'service: say generations: { "projections.Summary.v1": "drain" } in the profile and deploy who reads orders.summary: they read orders.summary_v2',
      "service: let Summary switch_generation to 2: orders.summary is not written any more",
      "check: wait until eventloom drained says that orders.summary is drained",
      'infrastructure: say generations: { "projections.Summary.v1": "done" } in the profile and deploy Summary, then orders: orders.summary is forgotten and stays on the server',
    ]);
  });

  test("show the phases under what has older generations", () => {
    const reports = reportGenerations(lock.topology, lock);
    const text = renderText(lock.topology, undefined, reports);
    expect(text.slice(text.indexOf("Older generations"))).toBe(
      [
        "Older generations: 1  each environment is where its profile says, beside unless said",
        "   └─ projections.Summary.v1  orders.summary gives way to orders.summary_v2",
        "      ├─ beside  orders.summary is read; orders.summary_v2 is built from the events",
        "      ├─ drain   orders.summary_v2 is read; orders.summary is kept, with its rights, for who still runs",
        "      └─ done    orders.summary is forgotten by the engine and stays on the server; the store's roles lose their rights on it",
        "",
      ].join("\n"),
    );
  });
});
