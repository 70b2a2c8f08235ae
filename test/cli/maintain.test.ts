import { maintain, type MaintainQuestion } from "../../lib/cli/maintain/maintain";
import { runCommandLine } from "../../lib/cli/program";
import type { CommandResult } from "../../lib/cli/result";
import { plainStyle } from "../../lib/preview/tree";
import type { Maintained, MaintainedTable, MaintainOutcome } from "../../lib/provider/postgres/maintain";

const question: MaintainQuestion = { schemas: [], modules: [], dryRun: false, lockTimeout: 3 };
const nothing: MaintainedTable = {
  table: "events",
  made: [],
  mended: [],
  detached: [],
  statements: [],
  waits: [],
  left: [],
};
const clean: Maintained = { schema: "app", tables: [], cleaned: [] };

function maintained(outcomes: Readonly<Record<string, MaintainOutcome>>, more = {}): Promise<CommandResult> {
  const run = (_environment: unknown, schema: string) => Promise.resolve(outcomes[schema]!);
  const around = { environment: {}, run, style: plainStyle, now: () => 0, onStep: () => undefined };
  return maintain(Object.keys(outcomes), { ...question, ...more }, around);
}

const one = (parts: Partial<MaintainedTable>, more: Partial<Maintained> = {}): MaintainOutcome => ({
  maintained: { ...clean, tables: [{ ...nothing, ...parts }], ...more },
});

describe("eventloom maintain", () => {
  test("says what it made, what became of a default partition, and what to do with what it detached", async () => {
    const result = await maintained({
      app: one(
        { made: ["events_p202602"], mended: ["events_p202601"], detached: ['events "p" 202501'] },
        { cleaned: [{ function: "clean_inbox", rows: 1, statement: "", left: [] }] },
      ),
    });
    expect(result).toMatchObject({ exitCode: 0, notes: [] });
    expect(result.text).toBe(`app
├─ events
│  ├─ events_p202602     made
│  ├─ events_p202601     made of the default partition, with its rows
│  └─ events "p" 202501  detached, and kept: archive it, then DROP TABLE "app"."events ""p"" 202501"
└─ clean_inbox  1 row deleted
`);
  });

  test("ends with 1 where something is left, and says it beside what was done", async () => {
    const left = [{ code: "PG457", message: "a lock could not be had in time", fix: "run it again" }];
    const result = await maintained({ app: one({ left }), "b\u001b[2J": { maintained: clean } });
    expect(result.exitCode).toBe(1);
    expect(result.notes).toEqual(["PG457 app.events: a lock could not be had in time (fix: run it again)"]);
    expect(result.text).toContain("events  not done, see below");
    expect(result.text).not.toContain("\u001b");
  });

  test("goes on with the other schemas where one is not there, and ends with 2 where a server can't be asked", async () => {
    const there = await maintained({ app: { maintained: null }, shop: { maintained: { ...clean, schema: "shop" } } });
    expect(there).toMatchObject({ exitCode: 1, text: "shop  nothing rolls in it, and it has no store\n" });
    const issue = { severity: "error", code: "PG451", summary: "gone", detail: "start it", attribute: null } as const;
    const asked = await maintained({ app: { issues: [issue] }, shop: { maintained: { ...clean, schema: "shop" } } });
    expect(asked).toMatchObject({ exitCode: 2, notes: ["PG451 app: gone (fix: start it)"] });
    expect(await maintained({ app: { issues: [issue] } })).toMatchObject({ exitCode: 2 });
    expect(await maintained({ app: { maintained: null } })).toMatchObject({ exitCode: 1 });
  });

  test("prints a script in a dry run", async () => {
    const statement = 'SELECT "app"."clean_inbox"(5000)';
    const cleaned = [{ function: "clean_inbox", rows: null, statement, left: [] }];
    const result = await maintained({ app: one({ statements: ["-- a lock\nA", "B"] }, { cleaned }) }, { dryRun: true });
    expect(result.text).toBe(
      `-- app.events\n-- a lock\nA;\nB;\n\n-- app.clean_inbox\n${statement}; -- until it gives less\n`,
    );
    expect((await maintained({ app: one({}) }, { dryRun: true })).text).toBe("-- app: nothing is due\n");
  });

  test("says how often a lock was tried for", async () => {
    const result = await maintained({ app: one({ waits: [{ comment: "attach x", tries: 3, milliseconds: 4_321 }] }) });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.notes).toEqual(["app.events: to attach x took 3 tries in 4.3 seconds, since others used the table"]);
  });

  test.each([
    [["maintain"], "nothing to maintain"],
    [["maintain", "--schema", "app", "--lock-timeout", "0"], "0.01 to 3600"],
    [["maintain", "--schema", "app", "--lock-timeout", "3601"], "0.01 to 3600"],
    [["maintain", "--schema", "app", "--lock-timeout", "soon"], "0.01 to 3600"],
    [["maintain", "--schema"], "argument missing"],
  ])("is refused as %j", async (words, text) => {
    const { result } = await runCommandLine(words);
    expect(result).toMatchObject({ exitCode: 2, text: expect.stringContaining(text) as string });
  });
});
