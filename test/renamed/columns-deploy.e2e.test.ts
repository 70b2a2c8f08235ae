import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { COLUMN_PHASES, type ColumnPhase, compile, defineDomain, event, jsonSchema } from "eventloom";
import type { Client } from "pg";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import { comparePlan, readTerraformPlan } from "../../lib/preview/engine-plan";
import { ensureToolchain } from "../../tools/toolchain";
import { projectOf } from "../e2e/deployed";
import { freshDatabase } from "../e2e/servers";
import { connect, type TestDatabase } from "../provider/deployment";
import { engines } from "../terraform/engines";
import type { Project } from "../terraform/project";

jest.setTimeout(600_000);

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

const id = { id: { type: "bigint" } };
const BEFORE = { ...id, customer: { type: "text" } };
const RENAMED = { ...id, customer_name: { type: "text", renamedFrom: "customer" } };
const DONE = { ...id, customer_name: { type: "text" } };
const INDEXED = { indexes: [{ columns: ["customer_name"] }] };
const DROP = { change: 'projection/Totals drop column "customer" text', reason: "nobody has read it since the rename" };

function shop(columns: object, more: object = {}, accept?: readonly object[]) {
  return defineDomain("shop", {
    aggregates: { Order: { id: "orderId", events: { Paid: event({ versions: { 1: payload } }) } } },
    projections: { Totals: { from: ["Paid"], table: { columns, ...more } } },
    brokers: ["kafka"],
    ...(accept === undefined ? {} : { accept }),
  } as never);
}

type Shop = ReturnType<typeof shop>;

/** A service that writes one name of the column, to rows of its own, and knows what it wrote last. */
class Service {
  readonly wrote = new Map<number, string>();
  readonly errors: unknown[] = [];
  #going = true;
  #done: Promise<void> = Promise.resolve();
  #client: Client | null = null;

  constructor(
    private readonly column: string,
    private readonly first: number,
  ) {}

  async start(database: TestDatabase): Promise<void> {
    this.#client = await connect(database);
    this.#done = this.#write(this.#client);
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
    await this.#client?.end();
  }

  /** Rows of its own: new ones, and the same again. */
  async #write(client: Client): Promise<void> {
    const { column } = this;
    for (let n = 0; this.#going; n++) {
      const [row, value] = [this.first + (n % 50), `${column} ${n}`];
      const text = `INSERT INTO shop.totals (id, ${column}) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET ${column} = $2`;
      try {
        await client.query(text, [row, value]);
        this.wrote.set(row, value);
      } catch (error) {
        this.errors.push(error);
      }
      await delay(5);
    }
  }
}

