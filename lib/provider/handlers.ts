import type { AcceptanceModel } from "../postgres/acceptance-model";
import { validateAcceptances } from "../postgres/acceptance";
import { applyChange } from "./apply-change";
import { assumeReferences, checkShape, fillDefaults, fillStored, respell } from "./attributes";
import type { Applied, ApplyRequest, Checked, Found, Handlers, Planned, PlanRequest, Stored } from "./contract";
import { hasErrors, type Issue } from "./issue";
import { emptyMemory, readMemory, remember, sameBySpellings, writeMemory } from "./memory";
import { idOf, toDeclared, validateDeclared, type Declared } from "./objects";
import { planChange } from "./plan-change";
import { Recent } from "../postgres/recent";
import { referenceTo, type ObjectReference } from "./postgres/reader";
import { describeError } from "./postgres/server-error";
import { readSettings } from "./postgres/settings";
import { applyRemoval, noServer, planRemoval } from "./removal";
import { formatParsed, ImportIdError, parseId } from "../postgres/import-id";
import { providerSchema, resourceSchemas, type Kind } from "./schema";
import { attributesOf, keptBeside, Service } from "./service";
import { hasUnknown, type Attributes } from "./value";

export type { Action, Applied, ApplyRequest, Checked, Found, Handlers, Planned, PlanRequest, Stored } from "./contract";

/**
 * The table provider without a protocol. One instance serves one provider configuration.
 *
 * @param environment where settings come from that the configuration leaves out (PGHOST, PGPASSWORD, …)
 * @param now the clock that rolling rules go by: milliseconds since 1970
 */
export function createHandlers(environment: NodeJS.ProcessEnv, now: () => number = Date.now): Handlers {
  return new TableProvider(environment, now);
}

class TableProvider implements Handlers {
  private service: Service | null = null;
  private configured = false;
  private warned = false;
  /** Engines ask for the same declaration two or three times in a row, and each plan of it begins with the same again. */
  private readonly validated = new Recent<Checked>(256);

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly now: () => number,
  ) {}

  validateProvider(config: Attributes): Checked {
    return { issues: checkShape(providerSchema, config) };
  }

  configure(config: Attributes): Checked {
    const shape = checkShape(providerSchema, config);
    if (hasErrors(shape)) return { issues: shape };
    const { settings, unknown, issues } = readSettings(config, this.environment);
    this.service = settings === null ? null : new Service(settings, this.now);
    this.configured = unknown || settings !== null;
    return { issues };
  }

  validate(kind: Kind, config: Attributes): Checked {
    const unknown = hasUnknown(config);
    if (unknown) return this.examine(kind, config, unknown);
    return this.validated.get(`${kind} ${JSON.stringify(config)}`, () => this.examine(kind, config, unknown));
  }

  private examine(kind: Kind, config: Attributes, unknown: boolean): Checked {
    const shape = checkShape(resourceSchemas[kind], config);
    const known = unknown ? assumeReferences(config) : config;
    if (hasErrors(shape) || (unknown && hasUnknown(known))) return { issues: shape };
    const declaredBy = known["declaredBy"];
    const marker =
      !("declaredBy" in resourceSchemas[kind]) || (typeof declaredBy === "string" && /^[^\n\r\0]+$/.test(declaredBy))
        ? []
        : [attributeIssue("PG470", "declaredBy", "must be one line of text", JSON.stringify(declaredBy))];
    const declared = toDeclared(kind, fillDefaults(resourceSchemas[kind], known));
    const accepted = validateAcceptances((known["accept"] ?? []) as unknown as readonly AcceptanceModel[]);
    const found = [...validateDeclared(declared), ...accepted].map((issue): Issue => ({
      severity: "error",
      code: issue.code,
      summary: `${kind} ${nameOf(declared)}: ${issue.path}: ${issue.message}`,
      detail: `received: ${issue.received}; allowed: ${issue.allowed}; ${issue.fix}`,
      attribute: issue.path.replace(/[[.].*$/, ""),
    }));
    return { issues: [...marker, ...found] };
  }

  async read(kind: Kind, remembered: Stored): Promise<Found> {
    const stored = whole(kind, remembered);
    return this.guarded<Found>(
      { stored: null },
      `read ${kind} ${idOf(toDeclared(kind, stored.attributes))}`,
      async () => {
        if (this.service === null) return { stored, issues: this.unknownServer() };
        const live = await this.service.catalog.find(referenceTo(toDeclared(kind, stored.attributes)));
        if (live === null) return { stored: null, issues: [] };
        const memory = readMemory(stored.private) ?? emptyMemory;
        const attributes = attributesOf(live, keptBeside(stored.attributes));
        return {
          stored: {
            attributes: respell(
              resourceSchemas[kind],
              attributes,
              stored.attributes,
              sameBySpellings(memory.spellings),
            ),
            private: writeMemory({ ...remember(live, memory), now: kind === "table" ? this.now() : null }),
          },
          issues: [],
        };
      },
    );
  }

  async plan(kind: Kind, request: PlanRequest): Promise<Planned> {
    const nothing = { action: "none" as const, attributes: null, private: null, statements: null, changed: [] };
    const { config } = request;
    const prior = request.prior && whole(kind, request.prior);
    if (config === null) {
      if (prior === null) return { ...nothing, issues: [] };
      return this.guarded<Planned>(nothing, `plan the removal of a ${kind}`, () =>
        planRemoval(kind, prior, this.service),
      );
    }
    const checked = this.validate(kind, config);
    if (hasErrors(checked.issues)) return { ...nothing, issues: checked.issues };
    return this.guarded<Planned>(nothing, `plan a ${kind}`, async () => {
      const planned = await planChange(kind, { prior, config }, this.service);
      const issues = this.service === null ? [...planned.issues, ...this.unknownServer()] : planned.issues;
      return { ...planned, issues };
    });
  }

  async apply(kind: Kind, request: ApplyRequest): Promise<Applied> {
    const { planned } = request;
    const prior = request.prior && whole(kind, request.prior);
    return this.guarded<Applied>({ stored: prior }, null, async () => {
      if (this.service === null) throw noServer();
      if (planned !== null) return applyChange(kind, { ...request, prior, planned }, this.service);
      return prior === null ? { stored: null, issues: [] } : applyRemoval(kind, { ...request, prior }, this.service);
    });
  }

  async import(kind: Kind, id: string): Promise<Found> {
    return this.guarded<Found>({ stored: null }, `import ${kind} ${id}`, async () => {
      if (this.service === null) throw noServer();
      const reference = referenceFrom(kind, id);
      if ("severity" in reference) return { stored: null, issues: [reference] };
      const live = await this.service.catalog.find(reference);
      if (live === null) return { stored: null, issues: [notFound(reference)] };
      if (live.problems.length > 0) {
        return { stored: null, issues: live.problems.map((text) => unmanageable(reference, text)) };
      }
      const removal = kind === "table" ? "refuse" : null;
      return {
        stored: {
          attributes: attributesOf(live, { removal, accept: null, ddl: [] }),
          private: writeMemory(remember(live, { spellings: {}, owner: live.declaredBy })),
        },
        issues: [],
      };
    });
  }

  stop(): void {
    // Whatever comes of the cancel, the calls that it ends report themselves.
    this.service?.database.stop().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.service?.database.close();
  }

  /** Turns what is thrown into an issue: a user never sees a stack trace. */
  private async guarded<T extends Checked>(
    onError: Omit<T, "issues">,
    doing: string | null,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      if (!this.configured) throw noServer();
      return await work();
    } catch (error) {
      const issues = [describeError(error, this.service?.settings ?? null, doing)];
      return { ...onError, issues } as unknown as T;
    }
  }

  /** Said once: a plan asks for hundreds of objects. */
  private unknownServer(): Issue[] {
    if (this.warned) return [];
    this.warned = true;
    return [
      {
        severity: "warning",
        code: "PG469",
        summary: "the Postgres server is not known yet, so nothing was compared with it",
        detail:
          "a value of the provider's configuration comes from a resource that is still to be made; what is there already, and whether it drifted, is looked at when the plan is applied",
        attribute: null,
      },
    ];
  }
}

