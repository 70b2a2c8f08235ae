import { runPreviews } from "../../campaigns/previews";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

jest.setTimeout(600_000);

test("of ten changes of the order system, Terraform does to real servers what the diff of the locks says", async () => {
  const { kafka } = await sharedServers();
  await wipeKafka();
  const target = { kafka, rabbitmq: await freshVhost("previews"), postgres: await freshDatabase("previews") };
  const rows: object[] = [];
  const { rounds, failures } = await runPreviews(target, {
    seed: 34,
    count: 10,
    onProgress: () => undefined,
    onRow: (row) => rows.push(row),
  });
  expect(rows.filter((row) => (row as { disagreements: readonly string[] }).disagreements.length > 0)).toEqual([]);
  expect({ rounds, failures }).toEqual({ rounds: 10, failures: 0 });
  // a walk that meets no refusal, or only refusals, shows nothing
  const engines = rows.map((row) => (row as { engine: string }).engine);
  expect(engines).toEqual(expect.arrayContaining(["created", "updated in place", "refused", "forgotten", "moved"]));
});
