import { rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import {
  Server,
  ServerCredentials,
  status,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { Root, type Type } from "protobufjs/light";
import type { Call, Request } from "./calls";
import { createServerCertificate } from "./certificate";
import { goPlugin, tfplugin6 } from "./descriptor";

/** How the engine proves that it is one, and not a user who started the file by hand. */
const magicCookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** Messages with many tables are larger than gRPC's default of 4 MB. */
const messageLimit = 256 * 1024 * 1024;

export function isStartedByEngine(environment: NodeJS.ProcessEnv): boolean {
  return environment["TF_PLUGIN_MAGIC_COOKIE"] === magicCookie;
}

/** How long a connection may linger after the engine has asked for the end. */
const SHUTDOWN_MS = 300;

/** Serves the calls on a unix socket and prints the line that go-plugin waits for. */
export async function serve(
  calls: Readonly<Record<string, Call>>,
  environment: NodeJS.ProcessEnv,
  end: () => void,
): Promise<void> {
  const root = Root.fromJSON({
    nested: { tfplugin6: { nested: tfplugin6 }, plugin: { nested: goPlugin } },
  } as unknown as Parameters<typeof Root.fromJSON>[0]);
  const server = new Server({
    "grpc.max_receive_message_length": messageLimit,
    "grpc.max_send_message_length": messageLimit,
    // a count of every message, that nobody asks for
    "grpc.enable_channelz": 0,
  });
  server.addService(providerService(root, Object.keys(calls)), implementation(calls));
  server.addService(controllerService(root), {
    Shutdown: (_call: unknown, answer: (error: null, value: object) => void) => {
      answer(null, {});
      // Once the answer is out: without one the engine waits two seconds for each process. A client that keeps the
      // connection open is not waited for.
      server.tryShutdown(end);
      setTimeout(end, SHUTDOWN_MS).unref();
    },
  });
  const directory = environment["PLUGIN_UNIX_SOCKET_DIR"] ?? tmpdir();
  const socket = join(directory, `eventloom-${process.pid}-${randomBytes(4).toString("hex")}`);
  process.on("exit", () => rmSync(socket, { force: true }));
  const { credentials, certificate } = secure(environment["PLUGIN_CLIENT_CERT"]);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, credentials, (error) => (error === null ? resolve() : reject(error)));
  });
  // Not process.stdout: the line must be out whole before anything else happens.
  writeSync(1, `1|6|unix|${socket}|grpc|${certificate}\n`);
}

function secure(clientCertificate: string | undefined): { credentials: ServerCredentials; certificate: string } {
  if (clientCertificate === undefined || clientCertificate === "") {
    return { credentials: ServerCredentials.createInsecure(), certificate: "" };
  }
  const own = createServerCertificate(new Date());
  const pair = { private_key: Buffer.from(own.keyPem), cert_chain: Buffer.from(own.certificatePem) };
  return {
    credentials: ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true),
    certificate: own.der.toString("base64").replace(/=+$/, ""),
  };
}

function providerService(root: Root, names: readonly string[]): ServiceDefinition {
  return Object.fromEntries(
    names.map((name) => [
      name,
      method(
        `/tfplugin6.Provider/${name}`,
        root.lookupType(`tfplugin6.${name}.Request`),
        root.lookupType(`tfplugin6.${name}.Response`),
      ),
    ]),
  );
}

function controllerService(root: Root): ServiceDefinition {
  const empty = root.lookupType("plugin.Empty");
  return { Shutdown: method("/plugin.GRPCController/Shutdown", empty, empty) };
}

function method(path: string, request: Type, response: Type): ServiceDefinition[string] {
  const write = (type: Type) => (value: object) => Buffer.from(type.encode(type.create(value)).finish());
  const read = (type: Type) => (bytes: Buffer) => type.decode(bytes);
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: write(request),
    requestDeserialize: read(request),
    responseSerialize: write(response),
    responseDeserialize: read(response),
  };
}

type Answer = (error: { code: status; details: string } | null, value?: object) => void;

function implementation(calls: Readonly<Record<string, Call>>): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      (incoming: { request: Request }, answer: Answer) => {
        void answerWith(call, incoming.request, answer);
      },
    ]),
  );
}

async function answerWith(call: Call, request: Request, answer: Answer): Promise<void> {
  try {
    answer(null, await call(request));
  } catch (error) {
    // Ours to mend: handlers report what a user or a server did as issues.
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    answer({ code: status.INTERNAL, details });
  }
}
