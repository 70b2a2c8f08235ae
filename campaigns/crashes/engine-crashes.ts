import type { TestDatabase } from "../../test/provider/deployment";
import { query } from "../../tools/servers/postgres";
import type { PostgresServer } from "../../tools/servers/state";
import { ensureToolchain } from "../../tools/toolchain";
import type { CampaignOptions, CampaignResult } from "../campaign";
import { bank, type Program } from "./bank";
import type { Snapshot } from "./catalog";
import { chosen } from "./chosen";
import { type CrashOutcome, differences, leftIn } from "./crash";
import { runningBelow } from "./descendants";
import type { OwnPostgres } from "./own-postgres";
import {
  type Came,
  ENGINE_VICTIMS,
  type EngineVictim,
  type RealEngine,
  type RealEngineName,
  realEngines,
} from "./real-engine";
import { snapshotIn } from "./stage";
import { type Passing, StatementProxy } from "./statement-proxy";

/** Without what goes with the time: the engines have the machine's clock. */
const lasting: Program = {
  before: bank.before.filter(({ config }) => config["name"] !== "journal"),
  after: bank.after.filter(({ config }) => config["name"] !== "journal"),
  rows: bank.rows.filter((each) => !each.includes("journal")),
};

export interface EngineCrash {
  /** Which statement: 1 is the first. */
  readonly at: number;
  /** The provider's process; or the engine's, which leaves its provider alone for a second. */
  readonly victim: EngineVictim;
  /** The server has the statement; or it has done it and nobody was told. */
  readonly moment: "sent" | "answered";
}

/** What a round has come to, and what was printed on the way by each command in turn. */
export interface EngineCrashOutcome extends CrashOutcome {
  readonly printed: readonly string[];
}

/** The largest change, by a real engine that can be killed at any of its statements. */
export class EngineStage {
  /** What an undisturbed change sends, and what it makes. */
  statements: readonly string[] = [];
  after: Snapshot = { catalog: [], rows: [], unfinished: [] };
  private watch: (moment: EngineCrash["moment"], passing: Passing) => void = () => undefined;

  private constructor(
    private readonly server: PostgresServer,
    private readonly name: string,
    private readonly proxy: StatementProxy,
    private readonly engine: RealEngine,
  ) {}

  /** Makes the tables as they are before the change, by the engine. */
  static async start(name: RealEngineName, server: PostgresServer): Promise<EngineStage> {
    const toolchain = await ensureToolchain({ only: [name] });
    const proxy = await StatementProxy.start(server, {
      sent: (passing) => stage.watch("sent", passing),
      answered: (passing) => stage.watch("answered", passing),
    });
    const database = { ...server, host: "127.0.0.1", port: proxy.port, database: `crashes_${name}` };
    const engine = await realEngines[name](toolchain, database);
    const stage: EngineStage = new EngineStage(server, database.database, proxy, engine);
    await stage.prepare();
    return stage;
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    this.engine.remove();
  }

  /** Every crash: at each statement the provider and the engine go once before it is done and once after. */
  get crashes(): readonly EngineCrash[] {
    return this.statements.flatMap((_sql, index) =>
      ENGINE_VICTIMS.flatMap((victim) =>
        (["sent", "answered"] as const).map((moment) => ({ at: index + 1, victim, moment })),
      ),
    );
  }

  /**
   * Runs the change until it is stopped, then once more, and compares with what an undisturbed one makes.
   *
   * @param hurried - hears what a run comes to that does not look after what the killed one has left, such as its lock
   */
  crash({ at, victim, moment }: EngineCrash, hurried?: (came: Came) => void): Promise<EngineCrashOutcome> {
    return this.onCopy(async (copy) => {
      let statement: string | null = null;
      const base = this.proxy.statements.length;
      this.watch = (now, passing) => {
        if (statement !== null || now !== moment || passing.at !== base + at) return;
        for (const pid of runningBelow(process.pid, this.engine.commands[victim])) {
          process.kill(pid, "SIGKILL");
          statement = passing.sql;
        }
      };
      const first = await this.engine.apply(lasting.after);
      this.watch = () => undefined;
      const left = await leftIn(copy);
      if (hurried !== undefined) hurried(await this.engine.apply(lasting.after));
      const recovered = victim === "engine" ? await this.engine.recover() : { done: true, output: "" };
      const second = await this.engine.apply(lasting.after);
      const third = await this.engine.expectNoChanges();
      const wrong = [
        ...(statement === null ? ["nobody was killed"] : []),
        ...(first.done ? ["the first run was done all the same"] : []),
        ...(recovered.done ? [] : [`the way back: ${recovered.output}`]),
        ...(second.done ? [] : [`the second run: ${second.output}`]),
        ...(third.done ? [] : [`the third run: ${third.output}`]),
        ...(await differences(this, copy)),
      ];
      const printed = [first, recovered, second, third].map(({ output }) => output);
      return { statement, said: errorIn(first.output), left, wrong, printed };
    });
  }

  private async prepare(): Promise<void> {
    const [{ server, name, engine }, template] = [this, `${this.name}_before`];
    await query(server, `CREATE DATABASE "${name}"`);
    expectDone(await engine.apply(lasting.before));
    for (const each of lasting.rows) await query({ ...server, database: name }, each);
    engine.keep();
    await query(server, `ALTER DATABASE "${name}" RENAME TO "${template}"`);
    const base = this.proxy.statements.length;
    this.after = await this.onCopy(async (copy) => {
      expectDone(await engine.apply(lasting.after));
      return snapshotIn(copy);
    });
    this.statements = this.proxy.statements.slice(base);
  }

  /** Gives work the tables before the change, under the name that the engine's state has. */
  private async onCopy<T>(work: (copy: TestDatabase) => Promise<T>): Promise<T> {
    const { server, name, engine } = this;
    await query(server, `CREATE DATABASE "${name}" TEMPLATE "${name}_before"`);
    engine.restore();
    try {
      return await work({ ...server, database: name });
    } finally {
      await query(server, `DROP DATABASE "${name}" WITH (FORCE)`);
    }
  }
}

function expectDone({ done, output }: Came): void {
  if (!done) throw new Error(output);
}

/** The beginning of the first error that an engine printed; nothing of a killed one. */
function errorIn(output: string): readonly string[] {
  return (/\berror: .{1,160}/is.exec(output) ?? []).map((text) => text.replace(/\s+/g, " "));
}

/** Does so many of all crashes of an engine's run, drawn by the seed. */
export async function runEngineCrashes(
  name: RealEngineName,
  { server }: OwnPostgres,
  { victim, onRow, onProgress, ...options }: Omit<CampaignOptions, "engine" | "postgres">,
): Promise<CampaignResult> {
  const stage = await EngineStage.start(name, server);
  try {
    const all = stage.crashes
      .filter((each) => victim === undefined || each.victim === victim)
      .map((each, index) => ({ round: index + 1, ...each }));
    const drawn = chosen(all, options);
    let failures = 0;
    for (const [index, { round, ...each }] of drawn.entries()) {
      const { printed: _printed, ...outcome } = await stage.crash(each);
      if (outcome.wrong.length > 0) failures++;
      onRow({ round, ...each, ...outcome });
      if ((index + 1) % 10 === 0) onProgress(`${index + 1} of ${drawn.length}: ${failures} failed`);
    }
    return { rounds: drawn.length, failures, summary: { crashes: all.length, statements: stage.statements.length } };
  } finally {
    await stage.stop();
  }
}
