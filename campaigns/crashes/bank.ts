import type { ValueMap } from "../../lib/provider/value";
import type { DeclaredResource } from "./engine";

/**
 * The largest change that the table provider makes: every kind of statement that it has, on plain tables, on partitioned ones of one
 * and two levels, with a default partition and without, and on one whose leaves are made by a rule.
 */
export interface Program {
  readonly before: readonly DeclaredResource[];
  readonly after: readonly DeclaredResource[];
  /** What is in the tables meanwhile, one statement each. */
  readonly rows: readonly string[];
}

const DAY_MS = 86_400_000;

/** When `before` was applied, in milliseconds before now: since then the rule has to make leaves, and to let go of one. */
export const AGE_MS = 70 * DAY_MS;

const by = { declaredBy: "bank", schema: "bank" } as const;

const column = (name: string, type: string, more: object = {}): object => ({ name, type, ...more });
const index = (name: string, columns: readonly string[], more: object = {}): object => ({
  name,
  keys: columns.map((each) => ({ column: each })),
  ...more,
});
const trigger = (name: string, event: string, level: string): object => ({
  name,
  timing: "before",
  events: [event],
  level,
  functionSchema: "bank",
  functionName: "refuse",
  enabled: "always",
});
const toAccounts = (name: string): object => ({
  name,
  columns: ["account"],
  referencesSchema: "bank",
  referencesTable: "accounts",
  referencesColumns: ["id"],
});

const table = (name: string, more: object): DeclaredResource => ({
  kind: "table",
  config: { ...by, name, ...more } as unknown as ValueMap,
});

const SHARED: readonly DeclaredResource[] = [
  { kind: "schema", config: { name: "bank", declaredBy: "bank" } },
  {
    kind: "function",
    config: {
      ...by,
      name: "refuse",
      returns: "trigger",
      language: "plpgsql",
      body: "BEGIN RAISE EXCEPTION 'refused'; END",
    },
  },
];

function accounts(grown: boolean): DeclaredResource {
  const key = { name: "accounts_pkey", columns: ["id"] };
  const columns = [column("id", "bigint"), column("owner", "text")];
  if (!grown) return table("accounts", { columns, primaryKey: key });
  return table("accounts", {
    columns: [...columns, column("opened", "date", { default: "'2026-01-01'", comment: "When it was opened." })],
    primaryKey: key,
    uniques: [{ name: "accounts_owner_key", columns: ["owner"] }],
    checks: [{ name: "owned", expression: "owner <> ''" }],
    comment: "Who has money here.",
  });
}

function entries(grown: boolean): DeclaredResource {
  const key = { name: "entries_pkey", columns: ["id"] };
  const columns = [
    column("id", "bigint"),
    column("account", "bigint"),
    column("amount", "numeric"),
    column("note", "text", { nullable: true }),
  ];
  if (!grown) {
    const indexes = [
      index("entries_old", ["note"]),
      index("entries_note", ["note"]),
      index("entries_amount", ["amount"]),
    ];
    return table("entries", { columns, primaryKey: key, indexes, storage: { fillfactor: "90" } });
  }
  return table("entries", {
    columns: [
      ...columns.slice(0, 3),
      column("note", "text", { nullable: true, default: "''", comment: "What for." }),
      column("currency", "char(3)", { default: "'EUR'" }),
      column("code", "text", { nullable: true }),
    ],
    primaryKey: key,
    uniques: [{ name: "entries_code_key", columns: ["code"] }],
    foreignKeys: [toAccounts("entries_account_fkey")],
    checks: [{ name: "moves", expression: "amount <> 0" }],
    indexes: [
      index("entries_note", ["note", "id"]),
      index("entries_amount", ["amount"], { storage: { fillfactor: "80" } }),
      index("entries_account", ["account"], { include: ["amount"] }),
    ],
    triggers: [trigger("no_truncate", "truncate", "statement"), trigger("no_delete", "delete", "row")],
    storage: { fillfactor: "80" },
  });
}

