import type { Client } from "pg";
import { freshDatabase } from "../e2e/servers";
import type { Kind } from "../../lib/provider/schema";
import type { ValueMap } from "../../lib/provider/value";
import { codes, connect, Deployment, type TestDatabase } from "./deployment";

jest.setTimeout(120_000);

let database: TestDatabase;
let client: Client;
let made = 0;
const opened: Deployment[] = [];
const roles: string[] = [];
const databases: TestDatabase[] = [];

beforeAll(async () => {
  database = await freshDatabase("roles");
  client = await connect(database);
  await client.query("CREATE SCHEMA s");
  await client.query("CREATE TABLE s.orders (id int PRIMARY KEY, note text, secret text)");
  await client.query("CREATE TABLE s.lines (id int)");
  await client.query("CREATE SEQUENCE s.numbers");
  await client.query("CREATE FUNCTION s.add(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b'");
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
});

afterAll(async () => {
  for (const role of roles) {
    for (const each of [database, ...databases]) {
      const there = await connect(each);
      await there.query(`DROP OWNED BY ${quoted(role)}`).catch(() => undefined);
      await there.end();
    }
    await client.query(`DROP ROLE IF EXISTS ${quoted(role)}`);
  }
  await client.end();
});

function quoted(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** The name of a role of this test's own: roles are the whole cluster's. */
function roleName(start = "group"): string {
  const name = `${start}_${process.pid}_${++made}`;
  roles.push(name);
  return name;
}

async function roleMade(attributes = ""): Promise<string> {
  const name = roleName();
  await client.query(`CREATE ROLE ${quoted(name)} ${attributes}`);
  return name;
}

function run(kind: Kind, stored: Deployment["stored"] = null, on = database, more: ValueMap = {}): Deployment {
  const deployment = Deployment.on(on, kind, more);
  deployment.stored = stored;
  opened.push(deployment);
  return deployment;
}

async function may(role: string, sql: string): Promise<string> {
  await client.query(`SET ROLE ${quoted(role)}`);
  try {
    await client.query(sql);
    return "yes";
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.query("RESET ROLE");
  }
}

const FORBIDDEN = "42501";

describe("a role", () => {
  const group = (name: string, more: object = {}): ValueMap => ({ name, declaredBy: "orders", ...more }) as ValueMap;

  test("is made without a login, carries comment and marker, and is planned again without a change", async () => {
    const config = group(roleName('odd "Ünï'), { comment: "it's for readers" });
    const deployment = run("role");
    await deployment.deploy(config);
    const { rows } = await client.query(
      "SELECT rolcanlogin, rolsuper, shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = $1",
      [config["name"]],
    );
    expect(rows).toEqual([{ rolcanlogin: false, rolsuper: false, comment: "it's for readers\neventloom:orders" }]);
    expect(await run("role", deployment.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
    const next = run("role", deployment.stored);
    expect(await next.deploy({ ...config, comment: "other" })).toHaveLength(1);
  });

  test("that the deploy of another database of the cluster has made is taken over as it is", async () => {
    const config = group(roleName(), { comment: "shared" });
    await run("role").deploy(config);
    const other = await freshDatabase("roles_other");
    databases.push(other);
    const there = run("role", null, other);
    const planned = await there.plan(config);
    expect(planned).toMatchObject({ action: "adopt", statements: [], issues: [] });
    expect((await there.apply(planned)).issues).toEqual([]);
  });

  test("that comes into being between a plan and its apply, as it is wanted, is taken over", async () => {
    const config = group(roleName());
    const [one, other] = [run("role"), run("role")];
    const planned = [await one.plan(config), await other.plan(config)] as const;
    expect(planned.map(({ action }) => action)).toEqual(["create", "create"]);
    expect((await one.apply(planned[0])).issues).toEqual([]);
    expect((await other.apply(planned[1])).issues).toEqual([]);
  });

  test("that an administrator made is taken over, and marked", async () => {
    const name = await roleMade();
    const deployment = run("role");
    expect(await deployment.deploy(group(name))).toEqual([`COMMENT ON ROLE "${name}" IS 'eventloom:orders'`]);
    expect(await run("role", deployment.stored).plan(group(name))).toMatchObject({ action: "none", issues: [] });
  });

  test("that somebody else declares is left alone", async () => {
    const config = group(roleName());
    await run("role").deploy(config);
    expect(codes(await run("role").plan({ ...config, declaredBy: "payments" }))).toEqual(["PG462"]);
  });

  test("that another transaction is just making is waited for, and taken over", async () => {
    const config = group(roleName(), { comment: "both" });
    const deployment = run("role");
    const planned = await deployment.plan(config);
    const other = await connect(database);
    await other.query(`BEGIN; CREATE ROLE ${quoted(config["name"] as string)}`);
    await other.query(`COMMENT ON ROLE ${quoted(config["name"] as string)} IS E'both\\neventloom:orders'`);
    const applied = deployment.apply(planned);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await other.query("COMMIT");
    await other.end();
    expect((await applied).issues).toEqual([]);
  });

  test("can be imported", async () => {
    const name = await roleMade();
    const deployment = run("role");
    const imported = await deployment.handlers.import("role", quoted(name));
    expect(imported.issues).toEqual([]);
    deployment.stored = imported.stored;
    expect(await deployment.deploy(group(name))).toHaveLength(1);
  });

  test.each(["LOGIN", "SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"])(
    "that has %s is refused, and says so",
    async (right) => {
      const name = await roleMade(right);
      await client.query(`COMMENT ON ROLE ${quoted(name)} IS 'eventloom:orders'`);
      const { issues } = await run("role").plan(group(name));
      expect(issues).toMatchObject([{ code: "PG465", detail: expect.stringContaining(right) }]);
    },
  );

  test.each([
    ["", "PG420"],
    ["r".repeat(64), "PG420"],
    ["public", "PG420"],
    ["none", "PG420"],
    ["pg_reader", "PG420"],
  ])("can't be called %j", async (name, code) => {
    expect(codes(await run("role").plan(group(name)))).toEqual([code]);
  });

  test("may have a name of 63 bytes", async () => {
    const name = roleName(`r${"ö".repeat(20)}`).padEnd(41, "x");
    roles.push(name.padEnd(43, "x"));
    const whole = `${name}${"x".repeat(63 - Buffer.byteLength(name))}`;
    roles.push(whole);
    await run("role").deploy(group(whole));
    expect((await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [whole])).rowCount).toBe(1);
  });

  test("is renamed by nothing", async () => {
    const deployment = run("role");
    await deployment.deploy(group(roleName()));
    expect(codes(await run("role", deployment.stored).plan(group(roleName())))).toEqual(["PG410"]);
  });

  test("is refused at plan where the role that deploys may make none, with the way out", async () => {
    const deployer = await roleMade("LOGIN PASSWORD 'secret'");
    const { issues } = await run("role", null, database, { username: deployer, password: "secret" }).plan(
      group(roleName()),
    );
    expect(issues).toMatchObject([{ code: "PG441", detail: expect.stringContaining("roles: false") }]);
  });

  test("is made by a role that is no superuser but has CREATEROLE, and dropped by it", async () => {
    const deployer = await roleMade("LOGIN CREATEROLE PASSWORD 'secret'");
    const login = { username: deployer, password: "secret" };
    const deployment = run("role", null, database, login);
    await deployment.deploy(group(roleName()));
    const next = run("role", deployment.stored, database, login);
    expect(await next.apply(await next.plan(null))).toEqual({ stored: null, issues: [] });
  });

  test("is dropped with its resource where nobody needs it", async () => {
    const name = roleName();
    const deployment = run("role");
    await deployment.deploy(group(name));
    const next = run("role", deployment.stored);
    const planned = await next.plan(null);
    expect(planned).toMatchObject({ action: "drop", statements: [`DROP ROLE ${quoted(name)}`] });
    expect(await next.apply(planned)).toEqual({ stored: null, issues: [] });
    expect((await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name])).rowCount).toBe(0);
  });

  test.each([
    ["has a member", async (name: string) => client.query(`GRANT ${quoted(name)} TO ${quoted(await roleMade())}`)],
    ["owns a table", async (name: string) => client.query(`CREATE TABLE s.${name} (); ALTER TABLE s.${name} OWNER TO ${name}`)], // prettier-ignore
    ["is granted something", (name: string) => client.query(`GRANT SELECT ON s.lines TO ${quoted(name)}`)],
    [
      "is granted something in another database",
      async (name: string) => {
        const other = await freshDatabase("roles_far");
        databases.push(other);
        const there = await connect(other);
        await there.query(`CREATE TABLE t (); GRANT SELECT ON t TO ${quoted(name)}`);
        await there.end();
      },
    ],
  ])("that %s is kept, with a warning, and forgotten", async (_what, need) => {
    const name = roleName();
    const deployment = run("role");
    await deployment.deploy(group(name));
    await need(name);
    const next = run("role", deployment.stored);
    const { stored, issues } = await next.apply(await next.plan(null));
    expect(stored).toBeNull();
    expect(issues).toMatchObject([{ severity: "warning", code: "PG468" }]);
    expect((await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name])).rowCount).toBe(1);
  });

  test("is made once by eight deploys at the same time, of two databases, and all of them end well", async () => {
    const config = group(roleName(), { comment: "raced for" });
    const other = await freshDatabase("roles_race");
    databases.push(other);
    const runs = Array.from({ length: 8 }, (_, i) => run("role", null, i % 2 === 0 ? database : other));
    const outcomes = await Promise.all(
      runs.map(async (each) => {
        const planned = await each.plan(config);
        return codes(await each.apply(planned)).filter((code) => code !== "PG471");
      }),
    );
    expect(outcomes.flat()).toEqual([]);
  });
});

