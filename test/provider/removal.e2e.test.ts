import type { Client } from "pg";
import { codes, Deployment } from "./deployment";
import { tableRuns } from "./table-runs";

jest.setTimeout(120_000);

const runs = tableRuns("removal");
const { run } = runs;
let client: Client;

beforeAll(async () => {
  client = await runs.start();
  await client.query("CREATE SCHEMA s");
});

function table(name: string, removal?: string): Record<string, never> {
  const columns = [{ name: "id", type: "int8" }];
  return { schema: "s", name, declaredBy: "orders", columns, ...(removal ? { removal } : {}) } as unknown as Record<
    string,
    never
  >;
}

async function created(name: string, removal?: string): Promise<Deployment["stored"]> {
  const deployment = run();
  await deployment.deploy(table(name, removal));
  return deployment.stored;
}

async function exists(name: string): Promise<boolean> {
  const { rows } = await client.query<{ found: string | null }>("SELECT to_regclass($1) AS found", [`s.${name}`]);
  return rows[0]?.found !== null;
}

/** What the engine does for -replace and taint: only the apply sees the delete, nobody planned it. */
function deleteUnplanned(deployment: Deployment): Promise<{ issues: readonly { code: string }[] }> {
  return deployment.handlers.apply("table", { prior: deployment.stored, planned: null, private: null });
}

describe("a table that leaves the configuration", () => {
  test("is refused by default, at plan and at an apply that was not planned", async () => {
    const stored = await created("stays");
    const planned = await run(stored).plan(null);
    expect(codes(planned)).toEqual(["PG411"]);
    expect(planned.issues[0]?.detail).toContain('set removal to "retire"');
    const unplanned = run(stored);
    expect(codes(await deleteUnplanned(unplanned))).toEqual(["PG411"]);
    expect(await exists("stays")).toBe(true);
  });

  test("is forgotten and stays, and is adopted by the next create", async () => {
    const stored = await created("kept", "forget");
    await client.query("INSERT INTO s.kept VALUES (1)");
    const next = run(stored);
    const planned = await next.plan(null);
    expect(planned).toMatchObject({ action: "forget", statements: [], issues: [] });
    expect(await next.apply(planned)).toEqual({ stored: null, issues: [] });
    const back = run();
    expect(await back.plan(table("kept"))).toMatchObject({ action: "adopt", statements: [] });
    await back.deploy(table("kept"));
    expect((await client.query("SELECT count(*)::int AS n FROM s.kept")).rows).toEqual([{ n: 1 }]);
  });

  test("is dropped when empty, and refused with rows: at plan, and again at apply", async () => {
    const stored = await created("maybe", "drop-if-empty");
    const early = run(stored);
    const planned = await early.plan(null);
    expect(planned).toMatchObject({ action: "drop", statements: ['DROP TABLE "s"."maybe"'] });
    await client.query("INSERT INTO s.maybe VALUES (1)");
    expect(codes(await run(stored).plan(null))).toEqual(["PG412"]);
    expect(codes(await early.apply(planned))).toEqual(["PG412"]);
    expect(await exists("maybe")).toBe(true);
    await client.query("DELETE FROM s.maybe");
    const last = run(stored);
    expect(await last.apply(await last.plan(null))).toEqual({ stored: null, issues: [] });
    expect(await exists("maybe")).toBe(false);
  });

  test("is planned together with many others", async () => {
    const many = Array.from({ length: 30 }, (_, n) => `many${n}`);
    const making = run();
    const stored: Deployment["stored"][] = [];
    for (const name of many) {
      const one = making.also("table");
      await one.deploy(table(name, "drop-if-empty"));
      stored.push(one.stored);
    }
    const again = run();
    const plans = await Promise.all(
      stored.map(async (state) => {
        const one = again.also("table");
        one.stored = state;
        return one.plan(null);
      }),
    );
    expect(plans.flatMap(codes)).toEqual([]);
    expect(plans.every((planned) => planned.action === "drop")).toBe(true);
  });

  test("can have its removal changed first, with no statement", async () => {
    const stored = await created("eased");
    const next = run(stored);
    expect(await next.plan(table("eased", "forget"))).toMatchObject({
      action: "update",
      statements: [],
      changed: ["removal"],
    });
    await next.deploy(table("eased", "forget"));
    expect(await run(next.stored).plan(null)).toMatchObject({ action: "forget" });
  });

  test("is left alone when its marker names somebody else by now", async () => {
    const stored = await created("given", "drop-if-empty");
    await client.query("COMMENT ON TABLE s.given IS 'eventloom:payments'");
    const next = run(stored);
    expect((await next.apply(await next.plan(null))).issues).toMatchObject([{ severity: "warning", code: "PG468" }]);
    expect(await exists("given")).toBe(true);
  });

  test("is not dropped by the run that has just taken it over, as when a replacement creates first", async () => {
    const stored = await created("swapped", "drop-if-empty");
    const deployment = run();
    await deployment.deploy(table("swapped", "drop-if-empty"));
    const old = new Deployment(deployment.handlers, "table");
    old.stored = stored;
    expect(codes(await deleteUnplanned(old))).toEqual(["PG468"]);
    expect(await exists("swapped")).toBe(true);
  });
});

