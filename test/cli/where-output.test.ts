import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { runCommandLine } from "../../lib/cli/program";
import { AnnotatedOutput, NamedResources } from "../../lib/cli/engine-output";
import type { OutputFilter } from "../../lib/cli/result";
import { root } from "../sources";
import { domainSource, type ModuleFolder, writeModules } from "./modules";

jest.setTimeout(60_000);

const ORDERS = join(root, "examples", "orders", "domain.ts");

/** What a real engine has printed of the shops that the end-to-end tests deploy, or of the example; cut to a part. */
function printed(name: string): string {
  return readFileSync(join(__dirname, "engine-output", `${name}.txt`), "utf8");
}

/** A domain that is declared as those that were deployed, as far as their output names it. */
const TERRAFORM_SHOP = `import { defineDomain, event, jsonSchema } from "eventloom";
const payload = jsonSchema({ type: "object", properties: { id: { type: "string" } }, required: ["id"] });
export const shop = defineDomain("shop", {
  aggregates: {
    Sale: { id: "id", events: {
      SaleMade: event({ versions: { 1: payload } }),
      SaleRefunded: event({ versions: { 1: payload } }),
    } },
  },
  consumers: {
    printer: { on: ["SaleMade"], via: "rabbitmq", retry: { maxRetries: 1 } },
    archive: { on: ["SaleMade"], via: "kafka", retry: { maxRetries: 1 } },
  },
  projections: {
    totals: { from: ["SaleMade"], table: { columns: { day: { type: "date" } } } },
  },
});
`;
const PULUMI_SHOP = TERRAFORM_SHOP.replace(/Sale: /, "Order: ")
  .replace(/SaleMade/g, "OrderPlaced")
  .replace(/SaleRefunded/g, "OrderPaid");

let modules: ModuleFolder;

beforeAll(() => {
  modules = writeModules({ "terraform.ts": TERRAFORM_SHOP, "pulumi.ts": PULUMI_SHOP, "other.ts": domainSource("other") }); // prettier-ignore
});

afterAll(() => modules.remove());

async function filterOf(...files: readonly string[]): Promise<OutputFilter> {
  const { result } = await runCommandLine(["where", "-", ...files]);
  if (result.filter === undefined) throw new Error(result.text);
  return result.filter;
}

/** The lines that something is said of, without colours. */
async function said(output: string, ...files: readonly string[]): Promise<readonly string[]> {
  const filter = await filterOf(...files);
  const text = stripVTControlCharacters(filter.push(output) + filter.end()).replaceAll(`${modules.folder}/`, "");
  return text
    .split("\n")
    .filter((line) => line.includes("<- "))
    .map((line) => line.trim().replace(/ +/g, " "));
}

