import { runTables, type TableRound } from "../../campaigns/tables";
import { freshDatabase } from "../e2e/servers";

jest.setTimeout(300_000);

test("ten tables of the campaign are what they were declared as, made at once or in two steps", async () => {
  const rows: TableRound[] = [];
  const result = await runTables(await freshDatabase("campaign"), {
    seed: 20261125,
    count: 10,
    onProgress: () => undefined,
    onRow: (row) => rows.push(row as TableRound),
  });
  expect(rows.filter(({ differences }) => differences.length > 0)).toEqual([]);
  expect(result).toMatchObject({ rounds: 10, failures: 0 });
});
