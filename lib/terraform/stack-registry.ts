import type { IConstruct } from "constructs";
import type { Engine, ProviderElement } from "./engine";
import { createdTwice, missingProvider } from "./errors";
import type { ProviderName } from "./materialise";

/** What our constructs have put into one stack, so that they can be checked against each other. */
class StackRegistry {
  /** By domain and key: the path of the construct that has created it. */
  readonly #created = new Map<string, string>();
  /** By provider: the paths of the constructs that use the stack's own. */
  readonly #users = new Map<ProviderName, Set<string>>();

  /** What is said at synth. */
  readonly #said = new Set<string>();
  readonly #engine: Engine;

  constructor(engine: Engine, stack: IConstruct) {
    this.#engine = engine;
    // at synth, not now: a provider may be added to the stack after what uses it
    stack.node.addValidation({ validate: () => this.#missing(engine, stack) });
  }

  /** @throws DeclarationError (TF504) when another construct has created it */
  create(domain: string, key: string, path: string): void {
    const id = `${domain}\n${key}`;
    const other = this.#created.get(id);
    if (other !== undefined) throw createdTwice(path, key, domain, other);
    this.#created.set(id, path);
  }

  useOwnProvider(provider: ProviderName, path: string): void {
    const users = this.#users.get(provider);
    if (users === undefined) this.#users.set(provider, new Set([path]));
    else users.add(path);
  }

  /** Says something at synth: once in a stack, however many constructs take parts of the domain that it is about. */
  say(construct: IConstruct, line: string): void {
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.#engine.Annotations.of(construct).addWarning(line);
  }

  #missing(engine: Engine, stack: IConstruct): string[] {
    const providers = stack.node
      .findAll()
      .filter((each): each is ProviderElement => engine.TerraformProvider.isTerraformProvider(each));
    return [...this.#users].flatMap(([name, users]) => {
      const known = providers.filter((each) => each.terraformResourceType === name);
      if (known.some((each) => each.alias === undefined)) return [];
      return [
        missingProvider(
          name,
          [...users],
          known.map((each) => each.alias ?? ""),
        ),
      ];
    });
  }
}

const registries = new WeakMap<IConstruct, StackRegistry>();

export function registryOf(engine: Engine, stack: IConstruct): StackRegistry {
  const known = registries.get(stack);
  if (known !== undefined) return known;
  const registry = new StackRegistry(engine, stack);
  registries.set(stack, registry);
  return registry;
}