describe("grants", () => {
  const grants = (role: string, more: object = {}): ValueMap => ({ schema: "s", role, ...more }) as ValueMap;
  const ALL = {
    privileges: ["usage"],
    tables: [
      { name: "orders", privileges: ["select"], columns: [{ name: "note", privileges: ["update"] }] },
      { name: "lines", privileges: ["insert", "select"] },
    ],
    sequences: [{ name: "numbers", privileges: ["usage"] }],
    functions: ["add(int, int4)"],
  };

  test("are revoked by the statements that the plan has shown, in whatever order they were declared", async () => {
    const role = await roleMade();
    const tables = ["orders", "lines"].map((name) => ({ name, privileges: ["delete", "select", "update", "insert"] }));
    const deployment = run("grants");
    await deployment.deploy(grants(role, { privileges: ["usage"], tables }));
    const next = run("grants", deployment.stored);
    expect(await next.deploy(grants(role, { privileges: ["usage"] }))).toEqual([
      `REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLE "s"."lines", "s"."orders" FROM "${role}"`,
    ]);
  });

  test("allow what they say and nothing else, and are planned again without a change", async () => {
    const role = await roleMade();
    const deployment = run("grants");
    const statements = await deployment.deploy(grants(role, ALL));
    expect(statements).toEqual([
      `GRANT USAGE ON SCHEMA "s" TO "${role}"`,
      `GRANT SELECT, INSERT ON TABLE "s"."lines" TO "${role}"`,
      `GRANT SELECT ON TABLE "s"."orders" TO "${role}"`,
      `GRANT UPDATE ("note") ON TABLE "s"."orders" TO "${role}"`,
      `GRANT USAGE ON SEQUENCE "s"."numbers" TO "${role}"`,
      `GRANT EXECUTE ON ROUTINE "s"."add"(integer, integer) TO "${role}"`,
    ]);
    expect(await run("grants", deployment.stored).plan(grants(role, ALL))).toMatchObject({
      action: "none",
      issues: [],
    });
    expect(await may(role, "SELECT * FROM s.orders")).toBe("yes");
    expect(await may(role, "UPDATE s.orders SET note = '' WHERE id = 0")).toBe("yes");
    expect(await may(role, "UPDATE s.orders SET secret = '' WHERE id = 0")).toBe(FORBIDDEN);
    expect(await may(role, "DELETE FROM s.orders")).toBe(FORBIDDEN);
    expect(await may(role, "INSERT INTO s.lines VALUES (1)")).toBe("yes");
    expect(await may(role, "SELECT nextval('s.numbers')")).toBe("yes");
    expect(await may(role, "SELECT setval('s.numbers', 1)")).toBe(FORBIDDEN);
    expect(await may(role, "CREATE TABLE s.more ()")).toBe(FORBIDDEN);
  });

  test("in another order and spelling are no change", async () => {
    const role = await roleMade();
    const deployment = run("grants");
    await deployment.deploy(grants(role, ALL));
    const other = { ...ALL, tables: [...ALL.tables].reverse(), functions: ["add(integer,integer)"] };
    expect(await run("grants", deployment.stored).plan(grants(role, other))).toMatchObject({ action: "none" });
  });

  test("revoke what somebody granted by hand, and what is declared no longer", async () => {
    const role = await roleMade();
    const deployment = run("grants");
    await deployment.deploy(grants(role, ALL));
    await client.query(`GRANT DELETE ON s.orders TO ${role}; GRANT SELECT (secret) ON s.orders TO ${role}`);
    await client.query(`GRANT SELECT ON s.lines TO ${role} WITH GRANT OPTION`);
    const next = run("grants", deployment.stored);
    expect(await next.deploy(grants(role, { ...ALL, sequences: [] }))).toEqual([
      `REVOKE GRANT OPTION FOR SELECT ON TABLE "s"."lines" FROM "${role}"`,
      `REVOKE DELETE ON TABLE "s"."orders" FROM "${role}"`,
      `REVOKE SELECT ("secret") ON TABLE "s"."orders" FROM "${role}"`,
      `REVOKE USAGE ON SEQUENCE "s"."numbers" FROM "${role}"`,
    ]);
    expect(await may(role, "SELECT * FROM s.lines")).toBe("yes");
    expect(await may(role, "DELETE FROM s.orders")).toBe(FORBIDDEN);
    expect(await run("grants", next.stored).plan(grants(role, { ...ALL, sequences: [] }))).toMatchObject({ action: "none" }); // prettier-ignore
  });

  test("on a column stay when those on its table are revoked", async () => {
    const role = await roleMade();
    const deployment = run("grants");
    const columns = [{ name: "note", privileges: ["select"] }];
    await deployment.deploy(grants(role, { privileges: ["usage"], tables: [{ name: "orders", privileges: ["select"], columns }] })); // prettier-ignore
    const next = run("grants", deployment.stored);
    await next.deploy(grants(role, { privileges: ["usage"], tables: [{ name: "orders", columns }] }));
    expect(await may(role, "SELECT note FROM s.orders")).toBe("yes");
    expect(await may(role, "SELECT secret FROM s.orders")).toBe(FORBIDDEN);
  });

  test("are given while another transaction grants on the same table, and tried again", async () => {
    const [role, another] = [await roleMade(), await roleMade()];
    const deployment = run("grants");
    const planned = await deployment.plan(grants(role, ALL));
    const other = await connect(database);
    await other.query(`BEGIN; GRANT SELECT ON s.orders TO ${another}`);
    const applied = deployment.apply(planned);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await other.query("COMMIT");
    await other.end();
    expect(codes(await applied)).toEqual(["PG471"]);
    expect(await may(role, "SELECT FROM s.orders")).toBe("yes");
    expect((await client.query(`SELECT has_table_privilege($1, 's.orders', 'select') AS yes`, [another])).rows).toEqual(
      [{ yes: true }],
    );
  });

  test("of a role and a schema that are still to be made are applied after them as they were planned", async () => {
    const role = roleName();
    const config = { schema: "later", role, privileges: ["usage"], tables: [{ name: "t", privileges: ["select"] }] };
    const deployment = run("grants");
    const planned = await deployment.plan(config);
    expect(planned).toMatchObject({ action: "create", issues: [] });
    await client.query(`CREATE ROLE ${role}; CREATE SCHEMA later; CREATE TABLE later.t ()`);
    expect((await deployment.apply(planned)).issues).toEqual([]);
    expect(await may(role, "SELECT FROM later.t")).toBe("yes");
  });

  test("to everybody take back that everybody may call functions, of those made since the plan too", async () => {
    await client.query("CREATE SCHEMA open; CREATE FUNCTION open.one() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    const role = await roleMade();
    await client.query(`GRANT USAGE ON SCHEMA open TO ${role}`);
    const config = { schema: "open", role: "public", functions: ["two()"] };
    const deployment = run("grants");
    const planned = await deployment.plan(config);
    expect(planned.statements).toEqual([
      'REVOKE ALL ON ALL ROUTINES IN SCHEMA "open" FROM PUBLIC',
      'GRANT EXECUTE ON ROUTINE "open"."two"() TO PUBLIC',
    ]);
    await client.query("CREATE FUNCTION open.two() RETURNS int LANGUAGE sql AS 'SELECT 2'");
    expect((await deployment.apply(planned)).issues).toEqual([]);
    expect(await may(role, "SELECT open.one()")).toBe(FORBIDDEN);
    expect(await may(role, "SELECT open.two()")).toBe("yes");
    expect(await run("grants", deployment.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
    await client.query("CREATE PROCEDURE open.three() LANGUAGE sql AS 'SELECT 3'");
    const next = run("grants", deployment.stored);
    await next.deploy(config);
    expect(await may(role, "CALL open.three()")).toBe(FORBIDDEN);
    expect(await may(role, "SELECT open.two()")).toBe("yes");
  });

  test("are imported by schema and role, and then planned without a change", async () => {
    const role = await roleMade();
    await client.query(`GRANT USAGE ON SCHEMA s TO ${role}; GRANT SELECT ON s.lines TO ${role}`);
    const deployment = run("grants");
    const { stored, issues } = await deployment.handlers.import("grants", `s.${role}`);
    expect(issues).toEqual([]);
    deployment.stored = stored;
    const config = grants(role, { privileges: ["usage"], tables: [{ name: "lines", privileges: ["select"] }] });
    expect(await deployment.plan(config)).toMatchObject({ action: "none", issues: [] });
  });

  test("leave with their resource: all is revoked, also when a table has gone already", async () => {
    const role = await roleMade();
    await client.query("CREATE TABLE s.passing ()");
    const deployment = run("grants");
    await deployment.deploy(grants(role, { ...ALL, tables: [{ name: "passing", privileges: ["select"] }] }));
    const next = run("grants", deployment.stored);
    const planned = await next.plan(null);
    await client.query("DROP TABLE s.passing");
    expect(await next.apply(planned)).toEqual({ stored: null, issues: [] });
    expect(await may(role, "SELECT nextval('s.numbers')")).toBe(FORBIDDEN);
    await client.query(`DROP ROLE ${role}`);
  });

  test("are made again when their role was dropped and made anew by hand", async () => {
    const role = await roleMade();
    const deployment = run("grants");
    await deployment.deploy(grants(role, ALL));
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}; CREATE ROLE ${role}`);
    expect(await run("grants", deployment.stored).deploy(grants(role, ALL))).toHaveLength(6);
  });

  test.each([
    ["privileges", { privileges: ["select"] }, "PG440"],
    ["tables", { tables: [{ name: "orders", privileges: ["execute"] }] }, "PG440"],
    ["tables", { tables: [{ name: "orders", privileges: ["select", "select"] }] }, "PG440"],
    ["tables", { tables: [{ name: "orders" }, { name: "orders" }] }, "PG422"],
    ["tables", { tables: [{ name: "t".repeat(64) }] }, "PG420"],
    ["functions", { functions: ["add"] }, "PG440"],
    ["functions", { functions: ["add(int); DROP TABLE s.orders; --"] }, "PG440"],
    ["functions", { functions: ["add(int,int)", "add(integer, int4)"] }, "PG422"],
  ])("with %s like %j are refused", async (attribute, more, code) => {
    const { issues } = await run("grants").plan(grants("somebody", more));
    expect(issues).toMatchObject([{ code, attribute }]);
  });

  test("of another role are a resource of their own", async () => {
    const [one, other] = [await roleMade(), await roleMade()];
    const deployment = run("grants");
    await deployment.deploy(grants(one, ALL));
    expect(codes(await run("grants", deployment.stored).plan(grants(other, ALL)))).toEqual(["PG410"]);
  });

  test("say in a diagnostic what is not there", async () => {
    const role = await roleMade();
    const deployment = run("grants");
    const applied = await deployment.apply(await deployment.plan(grants(role, { tables: [{ name: "nowhere", privileges: ["select"] }] }))); // prettier-ignore
    expect(applied.issues).toMatchObject([{ code: "PG459", detail: expect.stringContaining("nowhere") }]);
    expect(applied.stored).toBeNull();
  });

  test("name objects with quotes, blanks and words of SQL", async () => {
    const role = await roleMade();
    await client.query(`CREATE TABLE s."select ""x"" Ü" (); CREATE FUNCTION s."Odd,()"(a text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'`); // prettier-ignore
    const config = grants(role, {
      privileges: ["usage"],
      tables: [{ name: 'select "x" Ü', privileges: ["select"] }],
      functions: ['"Odd,()"(text[])'],
    });
    const deployment = run("grants");
    await deployment.deploy(config);
    expect(await run("grants", deployment.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
  });
});
