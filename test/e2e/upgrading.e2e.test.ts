import { chmodSync, copyFileSync, appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { providerDirectory, terraformProviderFile } from "../../lib/provider/version";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { TerraformWorkspace } from "../provider/terraform-workspace";
import { root } from "../sources";
import { freshDatabase } from "./servers";

jest.setTimeout(180_000);

const SOURCE = "eventloom.internal/eventloom/eventloom";
const GUIDE = readFileSync(join(root, "docs", "upgrading.md"), "utf8");

let toolchain: Toolchain;

beforeAll(async () => {
  toolchain = await ensureToolchain({ only: ["terraform", "tofu"] });
});

/** A folder in which a package of one version was synthesised, and then one of another. */
class Synthesised {
  readonly workspace: TerraformWorkspace;

  constructor(binary: string, provider: Readonly<Record<string, unknown>>) {
    this.workspace = new TerraformWorkspace(binary, provider);
  }

  /** @param note - makes other content of the same version */
  by(version: string, note = ""): void {
    const plugins = join(this.workspace.directory, "terraform.d", "plugins");
    rmSync(plugins, { recursive: true, force: true });
    const system = `${platform()}_${arch() === "x64" ? "amd64" : arch()}`;
    const file = join(plugins, ...SOURCE.split("/"), version, system, terraformProviderFile);
    mkdirSync(join(file, ".."), { recursive: true });
    copyFileSync(join(providerDirectory(), terraformProviderFile), file);
    appendFileSync(file, `// ${version} ${note}\n`);
    chmodSync(file, 0o755);
    const resources = { eventloom_postgres_schema: { main: { name: "upgraded", declared_by: "orders" } } };
    this.workspace.write(resources, { terraform: { required_providers: { eventloom: { source: SOURCE, version } } } });
  }

  lock(): string {
    return readFileSync(join(this.workspace.directory, ".terraform.lock.hcl"), "utf8");
  }
}

/** Texts of the guide in which the engine's name is the one that ran. */
function quoted(engine: string): readonly string[] {
  const command = engine.toLowerCase() === "terraform" ? "terraform" : "tofu";
  return [...GUIDE.matchAll(/```text\n([\s\S]*?)```/g)]
    .map(([, text]) => text!.trim().replace(/\s+/g, " "))
    .filter((text) => !/Terraform|terraform|OpenTofu|tofu/.test(text) || text.includes(`${command} init`) || text.includes(engine)); // prettier-ignore
}

test.each(["Terraform", "OpenTofu"])(
  "%s wants init -upgrade when the package is another, then plans no change, and never takes other content under a version that it has locked",
  async (engine) => {
    const database = await freshDatabase("upgrading");
    const binary = engine === "Terraform" ? toolchain.terraform : toolchain.tofu;
    const folder = new Synthesised(binary, { ...database, sslmode: "disable" });
    const { workspace } = folder;
    try {
      folder.by("0.1.0");
      const said = [await workspace.init(), await workspace.apply()];
      expect(said.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(folder.lock()).toMatch(/version {5}= "0\.1\.0"\n {2}constraints = "0\.1\.0"\n {2}hashes = \[\n {4}"h1:/);

      folder.by("0.2.0");
      const refused = [await workspace.init(), await workspace.plan()];
      expect(refused.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
      const upgraded = await workspace.run("init", "-input=false", "-upgrade");
      expect(upgraded.exitCode).toBe(0);
      expect(folder.lock()).toContain('version     = "0.2.0"');
      expect(folder.lock()).not.toContain("0.1.0");
      expect(await workspace.plan()).toMatchObject({ exitCode: 0, output: expect.stringContaining("No changes.") });

      folder.by("0.2.0", "built anew");
      const other = [await workspace.init(), await workspace.run("init", "-input=false", "-upgrade")];
      expect(other.map(({ exitCode }) => exitCode)).toEqual([1, 1]);

      const all = [...said, ...refused, upgraded, ...other].map(({ output }) => output);
      const texts = quoted(engine);
      expect(texts.length).toBeGreaterThanOrEqual(2);
      for (const text of texts) expect(all.find((output) => output.includes(text)) ?? all.join("\n")).toContain(text);
    } finally {
      workspace.remove();
    }
  },
);
