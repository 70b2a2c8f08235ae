import { createHandlers } from "../../lib/provider/handlers";
import { requireVersion } from "../../lib/provider/postgres/connection";
import { describeError } from "../../lib/provider/postgres/server-error";
import type { ConnectionSettings } from "../../lib/provider/postgres/settings";
import { UNKNOWN, type ValueMap } from "../../lib/provider/value";
import { codes, written } from "./deployment";

const handlers = createHandlers({});

const table: ValueMap = { schema: "s", name: "t", declaredBy: "orders", columns: [{ name: "id", type: "bigint" }] };

test("a declaration is checked without a server: what is missing, of the wrong kind or not allowed, all at once", () => {
  expect(handlers.validate("table", written("table", table)).issues).toEqual([]);
  const { issues } = handlers.validate(
    "table",
    written("table", {
      ...table,
      name: null,
      columns: [{ name: "id" }, { name: 3, type: "bigint" }],
      removal: "sometimes",
      storage: { fillfactor: 75 },
    }),
  );
  expect(issues.map(({ code, summary, attribute }) => [code, summary, attribute])).toEqual([
    ["PG470", "name is missing", "name"],
    ["PG470", "columns[0].type is missing", "columns"],
    ["PG470", "columns[1].name is of the wrong kind", "columns"],
    ["PG470", "storage is of the wrong kind", "storage"],
    ["PG470", "removal is not allowed", "removal"],
  ]);
  expect(issues[4]?.detail).toBe(
    'received: "sometimes"; allowed: refuse, forget, retire, drop-if-empty; choose one of them',
  );
});

test("who declares it is one line of text, since it is written as one", () => {
  for (const declaredBy of ["", "two\nlines"]) {
    expect(codes(handlers.validate("table", written("table", { ...table, declaredBy })))).toEqual(["PG470"]);
  }
});

test("references that aren't known yet don't keep the rest from being checked", () => {
  const late = written("table", { ...table, schema: UNKNOWN, columns: [{ name: "id", type: "serial" }] });
  expect(codes(handlers.validate("table", late))).toEqual(["PG425"]);
  const unknownColumn = written("table", { ...table, columns: [{ name: UNKNOWN, type: "serial" }] });
  expect(handlers.validate("table", unknownColumn).issues).toEqual([]);
});

test("nothing is done without a configuration, and it is said", async () => {
  expect(codes(await createHandlers({}).import("table", "s.t"))).toEqual(["PG469"]);
});

test("servers before 15 are refused", () => {
  expect(() => requireVersion(140011, "14.11")).toThrow(/PG456 the server is Postgres 14.11/);
  expect(() => requireVersion(150000, "15.0")).not.toThrow();
});

describe("what a server says", () => {
  const settings: ConnectionSettings = {
    host: "db.example.com",
    port: 5432,
    database: "orders",
    username: "deployer",
    password: "hush",
    sslMode: "require",
    sslRootCert: null,
    lockTimeout: 3_000,
  };

  test.each([
    [{ code: "ECONNREFUSED", message: "connect ECONNREFUSED" }, "PG451"],
    [{ errors: [{ code: "ECONNREFUSED", message: "connect ECONNREFUSED ::1:5432" }], message: "" }, "PG451"],
    [{ code: "57P01", message: "terminating connection due to administrator command" }, "PG451"],
    [{ code: "28000", message: "no pg_hba.conf entry" }, "PG452"],
    [{ code: "3D000", message: "database does not exist" }, "PG453"],
    [{ code: "42501", message: "permission denied" }, "PG454"],
    [{ code: "25006", message: "cannot execute in a read-only transaction" }, "PG454"],
    [{ code: "SELF_SIGNED_CERT_IN_CHAIN", message: "self-signed certificate" }, "PG455"],
    [{ code: "55P03", message: "canceling statement due to lock timeout" }, "PG457"],
    [{ code: "57014", message: "canceling statement due to user request" }, "PG460"],
    [{ code: "42P07", message: "relation exists", detail: "more" }, "PG459"],
  ])("%j becomes one issue", (error, code) => {
    const issue = describeError(error, settings, "create table s.t");
    expect(issue.code).toBe(code);
    expect(issue.detail).toMatch(/^while trying to create table s\.t: /);
    expect(JSON.stringify(issue)).not.toContain("hush");
  });
});
