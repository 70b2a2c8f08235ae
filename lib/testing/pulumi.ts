import type * as Pulumi from "@pulumi/pulumi";

/** A resource as a Pulumi program asked for it. References to other resources are given by their names. */
export interface PulumiResource {
  /** The type token: `kafka:index/topic:Topic`. */
  readonly type: string;
  readonly name: string;
  /** The inputs that were given; what was left out is not there. Secrets are unwrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** False for components. */
  readonly custom: boolean;
  /** The name of the resource that it is in, or null for the stack. */
  readonly parent: string | null;
  /** The name of its explicit provider, or null for the stack's default one. */
  readonly provider: string | null;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  /** What is taken as it is in the state: `*` is all of it. */
  readonly ignoreChanges: readonly string[];
  /** Names under which the state may have it instead. */
  readonly aliases: readonly string[];
  /** Names of the resources that it comes after, whether by `dependsOn` or through its inputs. */
  readonly dependsOn: readonly string[];
  /** Names of the resources whose replacement replaces it. */
  readonly replaceWith: readonly string[];
}

/** What {@link recordPulumi} is told besides the program. */
export interface RecordOptions {
  /**
   * URNs of what the stack's state holds before the program runs. What is retired is released where it is among them.
   * @default []
   */
  readonly state?: readonly string[];
}

/** What {@link recordPulumi} gives. */
export interface PulumiRecord<T> {
  /** In the order in which the engine heard of them. */
  readonly resources: readonly PulumiResource[];
  /** What the program returned. */
  readonly result: T;
}

/**
 * Runs a Pulumi program without an engine and records what it would create: for unit tests. One at a time: the Pulumi runtime is
 * shared by the whole process.
 *
 * @param program - creates resources; may return some, whose outputs are those of an update
 * @throws whatever the program throws
 */
export async function recordPulumi<T>(
  program: () => T | Promise<T>,
  { state = [] }: RecordOptions = {},
): Promise<PulumiRecord<T>> {
  const pulumi = await import("@pulumi/pulumi");
  const { runtime } = pulumi;
  const outputs = Object.fromEntries(state.map((urn) => [urn, {}]));
  await runtime.setMocks(
    {
      newResource: ({ name, inputs, id }) => ({ id: id ?? `${name}-id`, state: inputs as Record<string, unknown> }),
      call: ({ token, inputs }) => (token === READ_STATE ? { outputs } : (inputs as Record<string, unknown>)),
    },
    "project",
    "stack",
    false,
  );
  const monitor = runtime.getMonitor() as unknown as Monitor;
  const resources: PulumiResource[] = [];
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    resources.push(recorded(runtime, request));
    return register(request, done);
  };
  const result = await program();
  await runtime.disconnect();
  return { resources, result };
}

/** How a program asks the engine for a stack's state. */
const READ_STATE = "pulumi:pulumi:readStackResourceOutputs";

interface Monitor {
  registerResource(request: RegisterRequest, done: unknown): Promise<void>;
}
/** The part of `pulumirpc.RegisterResourceRequest` that is read here. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getObject(): Parameters<typeof Pulumi.runtime.deserializeProperties>[0];
  getCustom(): boolean;
  getParent(): string;
  getProvider(): string;
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
  getDeletebeforereplace(): boolean;
  getIgnorechangesList(): readonly string[];
  getAliasurnsList(): readonly string[];
  getAliasesList(): readonly { getUrn(): string; getSpec(): { getName(): string } | undefined }[];
  getDependenciesList(): readonly string[];
  getReplaceWithList(): readonly string[];
}

function recorded(runtime: typeof Pulumi.runtime, request: RegisterRequest): PulumiResource {
  const inputs = runtime.deserializeProperties(request.getObject()) as Record<string, unknown>;
  return {
    type: request.getType(),
    name: request.getName(),
    inputs: plain(runtime, inputs) as Record<string, unknown>,
    custom: request.getCustom(),
    parent: nameIn(request.getParent()),
    provider: nameIn(request.getProvider()),
    protect: request.getProtect() === true,
    retainOnDelete: request.getRetainondelete() === true,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    aliases: aliasesOf(request),
    dependsOn: names(request.getDependenciesList()),
    replaceWith: names(request.getReplaceWithList()),
  };
}

function aliasesOf(request: RegisterRequest): readonly string[] {
  const given = request.getAliasesList().map((each) => nameIn(each.getUrn()) ?? each.getSpec()?.getName() ?? "");
  return [...names(request.getAliasurnsList()), ...given];
}

function plain(runtime: typeof Pulumi.runtime, value: unknown): unknown {
  if (runtime.isRpcSecret(value)) return plain(runtime, runtime.unwrapRpcSecret(value));
  if (Array.isArray(value)) return value.map((item) => plain(runtime, item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(runtime, item)]));
}

function names(urns: readonly string[]): readonly string[] {
  return urns.map(nameIn).filter((name) => name !== null);
}

/** The name in a URN (`urn:pulumi:stack::project::type::name`), or in a provider reference (`urn::id`). */
function nameIn(reference: string): string | null {
  return reference === "" ? null : (reference.split("::")[3] ?? null);
}
