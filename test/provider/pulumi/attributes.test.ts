import { toAttributes, toProperties, toSettings } from "../../../lib/provider/pulumi/attributes";
import { providerSchema, resourceSchemas } from "../../../lib/provider/schema";
import { UNKNOWN } from "../../../lib/provider/value";

describe("properties of a Pulumi program", () => {
  test("become attributes with null for whatever was left out, at any depth", () => {
    const { attributes, unexpected } = toAttributes(resourceSchemas.table, {
      schema: "crm",
      name: "t",
      columns: [{ name: "id", type: "uuid" }],
      comment: UNKNOWN,
    });
    expect(unexpected).toEqual([]);
    expect(Object.keys(attributes).sort()).toEqual(Object.keys(resourceSchemas.table).sort());
    expect(attributes["columns"]).toEqual([
      {
        name: "id",
        type: "uuid",
        nullable: null,
        default: null,
        collation: null,
        identity: null,
        generated: null,
        compression: null,
        fill: null,
        comment: null,
      },
    ]);
    expect(attributes["primaryKey"]).toBeNull();
    expect(attributes["comment"]).toBe(UNKNOWN);
  });

  test("that no attribute has are named with their path", () => {
    const { unexpected } = toAttributes(resourceSchemas.table, {
      colums: [],
      columns: [{ name: "id", nulable: true }],
    });
    expect(unexpected).toEqual(["colums", "columns[0].nulable"]);
  });

  test("lose their nulls on the way into a state, and no empty list or map", () => {
    const properties = { columns: [{ name: "id" }], checks: [], storage: {} };
    const { attributes } = toAttributes(resourceSchemas.table, properties);
    expect(toProperties(attributes)).toEqual(properties);
  });

  test("may be numbers as text in a stack's configuration", () => {
    const { attributes } = toSettings(providerSchema, { port: "5433", lockTimeout: "soon", host: "5" });
    expect(attributes).toMatchObject({ port: 5433, lockTimeout: "soon", host: "5" });
  });
});
