import { join } from "node:path";
import type { Construct } from "constructs";
import type { Engine, ProviderElement, SynthesisSession } from "../engine";
import { noHcl } from "../errors";
import { stackOf } from "../guard";
import { bundledProvider, placeProvider } from "./bundle";
import type { ProviderDefinition } from "./definition";
import { BUNDLED_SOURCE } from "./eventloom";

/** A provider class of an engine. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as TypeScript wants a mixin's base to be
export type ProviderBase<P extends ProviderElement> = abstract new (...args: any[]) => P;

/** A class for providers that are given as data; its instances are the engine's own providers. */
export type ConfiguredProviderClass<P extends ProviderElement> = new (
  scope: Construct,
  id: string,
  definition: ProviderDefinition,
) => P;

/** Makes the class for one engine's `TerraformProvider`. */
export function configuredProvider<P extends ProviderElement>(
  engine: Engine,
  base: ProviderBase<P>,
): ConfiguredProviderClass<P> {
  const Base = base as unknown as new (scope: Construct, id: string, config: object) => ProviderElement;
  class ConfiguredProvider extends Base {
    readonly #definition: ProviderDefinition;
    #alias: string | undefined;

    constructor(scope: Construct, id: string, definition: ProviderDefinition) {
      super(scope, id, {
        terraformResourceType: definition.name,
        terraformProviderSource: definition.source,
        terraformGeneratorMetadata: {
          providerName: definition.name,
          get providerVersion(): string {
            return definition.version();
          },
        },
      });
      this.#definition = definition;
      this.#alias = definition.alias;
      const stack = stackOf(engine, this);
      if (definition.source !== BUNDLED_SOURCE) return;
      whenSynthesized(this, ({ outdir, manifest }) =>
        placeProvider(bundledProvider(), definition.source, join(outdir, manifest.forStack(stack).workingDirectory)),
      );
    }

    override get alias(): string | undefined {
      return this.#alias;
    }

    override set alias(alias: string | undefined) {
      this.#alias = alias;
    }

    protected synthesizeAttributes(): Readonly<Record<string, unknown>> {
      return this.#definition.settings;
    }

    protected synthesizeHclAttributes(): never {
      throw noHcl(this.node.path);
    }
  }
  return ConfiguredProvider as unknown as ConfiguredProviderClass<P>;
}

/** How both engines find what a construct wants done while they write (`addCustomSynthesis`, which neither exports). */
const CUSTOM_SYNTHESIS = Symbol.for("cdktf/customSynthesis");

function whenSynthesized(construct: object, onSynthesize: (session: SynthesisSession) => void): void {
  Object.defineProperty(construct, CUSTOM_SYNTHESIS, { value: { onSynthesize }, enumerable: false });
}
