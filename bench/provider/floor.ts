import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformWorkspace } from "../../test/provider/terraform-workspace";
import { wireSchemas } from "../../lib/provider/terraform/wire-schema";
import { ensureGoTool, type GoTool } from "../../tools/go-build";
import type { OnProgress } from "../../tools/progress";
import type { Took } from "./turns";
import { cpus, walls } from "./turns";
import { compared, type Row } from "../suite";

const FLOOR: GoTool = {
  module: "terraform-provider-floor",
  command: ".",
  binary: "terraform-provider-floor",
  about: "1 min",
};

/**
 * The engine with a provider in its own language that answers at once: what it takes to plan as much by its protocol, whoever
 * provides it.
 */
export class Floor {
  private constructor(
    private readonly terraform: string,
    private readonly provider: string,
  ) {}

  static async build(terraform: string, progress: OnProgress): Promise<Floor> {
    return new Floor(terraform, await ensureGoTool(FLOOR, progress));
  }

  /** The configuration and the state of another workspace, whose resources are planned by a provider with the same schema. */
  twinOf(other: TerraformWorkspace): TerraformWorkspace {
    const env: NodeJS.ProcessEnv = {};
    const twin = this.workspace(env);
    env["FLOOR_SCHEMA"] = join(twin.directory, "schema.json");
    writeFileSync(env["FLOOR_SCHEMA"], JSON.stringify(printedSchemas()));
    for (const file of ["main.tf.json", "terraform.tfstate"]) {
      copyFileSync(join(other.directory, file), join(twin.directory, file));
    }
    return twin;
  }

  /** As many resources with one text. Their state is written down here: to apply them would only take its time. */
  ofOneText(names: readonly string[]): TerraformWorkspace {
    const found = this.workspace({});
    found.write({ eventloom_floor: Object.fromEntries(names.map((name) => [name, { input: name }])) });
    const resources = names.map((name) => ({
      mode: "managed",
      type: "eventloom_floor",
      name,
      provider: 'provider["eventloom.internal/eventloom/eventloom"]',
      instances: [{ schema_version: 1, attributes: { input: name }, sensitive_attributes: [] }],
    }));
    const state = { version: 4, terraform_version: "1.0.0", serial: 1, lineage: "floor", outputs: {}, resources };
    writeFileSync(join(found.directory, "terraform.tfstate"), JSON.stringify(state));
    return found;
  }

  private workspace(env: NodeJS.ProcessEnv): TerraformWorkspace {
    const workspace = new TerraformWorkspace(this.terraform, {}, env);
    // in the place of ours, under its name
    copyFileSync(this.provider, workspace.providerFile);
    chmodSync(workspace.providerFile, 0o755);
    return workspace;
  }
}

interface WireAttribute {
  readonly name: string;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly type?: Buffer;
  readonly nestedType?: { readonly attributes: readonly WireAttribute[]; readonly nesting: number };
}
interface WireSchema {
  readonly version: number;
  readonly block: { readonly attributes: readonly WireAttribute[] };
}

/** Our schemas as `terraform providers schema -json` prints them, as far as the floor reads it. */
function printedSchemas(): object {
  const { provider, resourceSchemas } = wireSchemas() as unknown as {
    readonly provider: WireSchema;
    readonly resourceSchemas: Readonly<Record<string, WireSchema>>;
  };
  const schema = ({ version, block }: WireSchema): object => ({
    version,
    block: { attributes: printed(block.attributes) },
  });
  const resources = Object.entries(resourceSchemas).map(([name, each]) => [name, schema(each)] as const);
  const eventloom = { provider: schema(provider), resource_schemas: Object.fromEntries(resources) };
  return { provider_schemas: { eventloom } };
}

function printed(attributes: readonly WireAttribute[]): object {
  return Object.fromEntries(
    attributes.map(({ name, type, nestedType, required, optional, computed }) => {
      const inner = nestedType && {
        attributes: printed(nestedType.attributes),
        nesting_mode: nestedType.nesting === 2 ? "list" : "single",
      };
      const of = type === undefined ? { nested_type: inner } : { type: JSON.parse(type.toString()) as unknown };
      return [name, { required, optional, computed, ...of }];
    }),
  );
}

/** How ours and `terraform_data` stand to the floor. */
export interface FloorTimes {
  readonly ours: readonly Took[] | undefined;
  readonly twin: readonly Took[] | undefined;
  readonly oneText: readonly Took[] | undefined;
  readonly data: readonly Took[] | undefined;
}

/**
 * @param goal - the highest ratio of ours to the same by a provider that answers at once
 */
export function floorRows(figure: string, tables: number, times: FloorTimes, goal: number): readonly Row[] {
  const { ours, twin, oneText, data } = times;
  const same = `the same by a provider that answers at once`;
  const least = `plan of ${tables} resources of one text by a provider that answers at once`;
  return [
    compared(`${figure}, ms`, walls(ours), same, walls(twin), goal),
    compared(`${figure}, CPU ms`, cpus(ours), same, cpus(twin), goal),
    compared(`${least}, CPU ms`, cpus(oneText), `${tables} terraform_data`, cpus(data), null),
  ];
}
