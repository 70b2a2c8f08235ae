import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bank,
  chosen,
  ENGINE_VICTIMS,
  EngineStage,
  OwnPostgres,
  REAL_ENGINES,
  runningBelow,
} from "../../campaigns/crashes";
import { StatementProxy } from "../../campaigns/crashes/statement-proxy";
import { query } from "../../tools/servers/postgres";
import { ensureToolchain } from "../../tools/toolchain";
import { terraformResources } from "./engine-programs";
import { StateServer } from "./state-server";
import { TerraformWorkspace } from "./terraform-workspace";

jest.setTimeout(240_000);

let folder: string;
let server: OwnPostgres;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eventloom-engine-crashes-"));
  server = await OwnPostgres.start(folder);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(REAL_ENGINES)("the real %s", (name) => {
  let stage: EngineStage;

  beforeAll(async () => {
    stage = await EngineStage.start(name, server.server);
  });
  afterAll(() => stage.stop());

  test.each(ENGINE_VICTIMS)(
    "whose %s is killed at any statement makes in the next run what an undisturbed one makes",
    async (victim) => {
      // `npm run campaign -- crashes --engine <name>` does all of them.
      const seed = randomInt(1, 2 ** 31 - 1);
      const [each] = chosen(stage.crashes.filter((some) => some.victim === victim), { seed, count: 1 }); // prettier-ignore
      console.info(`crashes: --engine ${name} --victim ${victim} --seed ${seed} --count 1: ${JSON.stringify(each)}`);
      const hurried: string[] = [];
      // Pulumi's own lock outlives it.
      const locked = name === "pulumi" && victim === "engine";
      const round = await stage.crash(each!, locked ? ({ output }) => hurried.push(output) : undefined);
      expect(round).toMatchObject({ wrong: [], statement: expect.any(String) });
      expect(hurried).toEqual(locked ? [expect.stringContaining("the stack is currently locked by 1 lock(s)")] : []);
    },
  );
});

test("Terraform that is killed before its backend has anything of the state finds its lock there, and takes over all that was made once that is taken away", async () => {
  const database = { ...server.server, database: "crashes_backend" };
  await query(server.server, `CREATE DATABASE ${database.database}`);
  const states = await StateServer.start();
  let killed = 0;
  const proxy = await StatementProxy.start(database, {
    sent: ({ sql }) => {
      if (killed > 0 || !sql.startsWith('CREATE TABLE "bank"."slots"')) return;
      for (const pid of runningBelow(process.pid, /(terraform|tofu) apply /)) {
        process.kill(pid, "SIGKILL");
        killed++;
      }
    },
  });
  const { terraform } = await ensureToolchain({ only: ["terraform"] });
  const workspace = new TerraformWorkspace(terraform, { ...database, port: proxy.port, sslmode: "disable" });
  try {
    writeFileSync(
      join(workspace.directory, "backend.tf.json"),
      JSON.stringify({ terraform: { backend: states.backend } }),
    );
    const program = bank.after.filter(({ config }) => config["name"] !== "journal");
    workspace.write(terraformResources(program));
    await workspace.init();
    await workspace.apply("-parallelism=1");
    expect([killed, states.state]).toEqual([1, null]);

    const locked = await workspace.apply();
    expect(locked).toMatchObject({ exitCode: 1, output: expect.stringContaining("Error acquiring the state lock") });
    const [, id] = /ID: ([-0-9a-f]+)/.exec(locked.output) ?? [];
    expect(await workspace.run("force-unlock", "-force", String(id))).toMatchObject({ exitCode: 0 });
    const again = await workspace.apply("-parallelism=1");
    expect(again).toMatchObject({ exitCode: 0, output: expect.stringContaining(`${program.length} added, 0 changed, 0 destroyed`) }); // prettier-ignore
    // All but what was not there yet was taken over as it was.
    expect(proxy.statements.filter((sql) => sql.startsWith('CREATE TABLE "bank"."accounts"'))).toHaveLength(1);
    expect(await workspace.plan()).toMatchObject({ exitCode: 0 });
  } finally {
    workspace.remove();
    await proxy.close();
    await states.close();
  }
});
