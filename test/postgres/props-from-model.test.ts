import * as fc from "fast-check";
import { diffTable } from "../../lib/postgres/diff";
import { propsFromModel } from "../../lib/postgres/props-from-model";
import { tableModel as modelOf } from "../../lib/postgres/table-props";
import { tableModel } from "./arbitraries";
import { column, index, table } from "./tables";

test("the props of any table mean that table", () => {
  fc.assert(
    fc.property(tableModel("t_"), (model) => {
      const again = modelOf(propsFromModel(model));
      expect(diffTable(model, again)).toEqual([]);
      // bounds are compared by what they mean, columns by name: what looks like a number comes first in an object
      const { columns, partitioning: _, ...rest } = model;
      expect(again).toMatchObject(rest);
      expect([...again.columns].sort(byName)).toEqual([...columns].sort(byName));
    }),
    { seed: 20261125, numRuns: 500 },
  );
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

test("what would be so anyway is not said, names that follow from the table among it", () => {
  const plain = table({ columns: [column("id"), column("note", "text", { nullable: true })] });
  const props = propsFromModel({
    ...plain,
    primaryKey: { name: "t_pkey", columns: ["id"] },
    indexes: [index("t_note_idx", ["note"]), index("other", ["note"])],
  });
  expect(props).toEqual({
    schema: plain.schema,
    name: "t",
    columns: { id: { type: "bigint" }, note: { type: "text", nullable: true } },
    primaryKey: ["id"],
    indexes: [{ columns: ["note"] }, { columns: ["note"], name: "other" }],
  });
});

test("bounds are written as values of their own kind, and as texts where a number would lose digits", () => {
  const bound = { values: [], from: [], to: [], default: false, detached: null, partitioning: null };
  const list = ["NULL", "'it''s'", "7", "-1.5", "true", "9223372036854775807"];
  const partitioned = table({
    primaryKey: null,
    partitioning: {
      strategy: "list",
      columns: ["id"],
      modulus: null,
      rolling: null,
      storage: {},
      partitions: [
        { ...bound, name: "some", values: list },
        { ...bound, name: "rest", default: true },
      ],
    },
  });
  expect(propsFromModel(partitioned).partitioning).toEqual({
    strategy: "list",
    columns: ["id"],
    partitions: {
      some: { values: [null, "it's", 7, -1.5, true, "9223372036854775807"] },
      rest: { default: true },
    },
  });
});

test("a key of another name is written with it, and a column of any name", () => {
  const odd = table({
    columns: [column("__proto__"), column("1")],
    primaryKey: { name: "odd", columns: ["__proto__"] },
  });
  const props = propsFromModel(odd);
  expect(props.primaryKey).toEqual({ name: "odd", columns: ["__proto__"] });
  expect(Object.keys(props.columns)).toEqual(["1", "__proto__"]);
  expect(diffTable(odd, modelOf(props))).toEqual([]);
});
