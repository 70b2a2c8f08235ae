import { setTimeout as sleep } from "node:timers/promises";
import { renderTree, type TextStyle } from "../../preview/tree";
import { readLockFile } from "../lock-files";
import { CommandFailure, type CommandResult, failure } from "../result";
import { serverFinding } from "../server-finding";
import { type KafkaServers, lookAtTopics } from "./kafka";
import { type Drainage, drainageOf } from "./looked-at";
import { lookAtQueue, type RabbitmqServer } from "./rabbitmq";
import type { ReadCheckpoints } from "./read-checkpoints";
import type { Checkpoints, OldReadTable } from "./read-tables";
import { type Look, type Verdict, verdictsOf, verdictTree } from "./verdict";

/** What `drained` is asked for. */
export interface DrainedQuestion {
  readonly locks: readonly string[];
  /** Null where none was named. */
  readonly rabbitmq: RabbitmqServer | null;
  readonly kafka: KafkaServers | null;
  /** How long to wait between the two looks. */
  readonly settleMs: number;
}

/** How Postgres is asked, where an old read table is there. */
export interface PostgresAround {
  readonly environment: NodeJS.ProcessEnv;
  /** Loads what asks it. */
  readonly readCheckpoints: () => ReadCheckpoints;
}

/**
 * Looks at the servers, twice, and says which old generations are drained. Changes nothing there.
 *
 * @throws CommandFailure CL512, CL540 to CL542, LK6xx, and what the table provider says of a Postgres that it cannot ask (PG45x)
 */
export async function drained(
  question: DrainedQuestion,
  style: TextStyle,
  postgres: PostgresAround,
): Promise<CommandResult> {
  const { locks, settleMs } = question;
  const all = locks.map((file) => drainageOf(readLockFile(file).lock));
  for (const each of all) needServers(question, each);
  const first = await Promise.all(all.map((each) => look(question, each, postgres)));
  const busy = all.map((each, index) => verdictsOf(each, first[index] as Look, first[index] as Look, settleMs));
  // what holds messages now need not be looked at again
  const again = busy.flat().some((verdict) => verdict.drained);
  if (again) await sleep(settleMs);
  const second = again ? await Promise.all(all.map((each) => look(question, each, postgres))) : first;
  const watchedMs = again ? settleMs : 0;
  const verdicts = all.map((each, index) => verdictsOf(each, first[index] as Look, second[index] as Look, watchedMs));
  return resultOf(all, verdicts, watchedMs, style);
}

function needServers({ rabbitmq, kafka }: DrainedQuestion, { domain, olds }: Drainage): void {
  if (rabbitmq === null && olds.some(({ queue }) => queue !== null)) throw failure("CL540", domain, "--rabbitmq");
  if (kafka === null && olds.some(({ topics }) => topics.length > 0)) throw failure("CL540", domain, "--kafka");
}

async function look(
  { rabbitmq, kafka }: DrainedQuestion,
  { olds, levels, returnExchange }: Drainage,
  postgres: PostgresAround,
): Promise<Look> {
  const own = olds.flatMap(({ queue }) => (queue === null ? [] : [queue]));
  const queues = own.length === 0 ? [] : [...own, ...levels.map(({ queue }) => queue)];
  const states: Record<string, Look["queues"][string]> = {};
  if (rabbitmq !== null) for (const each of queues) states[each] = await lookAtQueue(rabbitmq, each, returnExchange);
  const topics = olds.flatMap((each) => each.topics);
  return {
    queues: states,
    topics: kafka === null || topics.length === 0 ? {} : await lookAtTopics(kafka, topics),
    checkpoints: await lookAtCheckpoints(
      olds.flatMap(({ readTable }) => (readTable === null ? [] : [readTable])),
      postgres,
    ),
  };
}

/** A domain's read tables are in one schema. */
async function lookAtCheckpoints(
  tables: readonly OldReadTable[],
  { environment, readCheckpoints }: PostgresAround,
): Promise<Checkpoints> {
  const [first] = tables;
  if (first === undefined) return {};
  const processors = [...new Set(tables.map(({ processor }) => processor))];
  const outcome = await readCheckpoints()(environment, first.schema, processors);
  if ("issues" in outcome) throw new CommandFailure([serverFinding(first.schema, outcome.issues)]);
  return Object.fromEntries(
    processors.map((each) => [each, outcome.checkpoints.filter(({ processor }) => processor === each)]),
  );
}

function resultOf(
  all: readonly Drainage[],
  verdicts: readonly (readonly Verdict[])[],
  watchedMs: number,
  style: TextStyle,
): CommandResult {
  const exitCode = verdicts.flat().every((each) => each.drained) ? 0 : 1;
  const trees = all.map((each, index) => renderTree(verdictTree(each, verdicts[index] ?? [], watchedMs), style));
  const domains = all.map(({ domain }, index) => ({ domain, generations: verdicts[index] }));
  return { exitCode, answers: true, text: trees.join("\n"), json: { exitCode, watchedMs, domains, findings: [] } };
}
