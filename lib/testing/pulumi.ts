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
  /** Names of the resources that it comes after, whether by `dependsOn` or through its inputs. */
  readonly dependsOn: readonly string[];
  /** Names of the resources whose replacement replaces it. */
  readonly replaceWith: readonly string[];
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
export async function recordPulumi<T>(program: () => T | Promise<T>): Promise<PulumiRecord<T>> {
  const pulumi = await import("@pulumi/pulumi");
  const { runtime } = pulumi;
  await runtime.setMocks(
    {
      newResource: ({ name, inputs, id }) => ({ id: id ?? `${name}-id`, state: inputs as Record<string, unknown> }),
      call: ({ inputs }) => inputs as Record<string, unknown>,
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
    dependsOn: names(request.getDependenciesList()),
    replaceWith: names(request.getReplaceWithList()),
  };
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
