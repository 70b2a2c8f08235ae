import fc from "fast-check";
import type { Client } from "pg";
import type { TableModel } from "../../lib/postgres/model";
import { planFunction, planTable } from "../../lib/postgres/plan";
import { column, primaryKey, table } from "../../lib/topology/postgres/columns";
import { type ColumnPhase, mirrorFunction, tableInPhases } from "../../lib/topology/postgres/renamed-columns";
import { freshDatabase } from "../e2e/servers";
import { connect } from "../provider/deployment";

jest.setTimeout(120_000);

let client: Client;

beforeAll(async () => {
  client = await connect(await freshDatabase("renamed_columns"));
  await client.query("CREATE SCHEMA s");
});

afterAll(() => client.end());

const RENAMED = [{ from: "customer", to: "customer_name" }];
let made = 0;

/** A table in a phase, as it is created there. */
async function tableIn(phase: ColumnPhase, preset: string | null): Promise<TableModel> {
  const name = `t${++made}`;
  const declared = table("s", name, {
    columns: [column("id", "bigint"), column("customer_name", "text", { nullable: preset === null, default: preset && `'${preset}'` }), column("n", "bigint", { nullable: true })], // prettier-ignore
    primaryKey: primaryKey(name, "id"),
  });
  const model = tableInPhases(declared, [{ ...RENAMED[0]!, phase }]);
  const context = { declaredBy: "orders", leaves: [], obstacles: [] };
  for (const { sql } of [
    ...planFunction([{ kind: "create-function", fn: mirrorFunction(model, RENAMED) }], "orders"),
    ...planTable([{ kind: "create-table", table: model }], model, context),
  ])
    await client.query(sql);
  return model;
}

/** What a service writes: the old name, the new one, both or neither. */
interface Write {
  readonly customer?: string | null;
  readonly customer_name?: string | null;
}

interface Step {
  readonly how: "insert" | "update" | "upsert" | "delete";
  readonly write: Write;
}

const value = (nullable: boolean): fc.Arbitrary<string | null> =>
  fc.constantFrom<string | null>("a", "b", "it's", "Ünï", "", ...(nullable ? [null] : []));

const steps = (nullable: boolean): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      how: fc.constantFrom("insert", "update", "upsert", "delete"),
      write: fc.record({ customer: value(nullable), customer_name: value(nullable) }, { requiredKeys: [] }),
    }),
    { minLength: 1, maxLength: 12 },
  );

/** The value of the row after a step; undefined where there is none. */
function after(row: string | null | undefined, { how, write }: Step, preset: string | null): string | null | undefined {
  if (how === "delete") return undefined;
  if (row === undefined) return how === "update" ? undefined : (write.customer_name ?? ("customer" in write ? write.customer : preset)); // prettier-ignore
  if (how === "insert") return row;
  if (write.customer_name !== undefined && write.customer_name !== row) return write.customer_name;
  return write.customer === undefined ? row : write.customer;
}

async function run({ name }: TableModel, { how, write }: Step): Promise<void> {
  const columns = Object.keys(write);
  const values = Object.values(write) as readonly (string | null)[];
  const set = columns.map((each, i) => `${each} = $${i + 1}`).join(", ");
  const insert = `INSERT INTO s.${name} (id${columns.map((each) => `, ${each}`).join("")}) VALUES (1${values.map((_, i) => `, $${i + 1}`).join("")})`; // prettier-ignore
  const text = {
    insert: `${insert} ON CONFLICT DO NOTHING`,
    update: `UPDATE s.${name} SET ${set === "" ? "n = 1" : set} WHERE id = 1`,
    upsert: `${insert} ON CONFLICT (id) DO UPDATE SET ${columns.length === 0 ? "n = 1" : columns.map((each) => `${each} = $${columns.indexOf(each) + 1}`).join(", ")}`, // prettier-ignore
    delete: `DELETE FROM s.${name} WHERE id = 1`,
  }[how];
  await client.query(text, how === "delete" ? [] : [...values]);
}

test.each([
  ["add", null],
  ["fill", null],
  ["switch", null],
  ["add", "nobody"],
  ["fill", "nobody"],
  ["switch", "nobody"],
] as const)(
  "whoever writes by whichever name in whatever order, both columns agree: in %s, with the default %p",
  async (phase, preset) => {
    const model = await tableIn(phase, preset);
    await fc.assert(
      fc.asyncProperty(steps(preset === null), async (all) => {
        await client.query(`DELETE FROM s.${model.name}`);
        let row: string | null | undefined;
        for (const step of all) {
          await run(model, step);
          row = after(row, step, preset);
          const { rows } = await client.query(`SELECT customer, customer_name FROM s.${model.name}`);
          expect(rows).toEqual(row === undefined ? [] : [{ customer: row, customer_name: row }]);
        }
      }),
      { numRuns: 60 },
    );
  },
);

test("without the trigger they do not: what the test above looks for is there to be found", async () => {
  const model = await tableIn("add", null);
  await client.query(`ALTER TABLE s.${model.name} DISABLE TRIGGER renamed_columns`);
  await run(model, { how: "insert", write: { customer: "a" } });
  const { rows } = await client.query(`SELECT customer, customer_name FROM s.${model.name}`);
  expect(rows).toEqual([{ customer: "a", customer_name: null }]);
});

test("a row from before that is not filled yet gets its value with the next write of anything", async () => {
  const model = await tableIn("add", null);
  await client.query(`ALTER TABLE s.${model.name} DISABLE TRIGGER renamed_columns`);
  await run(model, { how: "insert", write: { customer: "a" } });
  await client.query(`ALTER TABLE s.${model.name} ENABLE TRIGGER renamed_columns`);
  await run(model, { how: "update", write: {} });
  const { rows } = await client.query(`SELECT customer, customer_name FROM s.${model.name}`);
  expect(rows).toEqual([{ customer: "a", customer_name: "a" }]);
});
