import type { Applied, Handlers, Planned, Stored } from "../contract";
import { hasErrors, type Issue } from "../issue";
import { lastingMemory, versionIn } from "../memory";
import { kinds, providerSchema, pulumiTokens, resourceSchemas, type Kind } from "../schema";
import { newerState, schemasOf, type Upgrade, upgraded, upgrades } from "../upgrade";
import { isList, sameValue, type Attributes, type Value, type ValueMap } from "../value";
import { inputNames, toAttributes, toProperties, toSettings } from "./attributes";
import { silentLog, type EngineLog } from "./engine-log";
import { packageSchema } from "./package-schema";
import { DiffChanges, PropertyDiffKind } from "./proto";
import type { ProviderRpcs } from "./server";
import { readProperties, writeProperties, type WireStruct } from "./values";

/** What the provider needs from outside. */
export interface PulumiProviderOptions {
  readonly handlers: Handlers;
  /** The package's version. */
  readonly version: string;
  /** Makes the way to tell the user something, once the engine has said where it listens. */
  readonly connectLog: (engineAddress: string) => EngineLog;
  /** How older states become this version's. @default - those of this version */
  readonly upgrades?: readonly Upgrade[];
}

/** Where the handlers' private data is kept: names with two underscores are not displayed. */
const PRIVATE = "__private";

/** Outputs that say what happened, not what there is. */
const REPORTS: ReadonlySet<string> = new Set(["ddl", "id"]);

interface ResourceRequest {
  readonly urn: string;
  readonly type?: string;
}
interface DiffRequest extends ResourceRequest {
  readonly olds?: WireStruct;
  readonly news?: WireStruct;
  readonly oldInputs?: WireStruct;
}
interface WriteRequest extends ResourceRequest {
  readonly id?: string;
  readonly properties?: WireStruct;
  readonly olds?: WireStruct;
  readonly news?: WireStruct;
  readonly inputs?: WireStruct;
  readonly preview?: boolean;
}

/**
 * The table provider in Pulumi's words. A change that the handlers refuse fails the preview, and again the update. Nothing is
 * ever replaced: what could only be done by a replacement is refused as well.
 */
export class PulumiProvider {
  private log: EngineLog = silentLog;

  constructor(private readonly options: PulumiProviderOptions) {}

  private get chain(): readonly Upgrade[] {
    return this.options.upgrades ?? upgrades;
  }

  /** One function for each request of the engine. */
  rpcs(): ProviderRpcs {
    return {
      Handshake: (request: { engineAddress?: string }) => this.attach(request.engineAddress),
      Attach: (request: { address?: string }) => this.attach(request.address),
      GetPluginInfo: () => ({ version: this.options.version }),
      GetSchema: () => ({ schema: JSON.stringify(packageSchema(this.options.version)) }),
      Cancel: () => {
        this.options.handlers.stop();
        return {};
      },
      CheckConfig: (request: DiffRequest) => this.checkConfig(request),
      DiffConfig: (request: DiffRequest) => diffConfig(request),
      Configure: (request: { args?: WireStruct }) => this.configure(request),
      Check: (request: DiffRequest) => this.check(request),
      Diff: (request: DiffRequest) => this.diff(request),
      Create: (request: WriteRequest) => this.create(request),
      Read: (request: WriteRequest) => this.read(request),
      Update: (request: WriteRequest) => this.update(request),
      Delete: (request: WriteRequest) => this.delete(request),
    };
  }

  /** Says the rest to the engine at this address. */
  attach(address: string | undefined): object {
    if (address) {
      this.log.close();
      this.log = this.options.connectLog(address);
    }
    return { acceptSecrets: true, acceptResources: false, acceptOutputs: false };
  }

  private async checkConfig(request: DiffRequest): Promise<object> {
    const { properties } = readProperties(request.news);
    const { attributes, unexpected } = toSettings(providerSchema, settingsOf(properties));
    const { issues } = this.options.handlers.validateProvider(attributes);
    await this.warn(request.urn, issues);
    return { inputs: request.news ?? {}, failures: [...unexpected.map(unexpectedFailure), ...failures(issues)] };
  }

  private configure(request: { args?: WireStruct }): object {
    const { attributes } = toSettings(providerSchema, settingsOf(readProperties(request.args).properties));
    failOnErrors(this.options.handlers.configure(attributes).issues);
    return { acceptSecrets: true, supportsPreview: true, acceptResources: false, acceptOutputs: false };
  }

  private async check(request: DiffRequest): Promise<object> {
    const kind = kindOf(request);
    const { attributes, unexpected } = toAttributes(resourceSchemas[kind], readProperties(request.news).properties);
    const { issues } = this.options.handlers.validate(kind, attributes);
    await this.warn(request.urn, issues);
    return { inputs: request.news ?? {}, failures: [...unexpected.map(unexpectedFailure), ...failures(issues)] };
  }

