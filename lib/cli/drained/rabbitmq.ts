import { failure } from "../result";
import { thrownLine } from "../issues";
import type { QueueState } from "./verdict";

/** Where RabbitMQ's management API is. Credentials come from the environment alone. */
export interface RabbitmqServer {
  /** `https://rabbitmq.example:15671` */
  readonly url: string;
  readonly vhost: string;
  readonly username: string;
  readonly password: string;
}

const TIMEOUT_MS = 30_000;

/**
 * @param returnExchange - what comes from it is not new
 * @returns null where there is no such queue
 * @throws CommandFailure CL541
 */
export async function lookAtQueue(
  server: RabbitmqServer,
  queue: string,
  returnExchange: string | null,
): Promise<QueueState | null> {
  const path = `/api/queues/${encodeURIComponent(server.vhost)}/${encodeURIComponent(queue)}`;
  const state = (await get(server, path)) as Readonly<Record<string, unknown>> | null;
  if (state === null) return null;
  const bindings = ((await get(server, `${path}/bindings`)) ?? []) as readonly { readonly source: string }[];
  const amount = (name: string): number => Number(state[name] ?? 0);
  return {
    ready: amount("messages_ready"),
    unacknowledged: amount("messages_unacknowledged"),
    consumers: amount("consumers"),
    // every queue has one from the default exchange, by its own name
    newBindings: bindings.filter(({ source }) => source !== "" && source !== returnExchange).length,
  };
}

async function get({ url, username, password }: RabbitmqServer, path: string): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  let response: Response;
  try {
    const target = new URL(url.replace(/\/$/, "") + path);
    response = await fetch(target, { headers: { authorization }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (thrown) {
    throw failure("CL541", url, thrownLine((thrown as { cause?: unknown }).cause ?? thrown));
  }
  if (response.status === 404) return null;
  if (!response.ok) throw failure("CL541", url, `it answers ${response.status}`);
  return response.json();
}
