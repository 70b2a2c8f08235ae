import { at } from "../../examples/orders/services/addresses";
import { schema } from "../../examples/orders/services/store";
import type { Servers } from "../servers";

/** How to look at the servers, which go on running, and how to stop them. */
export function lookAround({ dir, kafka, postgres, rabbitmq }: Servers): string {
  const psql = `PGPASSWORD=${postgres.password} psql -h ${postgres.host} -p ${postgres.port} -U ${postgres.username} ${postgres.database}`;
  const table = `${schema}.${at.projections.orderSummary.table}`;
  const paid = at.events.OrderPaid.topic ?? "";
  return [
    "",
    "The servers go on running. To look around:",
    `  Postgres  ${psql} -c 'SELECT * FROM ${table} LIMIT 10'`,
    `  RabbitMQ  ${rabbitmq.endpoint} (user ${rabbitmq.username}, password ${rabbitmq.password}, vhost ${rabbitmq.vhost})`,
    `  Kafka     npx jiti tools/demo/read-topic-main.ts ${kafka.bootstrapServers} ${paid}`,
    `            or, with Kafka's own commands: kafka-console-consumer.sh --bootstrap-server ${kafka.bootstrapServers} --topic ${paid} --from-beginning`,
    `To stop them:  npm run servers -- stop --dir ${dir}`,
    "",
  ].join("\n");
}
