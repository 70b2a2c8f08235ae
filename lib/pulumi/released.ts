import * as pulumi from "@pulumi/pulumi";
import type { Resource } from "../topology/types";
import { unreadableState } from "./errors";

const TYPE = "eventloom:index:Released";

/** Holds what is retired from the update that stops guarding it to the one that forgets it. */
class Released extends pulumi.ComponentResource {
  constructor(name: string, parent: pulumi.ComponentResource) {
    super(TYPE, name, {}, { parent });
    this.registerOutputs({});
  }
}

/** How a resource is released: the engine forgets it without asking its provider when it leaves the program, as it does next. */
const OPTIONS: pulumi.CustomResourceOptions = { protect: false, retainOnDelete: true, ignoreChanges: ["*"] };

/** What is to be released of a component. */
export interface Releasing {
  readonly owner: pulumi.ComponentResource;
  /** The name of the component that holds what is released. */
  readonly name: string;
  /** What no program should hold any more. */
  readonly forgotten: readonly Resource[];
  /** The end of a resource's URN: its type and name. */
  readonly identityOf: (resource: Resource) => string;
  readonly create: (resource: Resource, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;
}

/**
 * Takes what is forgotten out of a stack in two updates. Pulumi forgets what leaves a program only where its state says so, and
 * refuses where its state says `protect`: the first update changes that in the state, the next one leaves the resource out. Which
 * of the two it is, and whether this stack ever had it, only the state knows.
 */
export async function release({ owner, name, forgotten, identityOf, create }: Releasing): Promise<void> {
  if (forgotten.length === 0) return;
  const held = await heldBy(owner);
  const still = forgotten.flatMap((resource) => {
    const urn = held.get(identityOf(resource));
    return urn === undefined ? [] : [{ resource, urn }];
  });
  if (still.length === 0) return;
  const parent = new Released(name, owner);
  for (const { resource, urn } of still) create(resource, { parent, aliases: [urn], ...OPTIONS });
}

/** What the state holds in a component, apart from what is released already: URNs by their ends. */
async function heldBy(owner: pulumi.ComponentResource): Promise<ReadonlyMap<string, string>> {
  const [urn, all] = await Promise.all([new Promise<string>((resolve) => owner.urn.apply(resolve)), urnsInState()]);
  const inside = `${urn.slice(0, urn.lastIndexOf("::"))}$`;
  const ours = all.filter((each) => each.startsWith(inside) && !each.includes(`$${TYPE}$`));
  return new Map(ours.map((each) => [each.slice(each.lastIndexOf("$") + 1), each]));
}

/** A backend of files is read while the engine writes the same file: what was half written then is whole an instant later. */
const READ_AGAIN_AFTER_MS: readonly number[] = [50, 100, 200, 400];

async function urnsInState(): Promise<readonly string[]> {
  const stackName = ownStack();
  for (let tries = 0; ; tries++) {
    try {
      const found = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName })) as {
        readonly outputs?: object;
      };
      return Object.keys(found.outputs ?? {});
    } catch (thrown) {
      const pause = READ_AGAIN_AFTER_MS[tries];
      if (pause === undefined) throw unreadableState(stackName, thrown);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function ownStack(): string {
  try {
    return `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  } catch {
    // unit tests have no organization; where there is one, a short name may mean another project's stack
    return pulumi.getStack();
  }
}
