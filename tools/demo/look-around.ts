import { at } from "../../examples/orders/services/addresses";
import { schema } from "../../examples/orders/services/store";
import type { Servers } from "../servers";

/** How to look at the servers, which go on running, and how to stop them. */
export function lookAround({ dir, kafka, postgres, rabbitmq }: Servers): string {
  const psql = `PGPASSWORD=${postgres.password} psql -h ${postgres.host} -p ${postgres.port} -U ${postgres.username} ${postgres.database}`;
  return [
    "",
    "The servers go on running. To look around:",
    `  Postgres  ${psql} -c 'SELECT * FROM ${schema}.order_summary LIMIT 10'`,
    `  RabbitMQ  ${rabbitmq.endpoint} (user ${rabbitmq.username}, password ${rabbitmq.password}, vhost ${rabbitmq.vhost})`,
    `  Kafka     kafka-console-consumer.sh --bootstrap-server ${kafka.bootstrapServers} --topic ${at.events.OrderPaid.topic ?? ""} --from-beginning`,
    `To stop them:  npm run servers -- stop --dir ${dir}`,
    "",
  ].join("\n");
}
