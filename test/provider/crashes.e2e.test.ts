import { mkdtempSync, rmSync } from "node:fs";
import { randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bank, BREAKAGES, brokenProvider, crash, type CrashRound, OwnPostgres, runCrashes, type Stage, stageOf } from "../../campaigns/crashes"; // prettier-ignore
import { providerDirectory, terraformProviderFile } from "../../lib/provider/version";
import { POSTGRES } from "../e2e/servers";

jest.setTimeout(240_000);

const PROVIDER = join(providerDirectory(), terraformProviderFile);
/** `npm run campaign -- crashes` does all of them. */
const COUNT = 14;

let folder: string;
let server: OwnPostgres;
let stage: Stage;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eventloom-crashes-"));
  // Of its own: it is killed.
  server = await OwnPostgres.start(folder, POSTGRES ?? 15);
  stage = await stageOf(bank, PROVIDER, server.server, "bank");
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("killed at any statement, whoever it is, a second run makes what an undisturbed one makes, and a third has nothing to do", async () => {
  const seed = randomInt(1, 2 ** 31 - 1);
  const rows: CrashRound[] = [];
  const said: string[] = [];
  const result = await runCrashes(server, {
    seed,
    count: COUNT,
    onProgress: (line) => said.push(line),
    onRow: (row) => rows.push(row as CrashRound),
  });
  console.info(`crashes: --seed ${seed} --count ${COUNT}: ${JSON.stringify(result.summary)}`);
  expect(rows.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(rows.every(({ statement }) => statement !== null)).toBe(true);
  expect(result).toMatchObject({ rounds: COUNT, failures: 0 });
});

test.each(BREAKAGES)("a provider that $what is found out", async (breakage) => {
  const at = stage.statements.findIndex((sql) => breakage.at.test(sql)) + 1;
  const { victim, moment } = breakage;
  const provider = await brokenProvider(breakage, folder);
  const label = breakage.what.replace(/ /g, "_").slice(0, 30);
  const broken = await crash({ ...stage, provider, again: provider }, server, { at, victim, moment }, label);
  expect(broken.statement).toMatch(breakage.at);
  expect(broken.wrong).not.toEqual([]);
  const whole = await crash({ ...stage, again: PROVIDER }, server, { at, victim, moment }, `not_${label}`);
  expect(whole).toMatchObject({ wrong: [], left: broken.left });
});