  /**
   * What is refused is a difference here, and refused by the update, in a preview as well: a refresh asks for the way back from
   * what it found to what was declared before, which nobody will go.
   */
  private async diff(request: DiffRequest): Promise<object> {
    const { prior, planned, config } = await this.look(request, request.olds, request.news);
    const refused = hasErrors(planned.issues);
    const changed = (refused ? differing(prior, config) : planned.changed).filter((name) => !REPORTS.has(name));
    if (!refused && planned.action === "none" && changed.length === 0)
      return { changes: DiffChanges.none, hasDetailedDiff: true };
    return {
      changes: DiffChanges.some,
      diffs: changed,
      detailedDiff: Object.fromEntries(
        changed.map((name) => [name, { kind: PropertyDiffKind.update, inputDiff: true }]),
      ),
      hasDetailedDiff: true,
    };
  }

  private async create(request: WriteRequest): Promise<object> {
    const { planned, secrets } = await this.plan(request, undefined, request.properties);
    const written = await this.write(request, null, planned, secrets);
    return { ...written, refreshBeforeUpdate: true };
  }

  private async update(request: WriteRequest): Promise<object> {
    const { prior, planned, secrets } = await this.plan(request, request.olds, request.news);
    const { properties } = await this.write(request, prior, planned, secrets);
    return { properties, refreshBeforeUpdate: true };
  }

  private async delete(request: WriteRequest): Promise<object> {
    const { prior, planned } = await this.plan(request, request.properties, null);
    if (prior === null) return {};
    const applied = await this.options.handlers.apply(kindOf(request), {
      prior,
      planned: null,
      private: planned.private,
    });
    await this.finish(request.urn, applied);
    return {};
  }

  private async read(request: WriteRequest): Promise<object> {
    const kind = kindOf(request);
    const before = storedIn(kind, request.properties, this.chain);
    const found = before
      ? await this.options.handlers.read(kind, before)
      : await this.options.handlers.import(kind, request.id ?? "");
    await this.finish(request.urn, found);
    if (found.stored === null) return { id: "" };
    const given = readProperties(request.inputs);
    const inputs =
      before === null
        ? inputsAfterImport(kind, request.urn, found.stored)
        : inputsAfterRead(kind, given.properties, before, found.stored);
    return {
      id: idOf(found.stored),
      properties: writeStored(found.stored, given.secrets),
      inputs: writeProperties(inputs, given.secrets),
      refreshBeforeUpdate: true,
    };
  }

  /** What would be done, from what is on the server now: the state may be older than that. */
  private async look(request: ResourceRequest, state: WireStruct | undefined, declared: WireStruct | undefined | null) {
    const kind = kindOf(request);
    const remembered = storedIn(kind, state, this.chain);
    let prior: Stored | null = null;
    if (remembered) {
      const found = await this.options.handlers.read(kind, remembered);
      await this.finish(request.urn, found);
      prior = found.stored;
    }
    const given = readProperties(declared ?? undefined);
    const config = declared === null ? null : toAttributes(resourceSchemas[kind], given.properties).attributes;
    const planned = await this.options.handlers.plan(kind, { prior, config });
    await this.warn(request.urn, planned.issues);
    return { prior, planned, config, secrets: given.secrets };
  }

  /** As {@link look}, and an error where that is refused. */
  private async plan(request: ResourceRequest, state: WireStruct | undefined, declared: WireStruct | undefined | null) {
    const looked = await this.look(request, state, declared);
    failOnErrors(looked.planned.issues);
    return looked;
  }

  /** Applies a plan, or in a preview shows what it would do. */
  private async write(
    request: WriteRequest,
    prior: Stored | null,
    planned: Planned,
    secrets: ReadonlySet<string>,
  ): Promise<{ id: string; properties: WireStruct }> {
    const attributes = plannedAttributes(planned);
    if (request.preview === true) {
      await this.announce(request.urn, planned, secrets);
      const shown = { attributes, private: planned.private };
      return { id: "", properties: writeStored(shown, secrets) };
    }
    const applied = await this.options.handlers.apply(kindOf(request), {
      prior,
      planned: attributes,
      private: planned.private,
    });
    await this.finish(request.urn, applied);
    if (applied.stored === null) throw new Error("the change was made, but the server no longer has the object");
    return { id: idOf(applied.stored), properties: writeStored(applied.stored, secrets) };
  }

  /** Shows the statements beside the resource: the engine's own display of a preview leaves outputs out. */
  private async announce(urn: string, planned: Planned, secrets: ReadonlySet<string>): Promise<void> {
    const ddl = planned.attributes?.["ddl"];
    if (secrets.size > 0 || planned.statements === null || planned.statements.length === 0 || !isList(ddl)) return;
    await this.log.info(urn, ddl.map((statement) => `${String(statement)};`).join("\n"));
  }

