import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EventDrivenDomain } from "eventloom/pulumi";
import { orders } from "../../examples/orders/domain";
import { recordPulumi } from "../../lib/testing/pulumi";

describe("identity (Pulumi)", () => {
  test("types, names and parents of the example are those of the golden file: another would replace what is deployed", async () => {
    const { resources } = await recordPulumi(() => new EventDrivenDomain("orders", { domain: orders }));
    const lines = resources.map((each) => `${each.parent ?? "(stack)"} > ${each.type} ${each.name}`).sort();
    const golden = readFileSync(join(__dirname, "golden", "orders.txt"), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines).toEqual(golden);
  });
});
