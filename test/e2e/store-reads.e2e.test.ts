import { Client } from "pg";
import { fillStore, lookAtReads, type ReadFinding } from "../../campaigns/reads";
import { freshDatabase } from "./servers";

jest.setTimeout(300_000);

/** `npm run campaign -- reads` does it with a million. */
const EVENTS = 100_000;

let client: Client;

beforeAll(async () => {
  const { username: user, ...rest } = await freshDatabase("reads");
  client = new Client({ ...rest, user });
  await client.connect();
  await fillStore(client, EVENTS);
});

afterAll(() => client.end());

test("an aggregate of 100 events is read from one leaf, pages without a sort, and a rare type by the index that it is alone in", async () => {
  const found = await lookAtReads(client);
  expect(found.map(({ read, rows, problems }) => ({ read, rows, problems }))).toEqual([
    { read: "an aggregate", rows: 100, problems: [] },
    { read: "the first page", rows: 500, problems: [] },
    { read: "a page in the middle", rows: 500, problems: [] },
    { read: "a rare type", rows: EVENTS / 10_000, problems: [] },
  ]);
});

test.each([
  ["the feed's", "event_store_all", ["the first page", "a page in the middle"], /there is a .*Sort|Seq Scan/],
  ["the rare type's", "event_store_type_order_lost", ["a rare type"], /rows are read for nothing/],
])("without %s index, the look at the plans says so", async (_, index, reads, problem) => {
  await afterwards(`DROP INDEX reads.${index}`, (found) => {
    for (const each of found) {
      if (reads.includes(each.read)) expect(each.problems.join("; ")).toMatch(problem);
      else expect(each.problems).toEqual([]);
    }
  });
});

test("with a function that names the aggregate in a way that tells no leaf, the look at the plans says so", async () => {
  const { rows } = await client.query<{ text: string }>(
    "SELECT pg_get_functiondef('reads.read_aggregate'::regproc) AS text",
  );
  const sound = rows[0]?.text ?? "";
  const careless = sound.replace(/(\w+\.)?aggregate_id = /, (found) => `'' || ${found}`);
  expect(careless).not.toBe(sound);
  await afterwards(careless, (found) => {
    expect(found.map(({ problems }) => problems.filter((each) => each.includes("leaves")))).toEqual([
      ["an aggregate: it is read from 8 leaves"],
      [],
      [],
      [],
    ]);
  });
});

/** Looks at the reads after a statement, which is taken back. */
async function afterwards(statement: string, look: (found: readonly ReadFinding[]) => void): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(statement);
    look(await lookAtReads(client));
  } finally {
    await client.query("ROLLBACK");
  }
}
