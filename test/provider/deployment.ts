import { Client } from "pg";
import { createHandlers, type Applied, type Handlers, type Planned, type Stored } from "../../lib/provider/handlers";
import { fillDefaults } from "../../lib/provider/attributes";
import { providerSchema, resourceSchemas, type Kind } from "../../lib/provider/schema";
import type { Attributes, ValueMap } from "../../lib/provider/value";

export interface TestDatabase {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

export function providerConfig(database: TestDatabase, more: ValueMap = {}): Attributes {
  return fillDefaults(providerSchema, { ...database, sslmode: "disable", ...more });
}

export async function connect(database: TestDatabase): Promise<Client> {
  const { username, ...rest } = database;
  const client = new Client({ ...rest, user: username });
  await client.connect();
  return client;
}

/** What the server compresses values by, as it was built. */
export async function compressionsOf(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ enumvals: string[] }>(
    "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'",
  );
  return rows[0]?.enumvals ?? [];
}

/** What the user wrote, with null for all that was left out, as an engine hands it over. */
export function written(kind: Kind, config: ValueMap): Attributes {
  return nulls(resourceSchemas[kind], config);
}

function nulls(schemas: (typeof resourceSchemas)[Kind], config: ValueMap): Attributes {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { type }]) => {
      const value = config[name] ?? null;
      if (type.kind === "objects" && Array.isArray(value)) {
        return [name, value.map((item) => nulls(type.attributes, item as ValueMap))];
      }
      return [name, type.kind === "object" && value !== null ? nulls(type.attributes, value as ValueMap) : value];
    }),
  );
}

/** An engine that holds the state of one resource: refresh, plan, apply. */
export class Deployment {
  stored: Stored | null = null;

  constructor(
    readonly handlers: Handlers,
    readonly kind: Kind,
  ) {}

  /** @param now - the clock that rolling rules go by */
  static on(database: TestDatabase, kind: Kind, more: ValueMap = {}, now?: () => number): Deployment {
    const handlers = createHandlers({}, now);
    const { issues } = handlers.configure(providerConfig(database, more));
    if (issues.length > 0) throw new Error(JSON.stringify(issues));
    return new Deployment(handlers, kind);
  }

  /** The same provider with another resource, or the same one in a new state. */
  also(kind: Kind): Deployment {
    return new Deployment(this.handlers, kind);
  }

  /** Another run of the engine: a new process, the same state. */
  again(database: TestDatabase): Deployment {
    const next = Deployment.on(database, this.kind);
    next.stored = this.stored;
    return next;
  }

  async refresh(): Promise<void> {
    if (this.stored === null) return;
    const found = await this.handlers.read(this.kind, this.stored);
    if (found.issues.length > 0) throw new Error(JSON.stringify(found.issues));
    this.stored = found.stored;
  }

  async plan(config: ValueMap | null): Promise<Planned> {
    await this.refresh();
    return this.handlers.plan(this.kind, {
      prior: this.stored,
      config: config === null ? null : written(this.kind, config),
    });
  }

  async apply(planned: Planned): Promise<Applied> {
    const applied = await this.handlers.apply(this.kind, {
      prior: this.stored,
      planned: planned.attributes,
      private: planned.private,
    });
    this.stored = applied.stored;
    return applied;
  }

  /** Plans and applies, and fails on any issue. */
  async deploy(config: ValueMap): Promise<readonly string[]> {
    const planned = await this.plan(config);
    if (planned.issues.length > 0) throw new Error(JSON.stringify(planned.issues));
    const applied = await this.apply(planned);
    if (applied.issues.length > 0) throw new Error(JSON.stringify(applied.issues));
    return planned.statements ?? [];
  }

  close(): Promise<void> {
    return this.handlers.close();
  }
}

/** Codes of the issues, for short expectations. */
export function codes(result: { readonly issues: readonly { readonly code: string }[] }): string[] {
  return result.issues.map((issue) => issue.code);
}
