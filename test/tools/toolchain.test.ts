import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureToolchain, engineEnvironment, pinnedVersion, type Toolchain } from "../../tools/toolchain";

const toolchain: Toolchain = {
  terraform: "/terraform-folder/terraform",
  terraformName: "terraform",
  tofu: "/tofu-folder/tofu",
  pulumi: "/pulumi-folder/pulumi",
  pulumiHome: "/pulumi-home",
  dataHome: "/data-home",
  node24: "/node24",
  cdktn: "/cdktn",
  postgresServers: "/postgres-servers",
};

describe("versions", () => {
  it("are read from the Go module that pins them, whether alone, in a list or replaced", () => {
    expect(pinnedVersion("terraform-provider-kafka", "github.com/Mongey/terraform-provider-kafka")).toBe("0.13.1");
    const rabbitmq = "github.com/terraform-providers/terraform-provider-rabbitmq";
    expect(pinnedVersion("terraform-provider-rabbitmq", rabbitmq)).toBe("1.8.0");
    expect(pinnedVersion("pulumi", "github.com/pulumi/pulumi/pkg/v3")).toBe("3.250.0");
  });

  it("that no module pins are refused", () => {
    expect(() => pinnedVersion("opentofu", "example.com/other")).toThrow(
      "tools/go/opentofu/go.mod does not require example.com/other",
    );
  });

  it.each(["kafka", "rabbitmq"])("of Pulumi's %s provider are those of the installed npm package", (name) => {
    const info = readFileSync(join("tools", "go", "pulumi-bridges", name, "info.go"), "utf8");
    const { version } = JSON.parse(readFileSync(join("node_modules", "@pulumi", name, "package.json"), "utf8")) as {
      version: string;
    };
    expect(info).toContain(`const Version = "${version}"`);
  });
});

it("refuses to give a tool that was not asked for", async () => {
  const nothing = await ensureToolchain({ only: [] });
  expect(() => nothing.tofu).toThrow('tofu was not asked for: add "tofu" to the tools that ensureToolchain gets');
});

describe("the environment of an engine", () => {
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, { TF_CLI_CONFIG_FILE: "/missing", TF_PLUGIN_CACHE_DIR: "/stale" }));
  afterEach(() => {
    for (const name of ["TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it.each(["cdktf", "terraform"] as const)("makes %s use the toolchain's terraform", (engine) => {
    const env = engineEnvironment(toolchain, engine);
    expect(env["TERRAFORM_BINARY_NAME"]).toBe("terraform");
    expect(env["PATH"]).toMatch(/^\/terraform-folder:/);
    const without = engineEnvironment({ ...toolchain, terraform: toolchain.tofu, terraformName: "tofu" }, engine);
    expect(without["TERRAFORM_BINARY_NAME"]).toBe("tofu");
    expect(without["PATH"]).toMatch(/^\/tofu-folder:/);
  });

  it.each(["cdktn", "tofu"] as const)("makes %s use OpenTofu though there is a terraform", (engine) => {
    const env = engineEnvironment(toolchain, engine);
    expect(env["TERRAFORM_BINARY_NAME"]).toBe("tofu");
    expect(env["PATH"]).toMatch(/^\/tofu-folder:/);
  });

  it("has the published providers where engines look, and neither configuration nor plugin cache", () => {
    const env = { ...process.env, ...engineEnvironment(toolchain, "cdktf") };
    expect(env["XDG_DATA_HOME"]).toBe("/data-home");
    expect(env["TF_CLI_CONFIG_FILE"]).toBeUndefined();
    expect(env["TF_PLUGIN_CACHE_DIR"]).toBeUndefined();
    expect(env["CDKTF_DISABLE_PLUGIN_CACHE_ENV"]).toBe("true");
  });

  it("gives Pulumi our plugins alone, and the state that the caller names", () => {
    const state = { backendUrl: "file:///state", passphrase: "secret" };
    expect(engineEnvironment(toolchain, "pulumi", state)).toMatchObject({
      PULUMI_HOME: "/pulumi-home",
      PULUMI_BACKEND_URL: "file:///state",
      PULUMI_CONFIG_PASSPHRASE: "secret",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    });
    expect(() => engineEnvironment(toolchain, "pulumi")).toThrow(/needs to be told where its state is/);
  });
});
