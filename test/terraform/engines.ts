import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cdktf from "cdktf";
import * as cdktn from "cdktn";
import * as forCdktf from "eventloom/cdktf";
import * as forCdktn from "eventloom/cdktn";
import { orders } from "../../examples/orders/domain";

/** One engine and our constructs for it. Both have the same shape, so the tests are written against one of them. */
export interface EngineUnderTest {
  readonly name: "cdktf" | "cdktn";
  readonly engine: typeof cdktf;
  readonly constructs: typeof forCdktf;
}

export const engines: readonly EngineUnderTest[] = [
  { name: "cdktf", engine: cdktf, constructs: forCdktf },
  {
    name: "cdktn",
    engine: cdktn as unknown as typeof cdktf,
    constructs: forCdktn as unknown as typeof forCdktf,
  },
];

/** A stack as `Testing.synth` writes it. */
export interface Synthesized {
  readonly provider: Record<string, Record<string, unknown>[]>;
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly terraform: { readonly required_providers: Record<string, { source: string; version: string }> };
  readonly output?: Record<string, { value: unknown }>;
}

/** One folder for all: nothing is written there but an empty manifest. */
const outdir = join(tmpdir(), "eventloom-test-synth");

export function emptyStack({ engine }: EngineUnderTest, id = "orders"): cdktf.TerraformStack {
  return new engine.TerraformStack(engine.Testing.app({ outdir }), id);
}

/** A stack with our three providers; the table provider's source is given, so that no bundle is needed. */
export function stackWithProviders(under: EngineUnderTest): cdktf.TerraformStack {
  const stack = emptyStack(under);
  const { constructs } = under;
  new constructs.KafkaProvider(stack, "kafka", { bootstrapServers: ["localhost:9092"], tlsEnabled: false });
  const rabbitmq = { endpoint: "http://localhost:15672", username: "guest", password: "guest" };
  new constructs.RabbitmqProvider(stack, "rabbitmq", rabbitmq);
  new constructs.EventloomProvider(stack, "eventloom", {
    host: "localhost",
    source: "example/eventloom",
    version: "1.0.0",
  });
  return stack;
}

export function ordersStack(under: EngineUnderTest): {
  readonly stack: cdktf.TerraformStack;
  readonly domain: forCdktf.EventDrivenDomain<typeof orders>;
} {
  const stack = stackWithProviders(under);
  return {
    stack,
    domain: new under.constructs.EventDrivenDomain(stack, "orders", { domain: orders, replicationFactor: 1 }),
  };
}

export function synthesized({ engine }: EngineUnderTest, stack: cdktf.TerraformStack): Synthesized {
  return JSON.parse(engine.Testing.synth(stack, true)) as Synthesized;
}

/** The one resource of a type whose `name` is this. */
export function named(from: Synthesized, type: string, name: string): Record<string, unknown> {
  const found = Object.values(from.resource[type] ?? {}).filter((each) => each["name"] === name);
  expect(found).toHaveLength(1);
  return found[0] as Record<string, unknown>;
}

export { orders };
