import { drainageOf } from "../../lib/cli/drained/looked-at";
import { type Look, type QueueState, verdictsOf, verdictTree } from "../../lib/cli/drained/verdict";
import type * as Program from "../../lib/cli/program";
import { runCommandLine } from "../../lib/cli/program";
import { renderLock } from "../../lib/lock/render-lock";
import { renderTree } from "../../lib/preview/tree";
import { lockAfter, SECOND } from "../generations/shop";
import { Repository } from "./command-line";

const lock = lockAfter({}, { billing: SECOND.billing, paid: SECOND.paid });
const drainage = drainageOf(lock);
const TOPIC = "orders.paid";
const RETRIES = "orders.paid.analytics.retry-1";

const empty: QueueState = { ready: 0, unacknowledged: 0, consumers: 0, newBindings: 0 };
const read = { end: 7n, lag: { "orders.analytics": 0n } };

function look(queue: Partial<QueueState> | null = {}, topic: Partial<Look["topics"][string]> = {}, waiting = 0): Look {
  return {
    queues: { "orders.billing": queue === null ? null : { ...empty, ...queue }, "orders.retry.1s": { ...empty, ready: waiting } }, // prettier-ignore
    topics: { [TOPIC]: { ...read, ...topic }, [RETRIES]: read },
    checkpoints: {},
  };
}

function said(first: Look, second: Look = first, betweenMs = 0): readonly string[] {
  return verdictsOf(drainage, first, second, betweenMs).flatMap(({ because }) => because);
}

describe("whether an old generation is drained", () => {
  test("is asked of its work queue, its topics, the groups that read them, and the retry levels", () => {
    expect(drainage).toEqual({
      domain: "orders",
      olds: [
        { name: "consumers.billing.v1", successor: 2, queue: "orders.billing", topics: [], readTable: null },
        { name: "events.OrderPaid.v1", successor: 2, queue: null, topics: [{ topic: TOPIC, groups: ["orders.analytics"] }, { topic: RETRIES, groups: ["orders.analytics"] }], readTable: null }, // prettier-ignore
      ],
      levels: [{ queue: "orders.retry.1s", delayMs: 1000 }],
      returnExchange: "orders.return",
    });
    expect(drainageOf(lockAfter({})).olds).toEqual([]);
  });

  test("is so where everything is empty, unbound and read, or not there any more", () => {
    expect(said(look())).toEqual([]);
    expect(said({ queues: {}, topics: {}, checkpoints: {} })).toEqual([]);
    expect(said(look(null))).toEqual([]);
  });

  test.each<[string, readonly [Look, Look?, number?], RegExp]>([
    ["messages that wait", [look({ ready: 1 })], /orders\.billing holds 1 message/],
    ["messages in hand", [look({ unacknowledged: 2 })], /holds 2 messages/],
    ["messages only at the first look", [look({ ready: 1 }), look()], /holds 1 message/],
    ["messages only at the second look", [look(), look({ ready: 1 })], /holds 1 message/],
    ["a binding for new messages", [look({ newBindings: 1 })], /still gets new messages/],
    [
      "messages in a retry level",
      [look({}, {}, 3), look({}, {}, 3), 999],
      /3 messages in retry levels may come back.*--settle 1/,
    ],
    [
      "a group that lags",
      [look({}, { lag: { "orders.analytics": 4n } })],
      /orders\.analytics has 4 messages of orders\.paid/,
    ],
    ["somebody else's group that lags", [look({}, { lag: { audit: 1n } })], /audit has 1 message/],
    ["a writer", [look(), look({}, { end: 8n })], /orders\.paid is still written to/],
  ])("is not so with %s", (_, looks, reason) => {
    expect(said(...looks)).toEqual([expect.stringMatching(reason)]);
  });

  test("is so with messages in retry levels that were watched for as long as all waits take", () => {
    expect(said(look({}, {}, 3), look({}, {}, 3), 1000)).toEqual([]);
  });

  test("says whether somebody still consumes it: only then it may be deleted by hand", () => {
    const used = verdictsOf(drainage, look({ consumers: 1 }), look({ consumers: 1 }), 0);
    expect(used.map(({ drained, unused }) => [drained, unused])).toEqual([[true, false], [true, true]]); // prettier-ignore
    expect(renderTree(verdictTree(drainage, used, 0))).toContain("still consumed");
  });
});

describe("eventloom drained", () => {
  let repository: Repository;
  beforeEach(() => (repository = new Repository()));
  afterEach(() => repository.remove());

  const run = async (...words: readonly string[]) => {
    repository.write({ "old.lock.json": renderLock(lock), "first.lock.json": renderLock(lockAfter({})) });
    return (await runCommandLine(["drained", ...words])).result;
  };

  test("ends with 0 where nothing has an older generation, without any server", async () => {
    expect(await run(repository.path("first.lock.json"))).toMatchObject({ exitCode: 0, text: expect.stringContaining("nothing has an older generation") }); // prettier-ignore
  });

  test("ends with 2 where a server that it needs was not named (CL540) or cannot be asked (CL541)", async () => {
    expect(await run(repository.path("old.lock.json"))).toMatchObject({ exitCode: 2, text: expect.stringContaining("CL540") }); // prettier-ignore
    const words = ["--rabbitmq", "http://127.0.0.1:1", "--kafka", "127.0.0.1:1", "--settle", "0"];
    const { exitCode, text } = await run(...words, repository.path("old.lock.json"));
    expect({ exitCode, text }).toEqual({ exitCode: 2, text: expect.stringMatching(/^CL541 http:\/\/127\.0\.0\.1:1: .*\n$/) }); // prettier-ignore
  });

  test.each([
    ["a password in the command line", ["--rabbitmq", "http://user:hunter2@rabbitmq.example"]],
    ["no URL", ["--rabbitmq", "rabbitmq"]],
    ["another protocol", ["--rabbitmq", "file:///etc/passwd"]],
    ["half a second", ["--settle", "0.5"]],
    ["less than nothing", ["--settle", "-1"]],
    ["no lock", []],
  ])("ends with 2 for %s", async (_, words) => {
    const { exitCode } = await runCommandLine(["drained", ...words, ...(words.length > 0 ? ["a.lock.json"] : [])]).then(({ result }) => result); // prettier-ignore
    expect(exitCode).toBe(2);
  });

  test("is refused with 1 for what is no lock", async () => {
    expect((await run(repository.path("no.lock.json"))).exitCode).toBe(1);
  });

  test("says what to install where there is no client for Kafka (CL542)", async () => {
    jest.resetModules();
    jest.doMock("@platformatic/kafka", () => {
      throw new Error("Cannot find module '@platformatic/kafka'");
    });
    const { runCommandLine: runWithout } = jest.requireActual<typeof Program>("../../lib/cli/program");
    repository.write({ "paid.lock.json": renderLock(lockAfter({}, { paid: SECOND.paid })) });
    const { result } = await runWithout(["drained", "--kafka", "127.0.0.1:1", repository.path("paid.lock.json")]);
    jest.dontMock("@platformatic/kafka");
    expect(result).toMatchObject({ exitCode: 2, text: expect.stringMatching(/^CL542 .*npm install @platformatic\/kafka/) }); // prettier-ignore
  });
});
