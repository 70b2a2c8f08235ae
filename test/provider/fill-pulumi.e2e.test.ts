import type { Client } from "pg";
import type { DeclaredResource } from "../../campaigns/crashes/engine";
import { ensureToolchain } from "../../tools/toolchain";
import { freshDatabase } from "../e2e/servers";
import { connect, type TestDatabase } from "./deployment";
import { PulumiTables } from "./engine-programs";

jest.setTimeout(240_000);

let database: TestDatabase;
let client: Client;
let pulumi: PulumiTables;

beforeAll(async () => {
  database = await freshDatabase("fill_pulumi");
  client = await connect(database);
  pulumi = new PulumiTables(await ensureToolchain({ only: ["pulumi"] }), database);
  await pulumi.project.succeed("stack", "init", "fill");
});

afterAll(async () => {
  await client?.end();
  pulumi?.project.remove();
});

function program(...more: readonly object[]): readonly DeclaredResource[] {
  const columns = [{ name: "id", type: "bigint" }, { name: "customer", type: "text" }, ...more];
  return [
    { kind: "schema", config: { name: "app", declaredBy: "shop" } },
    { kind: "table", config: { schema: "app", name: "totals", declaredBy: "shop", columns } },
  ] as unknown as readonly DeclaredResource[];
}

test("Pulumi fills a NOT NULL column of a table with rows, once, and has nothing to do then", async () => {
  pulumi.write(program());
  await pulumi.project.succeed("up", "--yes", "--skip-preview");
  await client.query("INSERT INTO app.totals SELECT n, 'customer ' || n FROM generate_series(1, 5000) n");
  pulumi.write(program({ name: "customer_name", type: "text", fill: "customer" }));
  expect(await pulumi.project.succeed("preview")).toContain("~");
  await pulumi.project.succeed("up", "--yes", "--skip-preview");
  const { rows } = await client.query("SELECT count(*)::int AS filled FROM app.totals WHERE customer_name = customer");
  expect(rows).toEqual([{ filled: 5000 }]);
  await pulumi.project.succeed("preview", "--expect-no-changes");
  await pulumi.project.succeed("preview", "--expect-no-changes", "--refresh");
});
