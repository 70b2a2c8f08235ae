import { drainageOf } from "../../lib/cli/drained/looked-at";
import { type Look, verdictsOf, verdictTree } from "../../lib/cli/drained/verdict";
import { runCommandLine } from "../../lib/cli/program";
import { renderLock } from "../../lib/lock/render-lock";
import { renderTree } from "../../lib/preview/tree";
import type { GenerationCheckpoint } from "../../lib/provider/postgres/checkpoints";
import { lockAfter } from "../generations/shop";
import { Repository } from "./command-line";

const lock = lockAfter({ summary: {} }, { summary: { generation: 2 } });
const drainage = drainageOf(lock);

type State = readonly [generation: number, status: GenerationCheckpoint["status"], behind?: number];

function look(...states: readonly State[]): Look {
  const checkpoints = states.map(([generation, status, behind = 0]) => ({ processor: "Summary", generation, status, behind })); // prettier-ignore
  return { queues: {}, topics: {}, checkpoints: states.length === 0 ? {} : { Summary: checkpoints } };
}

function reasons(...states: readonly State[]): readonly string[] {
  const found = look(...states);
  return verdictsOf(drainage, found, found, 0).flatMap(({ because }) => because);
}

describe("whether an old read table is drained", () => {
  test("is asked of the checkpoints, under the name that the projection had first", () => {
    const table = { schema: "orders", table: "orders.summary", next: "orders.summary_v2", processor: "Summary", generation: 1, successor: 2 }; // prettier-ignore
    expect(drainage.olds).toEqual([
      { name: "projections.Summary.v1", successor: 2, queue: null, topics: [], readTable: table },
    ]);
    const renamed = { name: "Overview", renamedFrom: "Summary" };
    const after = lockAfter({ summary: {} }, { summary: { ...renamed, generation: 2 } });
    expect(drainageOf(after).olds).toEqual([{ ...drainage.olds[0], name: "projections.Overview.v1" }]);
  });

  test.each<[string, readonly State[]]>([
    ["it is retired and another one runs", [[1, "retired"], [2, "running"]]], // prettier-ignore
    ["its checkpoints were dropped", [[2, "running"]]],
    ["it was never there", [[2, "running"]]],
    ["a later one than its successor runs", [[1, "retired"], [2, "retired"], [3, "running"]]], // prettier-ignore
  ])("is so where %s", (_, states) => expect(reasons(...states)).toEqual([]));

  test.each<[string, readonly State[], string]>([
    ["nobody builds the next one", [[1, "running"]], "orders.summary_v2 is not built yet: deploy who builds it, which calls start_generation with 2"], // prettier-ignore
    ["the next one is behind", [[1, "running"], [2, "rebuilding", 1]], "orders.summary_v2 has not caught up with orders.summary"], // prettier-ignore
    ["the next one has caught up", [[1, "running"], [2, "rebuilding"]], "orders.summary is still written, and orders.summary_v2 has caught up: deploy the phase drain, then switch_generation to 2"], // prettier-ignore
    ["it is being rebuilt itself", [[1, "rebuilding"]], "orders.summary is being rebuilt: switch_generation to 1 or drop_generation it first"], // prettier-ignore
    ["nothing was ever built", [], "no generation of Summary runs: nobody writes orders.summary_v2"],
  ])("is not so where %s", (_, states, reason) => expect(reasons(...states)).toEqual([reason]));

  test("is shown with what the checkpoints say", () => {
    const found = look([1, "running"], [2, "rebuilding", 3]);
    expect(renderTree(verdictTree(drainage, verdictsOf(drainage, found, found, 0), 0))).toBe(
      [
        "orders  looked at once",
        "└─ projections.Summary.v1  NOT DRAINED  generation 2 takes over",
        "   ├─ orders.summary_v2 has not caught up with orders.summary",
        "   ├─ generation 1 of Summary                                  running",
        "   └─ generation 2 of Summary                                  rebuilding, behind",
        "",
      ].join("\n"),
    );
  });
});

describe("eventloom drained of an old read table", () => {
  let repository: Repository;
  const before = { ...process.env };
  beforeEach(() => (repository = new Repository()));
  afterEach(() => {
    repository.remove();
    process.env = { ...before };
  });

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ["no Postgres is named", { PGDATABASE: undefined, PGUSER: undefined }, /PG450.*PGDATABASE/],
    ["it does not answer", { PGHOST: "127.0.0.1", PGPORT: "1", PGDATABASE: "x", PGUSER: "x", PGSSLMODE: "disable", PGPASSWORD: "hunter2" }, /PG45\d/], // prettier-ignore
  ])("ends with 2 and the reason where %s, and asks no broker", async (_, environment, reason) => {
    for (const [name, given] of Object.entries(environment)) {
      if (given === undefined) delete process.env[name];
      else process.env[name] = given;
    }
    repository.write({ "orders.lock.json": renderLock(lock) });
    const { exitCode, text } = (await runCommandLine(["drained", repository.path("orders.lock.json")])).result;
    expect({ exitCode, text }).toEqual({ exitCode: 2, text: expect.stringMatching(reason) });
    expect(text).not.toContain("hunter2");
  });
});
