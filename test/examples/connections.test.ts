import { connectionsFrom, environmentOf } from "../../examples/orders/services/connections";
import { explain } from "../../examples/orders/services/explain";

describe("connections of the services", () => {
  const connections = {
    kafka: { bootstrapServers: "a:9092,b:9092" },
    rabbitmq: { url: "amqp://user:secret@c:5672/orders" },
    postgres: { host: "d", port: 5433, username: "writer", password: "secret", database: "shop" },
  };

  it("are found again in the environment that they were written to", () => {
    expect(connectionsFrom(environmentOf(connections))).toEqual(connections);
  });

  it("are asked for all at once when they are missing", () => {
    const { PGHOST: _, ...rest } = environmentOf(connections);
    expect(() => connectionsFrom({ ...rest, RABBITMQ_URL: "" })).toThrow(
      "set RABBITMQ_URL, PGHOST: where Kafka, RabbitMQ and Postgres are",
    );
  });
});

describe("an error in one line", () => {
  it.each<[string, unknown, string]>([
    ["its causes", new Error("no broker", { cause: new Error("refused\n  by a:1") }), "no broker: refused by a:1"],
    ["each of several errors", new AggregateError([new Error("a:1"), new Error("b:1")]), "a:1; b:1"],
    ["what is thrown as text", "gone", "gone"],
  ])("says %s", (_, error, line) => {
    expect(explain(error)).toBe(line);
  });
});
