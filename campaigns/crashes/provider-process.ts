import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { Client, credentials } from "@grpc/grpc-js";
import { Root } from "protobufjs/light";
import { tfplugin6 } from "../../lib/provider/terraform/descriptor";
import type { Ask } from "./engine";

const root = Root.fromJSON({ nested: { tfplugin6: { nested: tfplugin6 } } } as unknown as Parameters<typeof Root.fromJSON>[0]); // prettier-ignore
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const LARGE = 256 * 1024 * 1024;

/** The bundled provider as Terraform starts it, in a process of its own. */
export class ProviderProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: Client,
  ) {}

  static async start(file: string): Promise<ProviderProcess> {
    const env = { PATH: process.env["PATH"] ?? "", TF_PLUGIN_MAGIC_COOKIE: COOKIE, PLUGIN_UNIX_SOCKET_DIR: tmpdir() };
    const child = spawn(file, [], { env, stdio: ["ignore", "pipe", "ignore"] });
    const address = (await firstLine(child)).split("|")[3] ?? "";
    const limits = { "grpc.max_receive_message_length": LARGE, "grpc.max_send_message_length": LARGE };
    return new ProviderProcess(child, new Client(`unix:${address}`, credentials.createInsecure(), limits));
  }

  /** @throws Error when the process is gone */
  readonly ask: Ask = (call, request) => {
    const [sent, received] = ["Request", "Response"].map((each) => root.lookupType(`tfplugin6.${call}.${each}`));
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        `/tfplugin6.Provider/${call}`,
        (value: object) => Buffer.from(sent!.encode(sent!.create(value)).finish()),
        (bytes: Buffer) => received!.decode(bytes),
        request,
        (error, answer) => (error === null ? resolve(answer) : reject(error)),
      );
    });
  };

  /** `kill -9`. */
  kill(): void {
    this.child.kill("SIGKILL");
  }

  async close(): Promise<void> {
    this.client.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.kill();
    await ended;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error("the provider ended before it said where it listens");
}
