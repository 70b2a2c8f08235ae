import type { Handlers, Stored } from "../contract";
import { hasErrors, type Issue } from "../issue";
import { kinds, providerSchema, resourceSchemas, terraformTypes, type Kind } from "../schema";
import { newerState, schemasOf, type Upgrade, upgraded, upgrades } from "../upgrade";
import type { Attributes } from "../value";
import { decodeDynamic, decodeJson, encodeDynamic, snakeCase, type DynamicValue } from "./codec";
import { serverCapabilities, wireSchemas } from "./wire-schema";

/** A decoded request: the fields of the descriptor. */
export interface Request {
  readonly typeName?: string;
  readonly id?: string;
  /** Of the state that is to be upgraded. */
  readonly version?: number | string;
  readonly config?: DynamicValue;
  readonly rawState?: { readonly json?: Uint8Array };
  readonly currentState?: DynamicValue;
  readonly priorState?: DynamicValue;
  readonly plannedState?: DynamicValue;
  readonly private?: Uint8Array;
  readonly priorPrivate?: Uint8Array;
  readonly plannedPrivate?: Uint8Array;
}

export type Call = (request: Request) => Promise<object> | object;

/**
 * Every call of protocol 6 that a provider with resources has to answer, over the protocol-neutral handlers.
 *
 * @param chain - how older states become this version's @default those of this version
 */
export function createCalls(handlers: Handlers, chain = upgrades): Readonly<Record<string, Call>> {
  return {
    GetMetadata: () => ({
      serverCapabilities,
      resources: kinds.map((kind) => ({ typeName: terraformTypes[kind] })),
    }),
    GetProviderSchema: () => wireSchemas(),
    GetResourceIdentitySchemas: () => ({}),
    GetFunctions: () => ({}),
    ValidateProviderConfig: (request) => ({
      diagnostics: diagnostics(handlers.validateProvider(decodeDynamic(providerSchema, request.config) ?? {}).issues),
    }),
    ValidateResourceConfig: (request) => {
      const kind = kindOf(request);
      const config = decodeDynamic(resourceSchemas[kind], request.config) ?? {};
      return { diagnostics: diagnostics(handlers.validate(kind, config).issues) };
    },
    UpgradeResourceState: (request) => upgrade(request, chain),
    ConfigureProvider: (request) => ({
      diagnostics: diagnostics(handlers.configure(decodeDynamic(providerSchema, request.config) ?? {}).issues),
    }),
    ReadResource: (request) => read(handlers, request),
    PlanResourceChange: (request) => plan(handlers, request),
    ApplyResourceChange: (request) => apply(handlers, request),
    ImportResourceState: (request) => importState(handlers, request),
    StopProvider: () => {
      handlers.stop();
      return { error: "" };
    },
  };
}

/** Called on every read, whatever version the state has. */
function upgrade(request: Request, chain: readonly Upgrade[]): object {
  const kind = kindOf(request);
  const version = Number(request.version ?? 0);
  const newer = newerState(kind, version, chain);
  if (newer !== null) return { diagnostics: diagnostics([newer]) };
  const state = request.rawState?.json ? decodeJson(schemasOf(kind, version, chain), request.rawState.json) : null;
  const now = state === null ? null : upgraded(kind, version, state, chain);
  return { upgradedState: encodeDynamic(resourceSchemas[kind], now) };
}

async function read(handlers: Handlers, request: Request): Promise<object> {
  const kind = kindOf(request);
  const stored = storedFrom(kind, request.currentState, request.private);
  if (stored === null) return { newState: encodeDynamic(resourceSchemas[kind], null) };
  const found = await handlers.read(kind, stored);
  const kept = hasErrors(found.issues) ? stored : found.stored;
  return {
    newState: encodeDynamic(resourceSchemas[kind], kept?.attributes ?? null),
    private: toBytes(kept?.private ?? null),
    diagnostics: diagnostics(found.issues),
  };
}

async function plan(handlers: Handlers, request: Request): Promise<object> {
  const kind = kindOf(request);
  const schemas = resourceSchemas[kind];
  const prior = storedFrom(kind, request.priorState, request.priorPrivate);
  const config = decodeDynamic(schemas, request.config);
  const planned = await handlers.plan(kind, { prior, config });
  return {
    plannedState: encodeDynamic(schemas, planned.attributes),
    plannedPrivate: toBytes(planned.private ?? (planned.attributes === null ? (prior?.private ?? null) : null)),
    diagnostics: diagnostics(planned.issues),
  };
}

async function apply(handlers: Handlers, request: Request): Promise<object> {
  const kind = kindOf(request);
  const schemas = resourceSchemas[kind];
  const planned = decodeDynamic(schemas, request.plannedState);
  const prior = storedFrom(kind, request.priorState, request.plannedPrivate);
  const applied = await handlers.apply(kind, { prior, planned, private: toText(request.plannedPrivate) });
  return {
    newState: encodeDynamic(schemas, applied.stored?.attributes ?? null),
    private: toBytes(applied.stored?.private ?? null),
    diagnostics: diagnostics(applied.issues),
  };
}

async function importState(handlers: Handlers, request: Request): Promise<object> {
  const kind = kindOf(request);
  const found = await handlers.import(kind, request.id ?? "");
  if (found.stored === null) return { diagnostics: diagnostics(found.issues) };
  const imported = {
    typeName: terraformTypes[kind],
    state: encodeDynamic(resourceSchemas[kind], found.stored.attributes),
    private: toBytes(found.stored.private),
  };
  return { importedResources: [imported], diagnostics: diagnostics(found.issues) };
}

function kindOf(request: Request): Kind {
  const kind = kinds.find((candidate) => terraformTypes[candidate] === request.typeName);
  if (kind === undefined) throw new Error(`there is no resource type ${request.typeName}`);
  return kind;
}

function storedFrom(kind: Kind, state: DynamicValue | undefined, memory: Uint8Array | undefined): Stored | null {
  const attributes: Attributes | null = decodeDynamic(resourceSchemas[kind], state);
  return attributes === null ? null : { attributes, private: toText(memory) };
}

function toText(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined || bytes.length === 0 ? null : Buffer.from(bytes).toString("utf8");
}

function toBytes(text: string | null): Buffer {
  return Buffer.from(text ?? "", "utf8");
}

/** Paths name the top-level attribute only: Terraform points at the wrong line for anything inside. */
function diagnostics(issues: readonly Issue[]): object[] {
  return issues.map((issue) => ({
    severity: issue.severity === "error" ? 1 : 2,
    summary: `${issue.code}: ${issue.summary}`,
    detail: issue.detail,
    ...(issue.attribute === null ? {} : { attribute: { steps: [{ attributeName: snakeCase(issue.attribute) }] } }),
  }));
}
