import type { TerraformVariable } from "cdktf";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledProvider, bundledVersion, placeProvider, PLATFORMS } from "../../lib/terraform/providers/bundle";
import { emptyStack, engines, stackWithProviders, synthesized } from "./engines";

describe.each(engines)("provider constructs in $name", (under) => {
  test("write their settings, where they come from and the version that is tested", () => {
    const stack = stackWithProviders(under);
    const written = synthesized(under, stack);
    expect(written.provider["kafka"]).toEqual([{ bootstrap_servers: ["localhost:9092"], tls_enabled: false }]);
    expect(written.terraform.required_providers).toEqual({
      kafka: { source: "mongey/kafka", version: "0.13.1" },
      rabbitmq: { source: "cyrilgdn/rabbitmq", version: "1.8.0" },
      eventloom: { source: "example/eventloom", version: "1.0.0" },
    });
  });

  test("take values that are known at deployment only", () => {
    const stack = emptyStack(under);
    const variable = (name: string, type: string): TerraformVariable =>
      new under.engine.TerraformVariable(stack, name, { type });
    new under.constructs.KafkaProvider(stack, "kafka", {
      bootstrapServers: variable("servers", "list(string)").listValue,
      tlsEnabled: variable("tls", "bool").booleanValue,
      saslPassword: variable("secret", "string").stringValue,
      timeout: variable("timeout", "number").numberValue,
    });
    expect(synthesized(under, stack).provider["kafka"]).toEqual([
      {
        bootstrap_servers: "${var.servers}",
        tls_enabled: "${var.tls}",
        sasl_password: "${var.secret}",
        timeout: "${var.timeout}",
      },
    ]);
  });

  test("refuse a version of the bundled provider, which has one only", () => {
    const stack = emptyStack(under);
    expect(() => new under.constructs.EventloomProvider(stack, "eventloom", { version: "2.0.0" })).toThrow(
      /TF509 version: .*got "2\.0\.0" without a source/,
    );
  });
});

describe("placing the table provider", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "eventloom-place-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const bundle = (text: string): { file: string; version: string } => {
    const file = join(directory, "bundle.cjs");
    writeFileSync(file, text);
    return { file, version: "1.2.3" };
  };
  const placed = (platform: string): string =>
    join(directory, "terraform.d/plugins/eventloom.internal/a/b/1.2.3", platform, "terraform-provider-eventloom.cjs");

  test("writes one executable file for every platform", () => {
    placeProvider(bundle("one"), "eventloom.internal/a/b", directory);
    for (const platform of PLATFORMS) {
      expect(readFileSync(placed(platform), "utf8")).toBe("one");
      expect(statSync(placed(platform)).mode & 0o777).toBe(0o755);
      expect(readdirSync(join(placed(platform), ".."))).toHaveLength(1);
    }
  });

  test("replaces what is old or was cut off, and leaves alone what is there already", () => {
    placeProvider(bundle("one"), "eventloom.internal/a/b", directory);
    writeFileSync(placed("linux_amd64"), "on");
    chmodSync(placed("linux_arm64"), 0o644);
    const before = statSync(placed("darwin_arm64")).mtimeMs;
    placeProvider(bundle("one"), "eventloom.internal/a/b", directory);
    expect(readFileSync(placed("linux_amd64"), "utf8")).toBe("one");
    expect(statSync(placed("linux_arm64")).mode & 0o777).toBe(0o755);
    expect(statSync(placed("darwin_arm64")).mtimeMs).toBe(before);
  });

  test("says what to do where the package has no provider in it", () => {
    expect(() => bundledVersion(directory)).toThrow(
      /TF507 .*dist\/provider\/version\.json is missing \(fix: .*npm run build/,
    );
    writeFileSync(join(directory, "version.json"), '{"version":"1.2.3"}');
    expect(() => bundledProvider(directory)).toThrow(/TF507 .*terraform-provider-eventloom\.cjs is missing/);
  });

  test("leaves nothing half written where it fails", () => {
    const missing = { file: join(directory, "missing.cjs"), version: "1.2.3" };
    expect(() => placeProvider(missing, "eventloom.internal/a/b", directory)).toThrow(/ENOENT/);
    expect(existsSync(placed("linux_amd64"))).toBe(false);
    expect(readdirSync(join(placed("linux_amd64"), ".."))).toEqual([]);
  });
});
