import { decodeDynamic, encodeDynamic, type DynamicValue } from "../../lib/provider/terraform/codec";
import { providerSchema, resourceSchemas, terraformTypes, type Kind } from "../../lib/provider/schema";
import { sameValue, type ValueMap } from "../../lib/provider/value";
import { providerConfig, type TestDatabase, written } from "../../test/provider/deployment";

/** One resource of a program. */
export interface DeclaredResource {
  readonly kind: Kind;
  readonly config: ValueMap;
}

/** What an engine stores of one resource. */
interface Kept {
  readonly state: DynamicValue;
  readonly private: Uint8Array;
}

/** What an engine stores, by address. */
export type State = Map<string, Kept>;

/** Asks a provider something in the words of Terraform's protocol 6. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as decoded
export type Ask = (call: string, request: object) => Promise<any>;

interface Diagnostic {
  readonly severity: number;
  readonly summary: string;
  readonly detail: string;
}

/** What a run of the engine came to. */
export interface Ran {
  /** Addresses of what was applied. */
  readonly applied: readonly string[];
  readonly errors: readonly string[];
  /** Of the errors, those that came from a provider that did not answer any more. */
  readonly broken: boolean;
}

/** The provider's settings, with its answer. */
export async function configure(ask: Ask, database: TestDatabase, more: ValueMap = {}): Promise<void> {
  const config = encodeDynamic(providerSchema, providerConfig(database, more));
  failOn(await ask("ConfigureProvider", { config }));
}

/**
 * Refreshes, plans and applies as Terraform does: all is planned first, then applied in order until something fails. What a failed
 * change leaves in the state is what Terraform leaves there: nothing of a create; of a change whose provider died, the state
 * before it, without its private data.
 *
 * @param state - is changed
 */
export async function runEngine(ask: Ask, program: readonly DeclaredResource[], state: State): Promise<Ran> {
  const plans: { resource: DeclaredResource; plan: Planned }[] = [];
  for (const resource of program) {
    const planned = await plan(ask, resource, state);
    if ("errors" in planned) return { applied: [], ...planned };
    if (planned.changes) plans.push({ resource, plan: planned });
  }
  const applied: string[] = [];
  for (const { resource, plan: planned } of plans) {
    const failed = await apply(ask, resource, planned, state);
    if (failed !== null) return { applied, ...failed };
    applied.push(addressOf(resource));
  }
  return { applied, errors: [], broken: false };
}

export function addressOf({ kind, config }: DeclaredResource): string {
  // What a role may do has no other name than the role's.
  const { schema = "", role, name = role } = config;
  return `${kind} ${String(schema)}.${String(name)}`;
}

type Failed = Pick<Ran, "errors" | "broken">;

interface Planned {
  readonly changes: boolean;
  readonly state: DynamicValue;
  readonly private: Uint8Array;
}

async function plan(ask: Ask, resource: DeclaredResource, state: State): Promise<Planned | Failed> {
  const { kind, config } = resource;
  const [schemas, typeName] = [resourceSchemas[kind], terraformTypes[kind]];
  const kept = state.get(addressOf(resource));
  let prior: Kept | null = null;
  if (kept !== undefined) {
    const found = { typeName, currentState: kept.state, private: kept.private };
    const { answer: read, failed } = await asked(ask, "ReadResource", found);
    if (failed !== null) return failed;
    if (decodeDynamic(schemas, read["newState"]) !== null)
      prior = { state: read["newState"], private: read["private"] };
  }
  if (prior === null) state.delete(addressOf(resource));
  else state.set(addressOf(resource), prior);
  const declared = encodeDynamic(schemas, written(kind, config));
  const request = { typeName, priorState: prior?.state ?? encodeDynamic(schemas, null), proposedNewState: declared, config: declared, priorPrivate: prior?.private ?? Buffer.alloc(0) }; // prettier-ignore
  const { answer: planned, failed } = await asked(ask, "PlanResourceChange", request);
  if (failed !== null) return failed;
  const [before, after] = [prior?.state, planned["plannedState"] as DynamicValue].map((each) => decodeDynamic(schemas, each)); // prettier-ignore
  return { changes: before === null || !sameValue(before!, after!), state: planned["plannedState"], private: planned["plannedPrivate"] }; // prettier-ignore
}

async function apply(ask: Ask, resource: DeclaredResource, planned: Planned, state: State): Promise<Failed | null> {
  const { kind, config } = resource;
  const schemas = resourceSchemas[kind];
  const address = addressOf(resource);
  const prior = state.get(address);
  const request = {
    typeName: terraformTypes[kind],
    priorState: prior?.state ?? encodeDynamic(schemas, null),
    plannedState: planned.state,
    config: encodeDynamic(schemas, written(kind, config)),
    plannedPrivate: planned.private,
  };
  const { answer, failed } = await asked(ask, "ApplyResourceChange", request);
  const after = answer === null ? null : decodeDynamic(schemas, answer["newState"]);
  if (answer !== null && after !== null) state.set(address, { state: answer["newState"], private: answer["private"] });
  else if (failed !== null && failed.broken && prior) state.set(address, { ...prior, private: Buffer.alloc(0) });
  else if (failed === null) state.delete(address);
  return failed;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as decoded
type Answer = Readonly<Record<string, any>>;

type Asked =
  { readonly answer: Answer; readonly failed: null } | { readonly answer: Answer | null; readonly failed: Failed };

async function asked(ask: Ask, call: string, request: object): Promise<Asked> {
  try {
    const answer = (await ask(call, request)) as Answer;
    const errors = errorsIn(answer);
    return { answer, failed: errors.length > 0 ? { errors, broken: false } : null };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { answer: null, failed: { errors: [`${call}: ${text}`], broken: true } };
  }
}

function failOn(answer: Answer): void {
  const errors = errorsIn(answer);
  if (errors.length > 0) throw new Error(errors.join("; "));
}

function errorsIn(answer: Answer): readonly string[] {
  const diagnostics = (answer["diagnostics"] ?? []) as readonly Diagnostic[];
  return diagnostics.filter(({ severity }) => severity === 1).map(({ summary, detail }) => `${summary}: ${detail}`);
}