describe("a table that is retired", () => {
  const NOW = Date.parse("2026-11-25T12:00:00Z");

  async function retiring(name: string, more: object = {}): Promise<Deployment> {
    const deployment = runs.run(null, () => NOW);
    await deployment.deploy({ ...table(name, "retire"), ...more } as Record<string, never>);
    // the next run of the engine
    return runs.run(deployment.stored, () => NOW);
  }

  /** Roles belong to the cluster: this one to this run. */
  const reader = `retiring_reader_${process.pid}`;
  const leaves = {
    partitioning: { strategy: "hash", columns: ["id"], modulus: 2 },
    primaryKey: { name: "parted_pkey", columns: ["id"] },
    columns: [{ name: "id", type: "int8" }],
  };

  test("is taken from everybody and moved aside with its partitions, indexes and rows, and says how to go on", async () => {
    const deployment = await retiring("parted", { ...leaves, comment: "what it was" });
    await client.query("INSERT INTO s.parted SELECT generate_series(1, 10)");
    await client.query(`CREATE ROLE ${reader}`);
    await client.query(`GRANT USAGE ON SCHEMA s TO ${reader}`);
    await client.query("GRANT SELECT ON s.parted_p00 TO PUBLIC");
    await client.query(`GRANT SELECT (id) ON s.parted TO ${reader}`);
    const planned = await deployment.plan(null);
    expect(planned).toMatchObject({ action: "retire", issues: [] });
    expect(planned.statements).toContain('ALTER TABLE "s"."parted" SET SCHEMA "s_retired"');
    expect(await deployment.apply(planned)).toEqual({ stored: null, issues: [] });

    expect(await exists("parted")).toBe(false);
    expect(await value("SELECT count(*)::int FROM s_retired.parted")).toBe(10);
    expect(await value("SELECT count(*)::int FROM pg_class WHERE relnamespace = 's_retired'::regnamespace AND relkind IN ('r', 'p')")).toBe(3); // prettier-ignore
    expect(await value("SELECT to_regclass('s_retired.parted_pkey') IS NOT NULL")).toBe(true);
    expect(await value("SELECT obj_description('s_retired.parted'::regclass)")).toBe(
      [
        "what it was",
        'Retired on 2026-11-25: "orders" declared it as "s"."parted".',
        'When nobody misses it: DROP TABLE "s_retired"."parted". To take it back: ALTER TABLE "s_retired"."parted" SET SCHEMA "s", and that of each partition; then import it, and grant again.',
      ].join("\n"),
    );
    for (const right of [
      `has_table_privilege('${reader}', 's_retired.parted_p00', 'SELECT')`,
      `has_any_column_privilege('${reader}', 's_retired.parted', 'SELECT')`,
    ]) {
      expect([right, await value(`SELECT ${right}`)]).toEqual([right, false]);
    }
    // the names are free: another table can begin, and what has been retired is nobody's
    await runs
      .run(null, () => NOW)
      .deploy({ ...table("parted", "retire"), ...leaves } as unknown as Record<string, never>);
    expect(await value("SELECT count(*)::int FROM s.parted")).toBe(0);
    await client.query(`DROP OWNED BY ${reader}`);
    await client.query(`DROP ROLE ${reader}`);
  });

  test("comes back as its comment says", async () => {
    const deployment = await retiring("returns");
    await client.query("INSERT INTO s.returns VALUES (1)");
    await deployment.apply(await deployment.plan(null));
    await client.query('ALTER TABLE "s_retired"."returns" SET SCHEMA "s"');
    const back = runs.run();
    const found = await back.handlers.import("table", "s.returns");
    back.stored = found.stored;
    await back.deploy(table("returns", "retire"));
    expect(await value("SELECT count(*)::int FROM s.returns")).toBe(1);
  });

  test("is refused when another of its name was retired before, and stays as it was", async () => {
    for (const again of [false, true]) {
      const deployment = await retiring("twice");
      const applied = await deployment.apply(await deployment.plan(null));
      expect(codes(applied)).toEqual(again ? ["PG411"] : []);
      if (again) expect(applied.issues[0]?.detail).toContain("s_retired.twice is there from an earlier time");
    }
    expect(await exists("twice")).toBe(true);
  });

  test("is not retired by a replacement, which no plan has shown", async () => {
    const deployment = await retiring("replaced");
    expect(codes(await deleteUnplanned(deployment))).toEqual(["PG411"]);
    expect(await exists("replaced")).toBe(true);
  });
});

async function value(query: string): Promise<unknown> {
  const { rows } = await client.query<Record<string, unknown>>(query);
  return Object.values(rows[0] ?? {})[0];
}