describe("a renamed column of a read table with rows, by Terraform", () => {
  const under = engines[0]!;
  let folder: string;
  let project: Project;
  let database: TestDatabase;
  let client: Client;
  let lock: Lock | null = null;
  let deployed: Lock | null = null;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "eventloom-renamed-columns-"));
    database = await freshDatabase("renamed_deploy");
    client = await connect(database);
    project = projectOf(under, await ensureToolchain({ only: ["terraform", "providers"] }));
  });
  afterAll(async () => {
    await client?.end();
    project?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Locks what is declared, and writes the stack with it. */
  async function say(domain: Shop, phase?: ColumnPhase): Promise<void> {
    const next = nextLock(compile(domain), lock);
    if (!next.ok) throw new Error(JSON.stringify(next.issues));
    lock = next.lock;
    const file = join(folder, "shop.lock.json");
    writeFileSync(file, renderLock(lock));
    const profile = phase === undefined ? {} : { columns: { "projections.Totals.customer_name": phase } };
    await project.write((stack) => {
      new under.constructs.EventloomProvider(stack, "eventloom", { ...database, sslmode: "disable" });
      new under.constructs.EventStoreDatabase(stack, "store", { domain, lock: file, profile });
    }, under.engine);
  }

  /** As `eventloom diff --plan` sees it, the engine does what the locks say. */
  async function deploy(): Promise<readonly string[]> {
    const changes = await project.changes();
    const head = lock!;
    const { output: json } = await project.run("show", "-json", "plan.bin");
    const planned = readTerraformPlan(json, [head, deployed ?? head]);
    if (!planned.ok) throw new Error(JSON.stringify(planned.issues));
    if (deployed !== null) expect(comparePlan(planned.plan, [diffLocks(deployed, head)]).findings).toEqual([]);
    deployed = head;
    const { exitCode, output } = await project.apply();
    if (exitCode !== 0) throw new Error(output);
    expect(await project.changes()).toEqual([]);
    return changes;
  }

  const columns = async (): Promise<unknown> =>
    (
      await client.query(
        "SELECT column_name AS name, is_nullable AS null FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = 'totals' ORDER BY 1",
      )
    ).rows.map(({ name, null: open }) => `${name}${open === "YES" ? "?" : ""}`);

  test("goes through its four phases while services write either name, and loses nothing", async () => {
    await say(shop(BEFORE, { indexes: [{ columns: ["customer"] }] }));
    await deploy();
    await client.query("INSERT INTO shop.totals SELECT n, 'before ' || n FROM generate_series(1, 20000) n");
    const [old, young] = [new Service("customer", 100_001), new Service("customer_name", 200_001)];
    await old.start(database);
    try {
      for (const phase of COLUMN_PHASES) {
        await say(shop(RENAMED, INDEXED), phase);
        // Before nothing mirrors any more, everybody uses the new name.
        if (phase === "retire") await old.stop();
        const changes = await deploy();
        if (phase === "add") {
          expect(changes).toEqual([
            "create eventloom_postgres_function totals_renamed_columns",
            "update eventloom_postgres_table totals",
          ]);
          await young.start(database);
        } else expect(changes).toEqual(["update eventloom_postgres_table totals"]);
        await delay(500);
        expect(await columns()).toEqual({ add: ["customer", "customer_name?", "id"], fill: ["customer", "customer_name", "id"], switch: ["customer?", "customer_name", "id"], retire: ["customer?", "customer_name", "id"] }[phase]); // prettier-ignore
      }
    } finally {
      await old.stop();
      await young.stop();
    }
    expect([...old.errors, ...young.errors]).toEqual([]);
    expect(old.wrote.size).toBe(50);
    expect(young.wrote.size).toBe(50);
    const { rows } = await client.query<{ id: string; name: string }>("SELECT id, customer_name AS name FROM shop.totals"); // prettier-ignore
    const there = new Map(rows.map(({ id: key, name }) => [Number(key), name]));
    const expected = new Map([
      ...Array.from({ length: 20_000 }, (_, n): [number, string] => [n + 1, `before ${n + 1}`]),
      ...old.wrote,
      ...young.wrote,
    ]);
    expect(there).toEqual(expected);
    const { rows: kept } = await client.query("SELECT count(customer)::int AS kept FROM shop.totals WHERE id <= 20000");
    expect(kept).toEqual([{ kept: 20_000 }]);
  });

  test("leaves the old column to a written acceptance, once it is renamed no more", async () => {
    await say(shop(DONE, INDEXED));
    const refused = await project.plan();
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain("refused to drop column");
    expect(refused.output).toContain("or accept it: accept:");
    await say(shop(DONE, INDEXED, [DROP]));
    await deploy();
    expect(await columns()).toEqual(["customer_name", "id"]);
    const { rows } = await client.query("SELECT count(*)::int AS functions FROM pg_proc WHERE proname = 'totals_renamed_columns'"); // prettier-ignore
    expect(rows).toEqual([{ functions: 0 }]);
    expect((await client.query("SELECT count(customer_name)::int AS kept FROM shop.totals WHERE id <= 20000")).rows).toEqual([{ kept: 20_000 }]); // prettier-ignore
  });
});