  private async finish(urn: string, result: Pick<Applied, "issues">): Promise<void> {
    await this.warn(urn, result.issues);
    failOnErrors(result.issues);
  }

  private async warn(urn: string, issues: readonly Issue[]): Promise<void> {
    for (const issue of issues.filter(({ severity }) => severity === "warning")) await this.log.warn(urn, text(issue));
  }
}

/** A change of connection settings never replaces the provider: replacing it would replace every table of it. */
function diffConfig(request: DiffRequest): object {
  const [before, after] = [readProperties(request.oldInputs ?? request.olds), readProperties(request.news)];
  const same = sameValue(settingsOf(before.properties), settingsOf(after.properties));
  return { changes: same ? DiffChanges.none : DiffChanges.some };
}

/** The engine puts the plugin's version among a provider's settings. */
function settingsOf(properties: ValueMap): ValueMap {
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => name !== "version" && !name.startsWith("__")),
  );
}

function kindOf({ urn, type }: ResourceRequest): Kind {
  const token = type || (urn.split("::")[2] ?? "").split("$").pop();
  const kind = kinds.find((each) => pulumiTokens[each] === token);
  if (kind === undefined) {
    throw new Error(`unknown resource type "${token ?? ""}": allowed are ${Object.values(pulumiTokens).join(", ")}`);
  }
  return kind;
}

/** @throws Error (PG479) for a state that a newer version has written */
function storedIn(kind: Kind, state: WireStruct | undefined, chain: readonly Upgrade[]): Stored | null {
  const { [PRIVATE]: memory, ...properties } = readProperties(state).properties;
  if (Object.keys(properties).length === 0) return null;
  const kept = typeof memory === "string" ? memory : null;
  const version = versionIn(kept);
  const newer = newerState(kind, version, chain);
  failOnErrors(newer === null ? [] : [newer]);
  const { attributes } = toAttributes(schemasOf(kind, version, chain), properties);
  return { attributes: upgraded(kind, version, attributes, chain), private: kept };
}

function writeStored(stored: Stored, secrets: ReadonlySet<string>): WireStruct {
  const kept = lastingMemory(stored.private);
  const memory = kept === null ? {} : { [PRIVATE]: kept };
  const marked = secrets.size === 0 ? secrets : new Set([...secrets, "ddl", PRIVATE]); // both repeat the inputs
  return writeProperties({ ...toProperties(stored.attributes), ...memory }, marked);
}

/** A program's inputs as they would have to be for what was found: those that still hold stay as they were written. */
function inputsAfterRead(kind: Kind, given: ValueMap, before: Stored, found: Stored): ValueMap {
  const now = toProperties(found.attributes);
  return inputsFrom(kind, (name) => {
    const unchanged = sameValue(before.attributes[name] ?? null, found.attributes[name] ?? null);
    return unchanged ? given[name] : now[name];
  });
}

/** What to write into a program for what was imported. What nobody has declared so far is the project's from now on. */
function inputsAfterImport(kind: Kind, urn: string, found: Stored): ValueMap {
  const now = toProperties(found.attributes);
  const project = urn.split("::")[1] ?? "";
  return inputsFrom(kind, (name) => (name === "declaredBy" && now[name] === "" ? project : now[name]));
}

function inputsFrom(kind: Kind, valueOf: (name: string) => Value | undefined): ValueMap {
  const inputs = inputNames(resourceSchemas[kind]).map((name) => [name, valueOf(name)] as const);
  return Object.fromEntries(inputs.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

function plannedAttributes(planned: Planned): Attributes {
  if (planned.attributes === null) throw new Error("the plan has neither attributes nor errors");
  return planned.attributes;
}

/** Attributes that are declared otherwise than they are. */
function differing(prior: Stored | null, config: Attributes | null): readonly string[] {
  const declared = Object.entries(config ?? {}).filter(([, value]) => value !== null);
  return declared.filter(([name, value]) => !sameValue(value, prior?.attributes[name] ?? null)).map(([name]) => name);
}

function idOf(stored: Stored): string {
  return String(stored.attributes["id"]);
}

function unexpectedFailure(path: string): object {
  return failure(`${path}: unknown property: remove it, or correct its spelling`);
}

function failures(issues: readonly Issue[]): object[] {
  return issues.filter(({ severity }) => severity === "error").map((issue) => failure(text(issue)));
}

/** Without a property: the engine would print the property's whole value in front of the reason, which names it already. */
function failure(reason: string): object {
  return { property: "", reason };
}

function failOnErrors(issues: readonly Issue[]): void {
  const errors = issues.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(text).join("\n"));
}

function text(issue: Issue): string {
  const where = issue.attribute === null ? "" : `${issue.attribute}: `;
  return `${issue.code} ${where}${issue.summary}${issue.detail === "" ? "" : `\n${issue.detail}`}`;
}
