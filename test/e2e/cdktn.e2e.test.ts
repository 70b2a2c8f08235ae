import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformVariables } from "../../tools/demo/deploy";
import { engineEnvironment, ensureToolchain } from "../../tools/toolchain";
import { exampleApp, runCommand } from "../terraform/project";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

jest.setTimeout(600_000);

let directory = "";
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the order system, by `cdktn deploy` with OpenTofu: created, as declared afterwards, and deployed again without changes", async () => {
  const toolchain = await ensureToolchain({ only: ["tofu", "providers", "cdktn"] });
  const { kafka } = await sharedServers();
  await wipeKafka();
  const target = { kafka, rabbitmq: await freshVhost("cdktn"), postgres: await freshDatabase("cdktn") };
  const env = { ...process.env, ...engineEnvironment(toolchain, "cdktn"), ...terraformVariables(target) };
  directory = mkdtempSync(join(tmpdir(), "eventloom-cdktn-"));
  writeFileSync(
    join(directory, "cdktf.json"),
    JSON.stringify({ language: "typescript", app: exampleApp("cdktn"), sendCrashReports: "false" }),
  );
  // with OpenTofu this command line asks for the lock each time, and the lock for a registry
  const deploy = (): ReturnType<typeof runCommand> =>
    runCommand(
      toolchain.node24,
      [toolchain.cdktn, "deploy", "orders", "--auto-approve", "--skip-provider-lock"],
      directory,
      env,
    );

  const first = await deploy();
  // the command shows the place in the declaration by itself
  expect(first.output).toMatch(/# kafka_topic\.orders_topic-OrderPaid_\w+ \(orders\/topic-OrderPaid: aggregates\.Order\.events\.OrderPaid\) will be created/); // prettier-ignore
  expect(first).toMatchObject({
    exitCode: 0,
    output: expect.stringMatching(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/),
  });
  const stack = join(directory, "cdktf.out", "stacks", "orders");
  const plan = await runCommand(toolchain.tofu, ["plan", "-detailed-exitcode", "-input=false"], stack, env);
  expect(plan).toMatchObject({ exitCode: 0, output: expect.stringContaining("No changes.") });
  expect(await deploy()).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining("0 added, 0 changed, 0 destroyed"),
  });
});