function movements(grown: boolean): DeclaredResource {
  const columns = [column("id", "bigint"), column("account", "bigint"), column("kind", "text")];
  const key = { name: "movements_pkey", columns: ["id"] };
  const spread = { strategy: "hash", columns: ["id"], modulus: 3 };
  if (!grown) return table("movements", { columns, primaryKey: key, partitioning: spread });
  return table("movements", {
    columns: [...columns, column("size", "int", { default: "0" })],
    primaryKey: key,
    uniques: [{ name: "movements_once", columns: ["account", "id"] }],
    foreignKeys: [toAccounts("movements_account_fkey")],
    checks: [{ name: "sized", expression: "size >= 0" }],
    indexes: [index("movements_account", ["account"])],
    triggers: [trigger("no_truncate", "truncate", "statement"), trigger("no_delete", "delete", "row")],
    partitioning: { ...spread, storage: { fillfactor: "85" } },
  });
}

/** By tenant and then by hash, with a default beside: a new partition has to be kept apart from that. */
function tenants(grown: boolean): DeclaredResource {
  const byHash = { strategy: "hash", columns: ["id"], modulus: 2 };
  const of = (name: string): object => ({ name: `tenants_${name}`, values: [`'${name}'`], partitioning: byHash });
  const rest = { name: "tenants_rest", default: true };
  const partitions = grown
    ? [{ ...of("acme"), detached: "left us" }, of("beta"), of("corp"), rest]
    : [of("acme"), of("beta"), rest];
  return table("tenants", {
    columns: [column("tenant", "text"), column("id", "bigint")],
    primaryKey: { name: "tenants_pkey", columns: ["tenant", "id"] },
    partitioning: { strategy: "list", columns: ["tenant"], partitions },
    ...(grown
      ? { indexes: [index("tenants_id", ["id"])], triggers: [trigger("no_truncate", "truncate", "statement")] }
      : {}),
  });
}

function years(grown: boolean): DeclaredResource {
  const of = (year: number): object => ({
    name: `years_${year}`,
    from: [`'${year}-01-01'`],
    to: [`'${year + 1}-01-01'`],
  });
  const partitions = grown ? [{ ...of(2024), detached: "archived" }, of(2025), of(2026)] : [of(2024), of(2025)];
  return table("years", {
    columns: [column("at", "timestamptz"), column("note", "text")],
    partitioning: { strategy: "range", columns: ["at"], partitions },
    ...(grown ? { indexes: [index("years_at", ["at"])] } : {}),
  });
}

/** Made by the change, with what can't be given to a table that holds rows. */
const slots = table("slots", {
  columns: [
    column("id", "bigint", { identity: "always" }),
    column("account", "bigint"),
    column("starts", "int"),
    column("ends", "int", { generated: "starts + 1" }),
  ],
  primaryKey: { name: "slots_pkey", columns: ["id"] },
  foreignKeys: [{ ...toAccounts("slots_account_fkey"), validated: false }],
  exclusions: [
    { name: "slots_apart", method: "gist", elements: [{ expression: "int4range(starts, ends)", operator: "&&" }] },
  ],
  indexes: [index("slots_account", ["account"])],
  triggers: [trigger("no_truncate", "truncate", "statement")],
});

/** Nothing of it is changed but the time. */
const journal = table("journal", {
  columns: [column("at", "timestamptz"), column("note", "text")],
  indexes: [index("journal_at", ["at"])],
  partitioning: { strategy: "range", columns: ["at"], rolling: { interval: "month", ahead: 1, retain: "30 days" } },
});

const state = (grown: boolean): readonly DeclaredResource[] => [
  ...SHARED,
  ...[accounts, entries, movements, tenants, years].map((each) => each(grown)),
  journal,
  ...(grown ? [slots] : []),
];

export const bank: Program = {
  before: state(false),
  after: state(true),
  rows: [
    "INSERT INTO bank.accounts SELECT n, 'owner ' || n FROM generate_series(1, 50) n",
    "INSERT INTO bank.entries SELECT n, 1 + n % 50, n, 'note ' || n FROM generate_series(1, 200) n",
    "INSERT INTO bank.movements SELECT n, 1 + n % 50, 'kind' FROM generate_series(1, 200) n",
    "INSERT INTO bank.tenants SELECT (ARRAY['acme', 'beta', 'zeta'])[1 + n % 3], n FROM generate_series(1, 100) n",
    "INSERT INTO bank.years SELECT timestamptz '2024-01-01 UTC' + n * interval '7 days', 'week ' || n FROM generate_series(0, 99) n",
    `INSERT INTO bank.journal SELECT now() - interval '${AGE_MS / DAY_MS} days' + n * interval '1 hour', 'hour ' || n FROM generate_series(0, 99) n`,
  ],
};
