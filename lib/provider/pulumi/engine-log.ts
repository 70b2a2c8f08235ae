import { credentials, makeClientConstructor, type Client } from "@grpc/grpc-js";
import { ENGINE, LogSeverity } from "./proto";

/** Says things to the user through the engine, next to the resource they are about. */
export interface EngineLog {
  info(urn: string, message: string): Promise<void>;
  warn(urn: string, message: string): Promise<void>;
  close(): void;
}

/** Where no engine listens (a test, a debugger), nobody is told. */
export const silentLog: EngineLog = {
  info: () => Promise.resolve(),
  warn: () => Promise.resolve(),
  close: () => undefined,
};

/**
 * A log that writes to an engine. A line that can't be delivered is lost: it must not fail the operation that it is about.
 *
 * @param address - the engine's address, `127.0.0.1:<port>`
 */
export function engineLog(address: string): EngineLog {
  const Engine = makeClientConstructor(ENGINE, "Engine");
  const client = new Engine(address, credentials.createInsecure()) as unknown as Client & { Log: LogCall };
  const say = (severity: number, urn: string, message: string): Promise<void> =>
    new Promise((resolve) => client.Log({ severity, urn, message }, () => resolve()));
  return {
    info: (urn, message) => say(LogSeverity.info, urn, message),
    warn: (urn, message) => say(LogSeverity.warning, urn, message),
    close: () => client.close(),
  };
}

type LogCall = (
  request: { severity: number; urn: string; message: string },
  done: (error: Error | null) => void,
) => void;