function whole(kind: Kind, { attributes, private: memory }: Stored): Stored {
  return { attributes: fillStored(resourceSchemas[kind], attributes), private: memory };
}

function nameOf(declared: Declared): string {
  return "name" in declared.model && declared.model.name === "" ? "(without a name)" : idOf(declared);
}

function attributeIssue(code: string, attribute: string, what: string, received: string): Issue {
  return { severity: "error", code, summary: `${attribute} ${what}`, detail: `received: ${received}`, attribute };
}

const IN_NO_SCHEMA: readonly Kind[] = ["role", "publication"];

function referenceFrom(kind: Kind, id: string): ObjectReference | Issue {
  try {
    const parsed = parseId(
      id,
      IN_NO_SCHEMA.includes(kind) || kind === "schema" ? "schema" : kind === "function" ? kind : "object",
    );
    const schema = IN_NO_SCHEMA.includes(kind) ? "" : parsed.kind === "schema" ? parsed.name : parsed.schema;
    return { kind, schema, name: parsed.name, id: formatParsed(parsed) };
  } catch (error) {
    if (!(error instanceof ImportIdError)) throw error;
    return {
      severity: "error",
      code: error.code,
      summary: "the import id is malformed",
      detail: error.message,
      attribute: "id",
    };
  }
}

function notFound(reference: ObjectReference): Issue {
  return {
    severity: "error",
    code: "PG466",
    summary: `there is no ${reference.kind} ${reference.id}`,
    detail: "check its name, its schema and the database; names are compared exactly",
    attribute: "id",
  };
}

function unmanageable(reference: ObjectReference, text: string): Issue {
  return {
    severity: "error",
    code: "PG465",
    summary: `${reference.kind} ${reference.id} can't be managed as it stands`,
    detail: text,
    attribute: "id",
  };
}
