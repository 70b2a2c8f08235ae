import { join } from "node:path";
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { EventDrivenDomain, EventloomProvider, KafkaProvider, RabbitmqProvider } from "eventloom/cdktf";
import type { Construct } from "constructs";
import { orders } from "../domain";
import { profile } from "../profile";

/** The order system on real servers. Their addresses come at deployment: `TF_VAR_kafka_bootstrap_servers` and so on. */
class OrdersStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const text = (name: string, options: { default?: string; sensitive?: boolean } = {}): string =>
      new TerraformVariable(this, name, { type: "string", ...options }).stringValue;
    const number = (name: string, value: number): number =>
      new TerraformVariable(this, name, { type: "number", default: value }).numberValue;

    new KafkaProvider(this, "kafka", {
      bootstrapServers: new TerraformVariable(this, "kafka_bootstrap_servers", { type: "list(string)" }).listValue,
      tlsEnabled: new TerraformVariable(this, "kafka_tls", { type: "bool", default: false }).booleanValue,
    });
    new RabbitmqProvider(this, "rabbitmq", {
      endpoint: text("rabbitmq_endpoint"),
      username: text("rabbitmq_username"),
      password: text("rabbitmq_password", { sensitive: true }),
    });
    new EventloomProvider(this, "eventloom", {
      host: text("postgres_host"),
      port: number("postgres_port", 5432),
      database: text("postgres_database"),
      username: text("postgres_username"),
      password: text("postgres_password", { sensitive: true }),
      sslmode: text("postgres_sslmode", { default: "disable" }),
    });
    new EventDrivenDomain(this, "orders", {
      domain: orders,
      lock: join(__dirname, "..", "orders.lock.json"),
      profile,
      vhost: text("rabbitmq_vhost", { default: "/" }),
      // one broker, as the demo has it; leave it out on a cluster of three
      replicationFactor: 1,
    });
  }
}

const app = new App();
new OrdersStack(app, "orders");
app.synth();
