import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "@msgpack/msgpack";
import type { DeclaredResource } from "../../campaigns/crashes/engine";
import { pulumiTokens, resourceSchemas, terraformTypes } from "../../lib/provider/schema";
import type { ValueMap } from "../../lib/provider/value";
import { encodeDynamic } from "../../lib/provider/terraform/codec";
import type { Toolchain } from "../../tools/toolchain";
import { type Outcome, PulumiProject } from "../pulumi/pulumi-project";
import { type TestDatabase, written } from "./deployment";

/** The resources of a program as Terraform's JSON has them, each after the one before it. */
export function terraformResources(program: readonly DeclaredResource[]): Record<string, Record<string, object>> {
  const resources: Record<string, Record<string, object>> = {};
  program.forEach(({ kind, config }, at) => {
    const before = program[at - 1];
    const after = before === undefined ? {} : { depends_on: [`${terraformTypes[before.kind]}.${nameOf(before)}`] };
    (resources[terraformTypes[kind]] ??= {})[nameOf(program[at]!)] = {
      ...terraformAttributes({ kind, config }),
      ...after,
    };
  });
  return resources;
}

/** The attributes of a resource as Terraform's JSON has them. */
export function terraformAttributes({ kind, config }: DeclaredResource): object {
  const attributes = decode(encodeDynamic(resourceSchemas[kind], written(kind, config)).msgpack!) as object;
  return JSON.parse(JSON.stringify(attributes).replaceAll("${", "$${").replaceAll("%{", "%%{")) as object;
}

/** Of the resource in its program. */
export function nameOf({ kind, config }: DeclaredResource): string {
  return `${kind}_${String(config["name"] ?? config["role"]).replace(/\W/g, "_")}`;
}

const MAIN = `
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const { settings, resources } = JSON.parse(readFileSync("input.json", "utf8"));
class Server extends pulumi.ProviderResource {
  constructor() { super("eventloom", "server", { ...settings, password: pulumi.secret(settings.password) }); }
}
class Declared extends pulumi.CustomResource {}
const provider = new Server();
let dependsOn = [];
for (const { token, name, config } of resources) dependsOn = [new Declared(token, name, config, { provider, dependsOn })];
`;

/** What Pulumi stores of a resource. */
export interface HeldResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: ValueMap;
  readonly outputs: ValueMap;
}

/** A program of plain resources, run by the real Pulumi. */
export class PulumiTables {
  readonly project: PulumiProject;

  constructor(
    toolchain: Toolchain,
    private readonly database: TestDatabase,
  ) {
    this.project = new PulumiProject(toolchain, {});
    writeFileSync(join(this.project.directory, "index.js"), MAIN);
    const plugins = { providers: [{ name: "eventloom", path: "node_modules/eventloom/dist/provider" }] };
    const runtime = { name: "nodejs", options: { typescript: false } };
    const project = { name: "shop", main: "index.js", runtime, plugins };
    writeFileSync(join(this.project.directory, "Pulumi.yaml"), JSON.stringify(project));
  }

  write(program: readonly DeclaredResource[]): void {
    const { host, port, username, password, database } = this.database;
    const settings = { host, port: String(port), username, password, database, sslmode: "disable" };
    const resources = program.map((each) => ({ token: pulumiTokens[each.kind], name: nameOf(each), config: each.config })); // prettier-ignore
    writeFileSync(join(this.project.directory, "input.json"), JSON.stringify({ settings, resources }));
  }

  /**
   * Puts resources that another stack held into an empty one, as `pulumi stack import` takes them, each after the one before it.
   *
   * @param held - what `pulumi stack export` said of them
   */
  async take(held: readonly HeldResource[]): Promise<void> {
    // With the stack and the provider, as this version's engine stores them.
    this.write([]);
    for (const command of [["up", "--yes", "--skip-preview"], ["stack", "export", "--file", "empty.json"]]) await this.project.succeed(...command); // prettier-ignore
    const file = join(this.project.directory, "empty.json");
    const exported = JSON.parse(readFileSync(file, "utf8")) as { deployment: { resources: (HeldResource & object)[] } };
    const { resources } = exported.deployment;
    const [stack, server] = ["pulumi:pulumi:Stack", "pulumi:providers:eventloom"].map((wanted) => resources.find(({ type }) => type === wanted)); // prettier-ignore
    const provider = `${server!.urn}::${server!.id}`;
    held.forEach((each, at) => {
      const dependencies = at === 0 ? [] : [held[at - 1]!.urn];
      resources.push({ ...each, custom: true, parent: stack!.urn, provider, dependencies } as HeldResource);
    });
    writeFileSync(file, JSON.stringify(exported));
    await this.project.succeed("stack", "import", "--file", "empty.json");
  }

  up(): Promise<Outcome> {
    return this.project.run("up", "--yes", "--skip-preview");
  }

  /** Fails where there is anything to do. */
  expectNoChanges(): Promise<Outcome> {
    return this.project.run("preview", "--expect-no-changes");
  }
}
