import type { IConstruct } from "constructs";
import type { Engine } from "./engine";
import { otherEngine, type Origin } from "./errors";

/**
 * The stack that a construct is in.
 *
 * @throws DeclarationError (TF501) when the stack was made by the other engine or by a second copy of this one: both mark their
 * stacks with the same symbol, so that only the class tells them apart, and a mixture breaks far away, at synth
 */
export function stackOf(engine: Engine, construct: IConstruct): IConstruct {
  const stack = engine.TerraformStack.of(construct);
  if (stack instanceof engine.TerraformStack) return stack;
  throw otherEngine(construct.node.path, engine.name, originOf(stack));
}

/** jsii stamps the classes of both engines with their package and version. */
const JSII = Symbol.for("jsii.rtti");

function originOf(stack: IConstruct): Origin {
  for (let type: unknown = stack.constructor; typeof type === "function"; type = Object.getPrototypeOf(type)) {
    const stamp = (Object.getOwnPropertyDescriptor(type, JSII)?.value ?? {}) as { fqn?: string; version?: string };
    const name = stamp.fqn?.split(".")[0];
    if (name !== undefined) return { name, version: stamp.version ?? "of unknown version" };
  }
  return { name: "another package", version: "of unknown version" };
}