describe("where - beside the output of a real engine", () => {
  test("names the place of all that OpenTofu is going to change", async () => {
    expect(await said(printed("tofu-plan"), modules.path("terraform.ts"))).toEqual(
      expect.arrayContaining([
        "# eventloom_postgres_table.shop_store_projection-totals_23E5FFC6 will be updated in-place <- projections.totals.table (terraform.ts:15)",
        '~ resource "eventloom_postgres_table" "shop_store_projection-totals_23E5FFC6" { <- projections.totals.table (terraform.ts:15)',
        "# kafka_topic.shop_dead-letter-archive_topic-SaleMade-archive-retry-1_1A0DB373 will be updated in-place <- consumers.archive (terraform.ts:12)",
        "# kafka_topic.shop_topic-SaleRefunded_105D3A79 will be created <- aggregates.Sale.events.SaleRefunded (terraform.ts:7)",
      ]),
    );
  });

  test("names the place of what OpenTofu was refused", async () => {
    expect(await said(printed("tofu-refused"), modules.path("terraform.ts"))).toEqual([
      "│ with eventloom_postgres_table.shop_store_projection-totals_23E5FFC6, <- projections.totals.table (terraform.ts:15)",
      expect.stringMatching(/^│ on cdk\.tf\.json line \d+, in resource\.eventloom_.*: <- projections\.totals\.table \(terraform\.ts:15\)$/),
    ]); // prettier-ignore
  });

  test("names the place of what `cdktf diff` shows", async () => {
    expect(await said(printed("cdktf-diff"), ORDERS)).toEqual([
      expect.stringMatching(/^# kafka_topic\.orders_topic-OrderPaid_\w+ .* will be created <- aggregates\.Order\.events\.OrderPaid \(.*domain\.ts:\d+\)$/), // prettier-ignore
      expect.stringMatching(/^\+ resource "kafka_topic" "orders_topic-OrderPaid_\w+" \{ <- aggregates\.Order\.events\.OrderPaid \(.*domain\.ts:\d+\)$/), // prettier-ignore
    ]);
  });

  test("names the place of all that `pulumi preview` is going to change, as a table, by its messages and with --diff", async () => {
    const table = await said(printed("pulumi-preview"), modules.path("pulumi.ts"));
    expect(table).toEqual(
      expect.arrayContaining([
        "~ kafka:index:Topic shop-topic-OrderPlaced update [diff: ~config] <- aggregates.Order.events.OrderPlaced (pulumi.ts:6)",
        "+ kafka:index:Topic shop-topic-OrderPaid create <- aggregates.Order.events.OrderPaid (pulumi.ts:7)",
        "eventloom:postgres:Table (shop-projection-totals): <- projections.totals.table (pulumi.ts:15)",
      ]),
    );
    const detailed = await said(printed("pulumi-preview-diff"), modules.path("pulumi.ts"));
    expect(detailed.map((line) => line.replace(/^.*::/, "::"))).toEqual(
      expect.arrayContaining([
        "::shop-topic-OrderPaid] <- aggregates.Order.events.OrderPaid (pulumi.ts:7)",
        "::shop-projection-totals] <- projections.totals.table (pulumi.ts:15)",
      ]),
    );
  });

  test("names the place of what Pulumi was refused", async () => {
    expect(await said(printed("pulumi-refused"), modules.path("pulumi.ts"))).toContain(
      "eventloom:postgres:Table (shop-projection-totals): <- projections.totals.table (pulumi.ts:15)",
    );
  });

  test("says where the domain is declared of what no line declares", async () => {
    const line = "rabbitmq_exchange.shop_exchange-unrouted_12A869F4: Creating...\n";
    expect(await said(line, modules.path("terraform.ts"))).toEqual([
      "rabbitmq_exchange.shop_exchange-unrouted_12A869F4: Creating... <- brokers (terraform.ts:3)",
    ]);
  });

  test("names both places where two domains have the same", async () => {
    const line = "  # kafka_topic.x_topic-OrderPaid_12A869F4 will be created\n";
    const [both] = await said(line, modules.path("pulumi.ts"), ORDERS);
    expect(both).toMatch(/<- aggregates\.Order\.events\.OrderPaid \(pulumi\.ts:7\) or aggregates\.Order\.events\.OrderPaid \(.*domain\.ts:\d+\)$/); // prettier-ignore
  });

  test("says that nothing was named", async () => {
    const filter = await filterOf(modules.path("other.ts"));
    expect(filter.push(printed("tofu-refused")) + filter.end()).toBe(printed("tofu-refused"));
    expect(filter.notes()).toEqual(['no line names a resource of "other"']);
  });

  test("gives no JSON (CL525)", async () => {
    const { result } = await runCommandLine(["where", "-", "--json", ORDERS]);
    expect(result).toMatchObject({ exitCode: 2, json: { findings: [{ issues: [{ code: "CL525" }] }] } });
  });
});

describe("an annotated output", () => {
  const names = new NamedResources([{ resource: { kind: "kafka-topic", key: "topic/OrderPaid" }, said: "HERE" }]);
  const bare = (text: string): string => text.replaceAll("  <- HERE", "");
  const piece = fc.constantFrom("kafka_topic.orders_topic-OrderPaid_0A1B2C3D", "\u001b[1m", "\u001b[0m", "\r", "\n", "\r\n", " ", "x", "ü", "😀", '"kafka_topic" "a_topic-OrderPaid"'); // prettier-ignore

  test("is what came in, character for character, but for what is said at the ends of lines, however it was cut", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(12)), (pieces, cuts) => {
        const text = pieces.join("");
        const inOne = new AnnotatedOutput(names, (said) => said);
        const whole = inOne.push(text) + inOne.end();
        expect(bare(whole)).toBe(text);
        const cut = new AnnotatedOutput(names, (said) => said);
        let rest = text;
        let out = "";
        for (const length of cuts) {
          out += cut.push(rest.slice(0, length));
          rest = rest.slice(length);
        }
        expect(out + cut.push(rest) + cut.end()).toBe(whole);
      }),
      { seed: 5 },
    );
  });

  test("shows what waits for an answer at once, and takes a line of any length", () => {
    const output = new AnnotatedOutput(names, (said) => said);
    expect(output.push("  Enter a value: ")).toBe("  Enter a value: ");
    const long = "x".repeat(10_000_000);
    expect(output.push(long)).toHaveLength(long.length);
    expect(output.push("\nkafka_topic.orders_topic-OrderPaid_0A1B2C3D\n")).toBe(
      "\nkafka_topic.orders_topic-OrderPaid_0A1B2C3D  <- HERE\n",
    );
  });

  test("is set off on a terminal, and leaves the engine's own colours alone", () => {
    const output = new AnnotatedOutput(names, (said) => `\u001b[90m${said}\u001b[39m`);
    expect(output.push("\u001b[1m# kafka_topic.a_topic-OrderPaid_0A1B2C3D\u001b[0m will be\r\n")).toBe(
      "\u001b[1m# kafka_topic.a_topic-OrderPaid_0A1B2C3D\u001b[0m will be\u001b[90m  <- HERE\u001b[39m\r\n",
    );
  });
});

test("the command passes on each part as soon as it is there", async () => {
  const jiti = require.resolve("jiti/package.json").replace("package.json", "lib/jiti-cli.mjs");
  const child = spawn(process.execPath, [jiti, join(root, "lib/cli/main.ts"), "where", "-", "terraform.ts"], { cwd: modules.folder }); // prettier-ignore
  child.stdout.setEncoding("utf8");
  const ended = once(child, "exit");
  child.stdin.write("Do you want to go on? ");
  expect(await once(child.stdout, "data")).toEqual(["Do you want to go on? "]);
  child.stdin.write("yes\n  # kafka_topic.shop_topic-SaleMade_70CC7595 will be created\n");
  let text = "";
  child.stdout.on("data", (part: string) => (text += part));
  child.stdin.end("the end");
  expect(await ended).toEqual([0, null]);
  expect(text).toBe(
    "yes\n  # kafka_topic.shop_topic-SaleMade_70CC7595 will be created  <- aggregates.Sale.events.SaleMade (terraform.ts:6)\nthe end", // prettier-ignore
  );
});
