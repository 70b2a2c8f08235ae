import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { credentials, makeClientConstructor, type Client } from "@grpc/grpc-js";
import { RESOURCE_PROVIDER, type ProviderRpc } from "../../lib/provider/pulumi/proto";

/** Speaks to a provider as the engine does. */
export interface ProviderClient {
  /** From the start of the process until it said its port, in milliseconds. */
  readonly startedInMs: number;
  /** @throws Error with the provider's message */
  call(rpc: ProviderRpc, request?: object): Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- as decoded
  /** Ends it as the engine does, which waits 5 seconds at most. */
  close(): Promise<void>;
}

/** Starts the provider as the engine starts it. */
export async function startProvider(file: string, environment: NodeJS.ProcessEnv = {}): Promise<ProviderClient> {
  const begun = performance.now();
  const child = spawn(file, [], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await firstLine(child);
  const startedInMs = performance.now() - begun;
  const ResourceProvider = makeClientConstructor(RESOURCE_PROVIDER, "ResourceProvider");
  const client = new ResourceProvider(`127.0.0.1:${port}`, credentials.createInsecure()) as unknown as Client & Calls;
  return {
    startedInMs,
    call: (rpc, request = {}) =>
      new Promise((resolve, reject) => {
        client[rpc](request, (error, response) =>
          error ? reject(new Error(error.details || error.message)) : resolve(response),
        );
      }),
    close: async () => {
      client.close();
      const exited = once(child, "exit");
      child.kill("SIGINT");
      await exited;
    },
  };
}

type Calls = Record<
  ProviderRpc,
  (request: object, done: (error: (Error & { details?: string }) | null, response: unknown) => void) => void
>;

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line;
  throw new Error("the provider said no port");
}
