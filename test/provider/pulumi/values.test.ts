import { readProperties, writeProperties } from "../../../lib/provider/pulumi/values";
import { UNKNOWN } from "../../../lib/provider/value";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const text = (stringValue: string): object => ({ stringValue });

describe("Pulumi's property values", () => {
  test("come back as they went out", () => {
    const properties = { a: null, b: true, c: 0, d: "", e: [1, [], {}], f: { g: { h: "i" } } };
    expect(readProperties(writeProperties(properties)).properties).toEqual(properties);
  });

  test("are unknown by any of the engine's seven marks, at any depth", () => {
    const marks = [
      "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
      "030794c1-ac77-496b-92df-f27374a8bd58",
      "e48ece36-62e2-4504-bad9-02848725956a",
      "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ];
    const { properties } = readProperties({ fields: { all: { listValue: { values: marks.map(text) } } } });
    expect(properties).toEqual({ all: marks.map(() => UNKNOWN) });
  });

  test("name the property in which a secret was, and hold it in plain", () => {
    const secret = { structValue: { fields: { [SIGNATURE]: text(SECRET), value: text("hidden") } } };
    const read = readProperties({
      fields: { password: secret, columns: { listValue: { values: [secret] } }, host: text("db") },
    });
    expect(read.properties).toEqual({ password: "hidden", columns: ["hidden"], host: "db" });
    expect([...read.secrets]).toEqual(["password", "columns"]);
  });

  test("are secret again when they are written so", () => {
    const written = writeProperties({ password: "hidden", host: "db" }, new Set(["password"]));
    expect(written.fields?.["password"]).toEqual({
      structValue: { fields: { [SIGNATURE]: text(SECRET), value: text("hidden") } },
    });
    expect(written.fields?.["host"]).toEqual(text("db"));
  });

  test("are unknown in an output value without a value", () => {
    const output = (fields: object): object => ({ structValue: { fields: { [SIGNATURE]: text(OUTPUT), ...fields } } });
    const { properties, secrets } = readProperties({
      fields: { later: output({}), now: output({ value: text("x"), secret: { boolValue: true } }) },
    });
    expect(properties).toEqual({ later: UNKNOWN, now: "x" });
    expect([...secrets]).toEqual(["now"]);
  });
});
