import type * as Cdktf from "cdktf";
import { emptyStack, engines, orders, stackWithProviders } from "./engines";

const [cdktf, cdktn] = engines as [(typeof engines)[number], (typeof engines)[number]];

describe("a construct in a stack of the other engine", () => {
  test("is refused with the import that is meant", () => {
    const stack = stackWithProviders(cdktn);
    expect(() => new cdktf.constructs.EventDrivenDomain(stack, "domain", { domain: orders })).toThrow(
      /TF501 orders\/domain: .*this construct is for cdktf, the stack comes from cdktn 0\..* \(fix: import the construct from "eventloom\/cdktn"/,
    );
    const other = stackWithProviders(cdktf);
    expect(() => new cdktn.constructs.EventStoreDatabase(other, "store", { domain: orders })).toThrow(
      /TF501 .*import the construct from "eventloom\/cdktf"/,
    );
  });

  test("is refused for tables and providers as well", () => {
    const stack = stackWithProviders(cdktn);
    const columns = { id: { type: "bigint" } } as const;
    expect(() => new cdktf.constructs.PostgresTable(stack, "t", { schema: "app", name: "t", columns })).toThrow(
      /TF501/,
    );
    expect(() => new cdktf.constructs.KafkaProvider(stack, "k", { bootstrapServers: [] })).toThrow(/TF501/);
  });
});

test("a second copy of the same engine is refused with the way to one copy", () => {
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a copy of its own is what is asked for
    const copy = require("cdktf") as typeof Cdktf;
    const stack = emptyStack({ ...cdktf, engine: copy });
    expect(() => new cdktf.constructs.EventDrivenDomain(stack, "domain", { domain: orders })).toThrow(
      /TF501 .*the stack comes from a second copy of cdktf .*npm ls cdktf/,
    );
  });
});

describe.each(engines)("providers of a stack in $name", (under) => {
  const { EventDrivenDomain, KafkaProvider, RabbitmqProvider } = under.constructs;

  test("that are missing are named together with who needs them, at synth", () => {
    const stack = emptyStack(under);
    new KafkaProvider(stack, "kafka", { bootstrapServers: ["localhost:9092"] });
    new EventDrivenDomain(stack, "domain", { domain: orders });
    const synth = (): string => under.engine.Testing.synth(stack, true);
    expect(synth).toThrow(
      /TF502 .*"rabbitmq" is needed by orders\/domain \(fix: add new RabbitmqProvider\(this, "rabbitmq"/,
    );
    expect(synth).toThrow(/TF502 .*"eventloom" is needed/);
    expect(synth).not.toThrow(/"kafka" is needed/);
  });

  test("may come after what uses them", () => {
    const stack = emptyStack(under);
    new under.constructs.DeadLetterQueue(stack, "dlq", { domain: orders, of: "analytics" });
    new KafkaProvider(stack, "kafka", { bootstrapServers: ["localhost:9092"] });
    expect(() => under.engine.Testing.synth(stack, true)).not.toThrow();
  });

  test("with an alias are used only when they are given", () => {
    const stack = emptyStack(under);
    const kafka = new KafkaProvider(stack, "kafka", { bootstrapServers: ["localhost:9092"], alias: "east" });
    new under.constructs.DeadLetterQueue(stack, "dlq", { domain: orders, of: "analytics" });
    expect(() => under.engine.Testing.synth(stack, true)).toThrow(/TF502 .*the stack has it under "east" only/);

    const other = emptyStack(under);
    const given = new KafkaProvider(other, "kafka", { bootstrapServers: ["localhost:9092"], alias: "east" });
    expect(given.alias).toBe(kafka.alias);
    const providers = { kafka: given };
    new under.constructs.DeadLetterQueue(other, "dlq", { domain: orders, of: "analytics", providers });
    const written = JSON.parse(under.engine.Testing.synth(other, true)) as {
      provider: { kafka: [{ alias: string }] };
      resource: { kafka_topic: Record<string, { provider: string }> };
    };
    expect(written.provider.kafka[0].alias).toBe("east");
    expect(new Set(Object.values(written.resource.kafka_topic).map((each) => each.provider))).toEqual(
      new Set(["kafka.east"]),
    );
  });

  test("of another kind are refused", () => {
    const stack = emptyStack(under);
    const settings = { endpoint: "http://localhost:15672", username: "guest", password: "guest" };
    const rabbitmq = new RabbitmqProvider(stack, "rabbitmq", settings);
    expect(() => new EventDrivenDomain(stack, "domain", { domain: orders, providers: { kafka: rabbitmq } })).toThrow(
      /TF503 providers\.kafka: .*got "rabbitmq"; allowed: "kafka"/,
    );
  });

  test("may be any that the stack has", () => {
    class Prebuilt extends under.engine.TerraformProvider {}
    const stack = emptyStack(under);
    const kafka = new Prebuilt(stack, "kafka", {
      terraformResourceType: "kafka",
      terraformProviderSource: "acme/kafka",
    });
    new under.constructs.DeadLetterQueue(stack, "dlq", { domain: orders, of: "analytics", providers: { kafka } });
    expect(under.engine.Testing.synth(stack, true)).toContain('"provider": "kafka"');
  });
});
