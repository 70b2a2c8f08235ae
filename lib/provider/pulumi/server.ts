import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { RESOURCE_PROVIDER, type ProviderRpc } from "./proto";

/** What answers the engine's requests, one function a request; a thrown error's message is what the user reads. */
export type ProviderRpcs = { readonly [R in ProviderRpc]: (request: never) => Promise<object> | object };

/** A provider that listens. */
export interface RunningProvider {
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** Stops at once; open calls are cut off. */
  close(): void;
}

const LARGEST_MESSAGE = 400 * 1024 * 1024; // as the engine's own limit

/**
 * Serves a provider on a free port of 127.0.0.1, as the engine expects it: gRPC without TLS.
 *
 * @throws when no port can be bound
 */
export async function serveProvider(rpcs: ProviderRpcs): Promise<RunningProvider> {
  const server = new Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE,
    "grpc.max_send_message_length": LARGEST_MESSAGE,
    // a count of every message, that nobody asks for
    "grpc.enable_channelz": 0,
  });
  server.addService(
    RESOURCE_PROVIDER,
    Object.fromEntries(Object.entries(rpcs).map(([name, answer]) => [name, unary(answer as Answer)])),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

type Answer = (request: unknown) => Promise<object> | object;

function unary(answer: Answer) {
  return (call: ServerUnaryCall<unknown, object>, reply: sendUnaryData<object>): void => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => reply(null, response),
        (error: unknown) =>
          reply({ code: status.UNKNOWN, message: error instanceof Error ? error.message : String(error) }),
      );
  };
}
