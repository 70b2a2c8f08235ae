import * as fc from "fast-check";
import { leanTable, wholeTable } from "../../lib/postgres/defaults";
import { fillDefaults } from "../../lib/provider/attributes";
import { resourceSchemas } from "../../lib/provider/schema";
import type { ValueMap } from "../../lib/provider/value";
import { tableModel } from "./arbitraries";
import { column, table } from "./tables";

test("what came later stands only where it says something", () => {
  const model = table({ columns: [column("id"), column("n", "bigint", { identity: "always" })] });
  const [plain, identity] = leanTable(model).columns;
  expect(Object.keys(plain!)).toEqual(["nullable", "default", "collation", "comment", "name", "type"]);
  expect(identity).toMatchObject({ identity: "always" });
  expect(identity).not.toHaveProperty("generated");
});

test("any table is the same again once what was left out is filled in, by the provider as well", () => {
  fc.assert(
    fc.property(tableModel("t_"), (model) => {
      expect(wholeTable(leanTable(model))).toEqual(model);
      const filled = fillDefaults(resourceSchemas.table, leanTable(model) as unknown as ValueMap);
      expect(filled).toMatchObject(model);
    }),
    { seed: 5 },
  );
});
