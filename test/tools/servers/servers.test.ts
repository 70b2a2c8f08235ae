import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findServers, stopServers } from "../../../tools/servers";
import { Guard } from "../../../tools/servers/guard";
import { launch, type ServerProcess, untilReady } from "../../../tools/servers/launch";
import { freePorts, isFree } from "../../../tools/servers/ports";
import { end, identify, isRunning, type ProcessIdentity } from "../../../tools/servers/process";
import { amqpUrl } from "../../../tools/servers/rabbitmq";
import { allRunning, readState, type ServersState, writeState } from "../../../tools/servers/state";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "eventloom-servers-test-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const server = (script: string): Promise<ServerProcess> =>
  launch({ name: "server", command: "sh", args: ["-c", script], log: join(folder, "log"), cwd: folder });

async function gone(started: ProcessIdentity): Promise<boolean> {
  for (let tries = 0; tries < 100 && isRunning(started); tries++) await sleep(50);
  return !isRunning(started);
}

describe("ports", () => {
  it("are different from each other and nobody listens on them", async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    expect(await Promise.all(ports.map(isFree))).not.toContain(false);
  });

  it("are below those that the kernel gives to outgoing connections", async () => {
    expect(Math.max(...(await freePorts(50)))).toBeLessThan(32_768);
  });

  it("are not free when somebody listens", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    expect(await isFree((listener.address() as { port: number }).port)).toBe(false);
    listener.close();
  });
});

describe("a process", () => {
  it("is told from a later one with the same id", () => {
    const self = identify(process.pid);
    expect(isRunning(self)).toBe(true);
    expect(isRunning({ pid: process.pid, startedAt: (self.startedAt ?? 0) + 1 })).toBe(false);
  });

  it("is ended with its children", async () => {
    const started = await server("sleep 300 & echo $! > child; wait");
    while (!readdirSync(folder).includes("child") || statSync(join(folder, "child")).size === 0) await sleep(20);
    const child = identify(Number(readFileSync(join(folder, "child"), "utf8")));
    expect([isRunning(started), isRunning(child)]).toEqual([true, true]);
    await end(started);
    expect([await gone(started), await gone(child)]).toEqual([true, true]);
  });

  it("is killed when it does not end by itself in time", async () => {
    const started = await server("trap '' TERM; echo up > up; while :; do sleep 0.1; done");
    while (!readdirSync(folder).includes("up")) await sleep(20);
    await end(started, "SIGTERM", 300);
    expect(await gone(started)).toBe(true);
  });

  it("that has gone is left alone", async () => {
    const started = await server("exit 0");
    await gone(started);
    await expect(end(started)).resolves.toBeUndefined();
  });
});

describe("a server that does not start", () => {
  const never = async (): Promise<void> => Promise.reject(new Error("connection refused"));

  it("is reported in one line with the end of its log when it ended", async () => {
    const started = await server("echo address already in use; exit 1");
    await expect(untilReady(started, never)).rejects.toThrow("server ended while it started: address already in use");
  });

  it("is reported in one line with the last refusal when it does not answer in time", async () => {
    const started = await server("echo waiting; sleep 300");
    const message = "server does not answer after 0.4 s (connection refused): waiting";
    await expect(untilReady(started, never, 400)).rejects.toThrow(message);
    await end(started);
  });

  it("is reported in one line when its program is missing", async () => {
    const missing = launch({
      name: "broker",
      command: "no-such-program",
      args: [],
      log: join(folder, "log"),
      cwd: folder,
    });
    await expect(missing).rejects.toThrow(/^broker cannot be started: .*ENOENT/);
  });
});

describe("the state file", () => {
  const state = (...processes: ServerProcess[]): ServersState => ({
    connections: { kafka: { bootstrapServers: "127.0.0.1:1" } },
    processes,
    dataDir: join(folder, "data"),
  });

  it("gives back what was written, to its owner alone", () => {
    writeState(folder, state());
    expect(readState(folder)).toEqual(state());
    expect(statSync(join(folder, "servers.json")).mode & 0o777).toBe(0o600);
  });

  it("may be missing, and its folder as well", () => {
    expect(readState(folder)).toBeUndefined();
    expect(findServers(join(folder, "none"))).toBeUndefined();
  });

  it("is refused when it is something else", () => {
    writeFileSync(join(folder, "servers.json"), '{"half":');
    expect(() => readState(folder)).toThrow(`${join(folder, "servers.json")} is not the state of servers: remove it`);
  });

  it("leads to servers that all run, and to none when one has gone", async () => {
    const [first, second] = [await server("sleep 300"), await server("sleep 300")];
    writeState(folder, state(first, second));
    expect(findServers(folder)?.kafka.bootstrapServers).toBe("127.0.0.1:1");
    await end(first);
    expect(findServers(folder)).toBeUndefined();
    await end(second);
  });

  it("names the server that was not started when it is asked for", async () => {
    writeState(folder, state());
    expect(() => findServers(folder)?.postgres).toThrow(
      "postgres was not started: add it to the servers that startServers gets",
    );
  });

  it("is enough for another process to stop them and remove their data", async () => {
    const started = await server("sleep 300");
    mkdirSync(join(folder, "data"));
    writeState(folder, state(started));
    expect(await stopServers(folder)).toBe(true);
    expect(allRunning(state(started))).toBe(false);
    expect(readdirSync(folder)).toEqual(["log"]);
    expect(await stopServers(folder)).toBe(false);
  });
});

describe("the guard", () => {
  it("ends the servers and removes data and state when we end without a word", async () => {
    const [data, stateDir] = [join(folder, "data"), join(folder, "state")];
    for (const made of [data, stateDir]) mkdirSync(made);
    const guard = await Guard.start(data, join(stateDir, "servers.json"));
    const started = await server("sleep 300");
    guard.watch(started);
    guard["child"].stdin!.end();
    expect(await gone(started)).toBe(true);
    while (readdirSync(folder).length > 1) await sleep(50);
    expect(readdirSync(folder)).toEqual(["log"]);
  });

  it("leaves everything as it is when it is told to let go", async () => {
    const guard = await Guard.start(join(folder, "data"), join(folder, "servers.json"));
    const started = await server("sleep 300");
    guard.watch(started);
    await guard.release();
    expect(isRunning(started)).toBe(true);
    await end(started);
  });
});

it("writes names and passwords into an AMQP URL so that they survive", () => {
  expect(amqpUrl({ username: "a@b", password: "p/w", port: 5672, vhost: "/" })).toBe(
    "amqp://a%40b:p%2Fw@127.0.0.1:5672/%2F",
  );
});
