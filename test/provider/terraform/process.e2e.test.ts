import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials, Client } from "@grpc/grpc-js";
import { providerDirectory, terraformProviderFile } from "../../../lib/provider/version";

jest.setTimeout(30_000);

const file = join(providerDirectory(), terraformProviderFile);
const directory = mkdtempSync(join(tmpdir(), "eventloom-plugin-"));
const started: ChildProcess[] = [];

const environment = {
  PATH: process.env["PATH"] ?? "",
  PLUGIN_UNIX_SOCKET_DIR: directory,
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
};

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.endsWith("\n")) resolve(text.trimEnd());
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`ended with ${code} after ${JSON.stringify(text)}`)));
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.on("exit", (code) => resolve(code));
  });
}

async function start(): Promise<{ child: ChildProcess; line: string; socket: string }> {
  const child = spawn(file, [], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  const line = await firstLine(child);
  return { child, line, socket: line.split("|")[3] ?? "" };
}

test("the file runs by itself, prints one line and listens where it says", async () => {
  const { line, socket } = await start();
  expect(line).toMatch(/^1\|6\|unix\|[^|]+\|grpc\|$/);
  expect(existsSync(socket)).toBe(true);
});

test("with a client certificate it answers with one of its own, without padding", async () => {
  const key = execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout"]).toString("utf8");
  const keyFile = join(directory, "key.pem");
  writeFileSync(keyFile, key);
  const request = ["req", "-x509", "-key", keyFile, "-subj", "/CN=localhost", "-days", "2"];
  const certificate = execFileSync("openssl", request).toString("utf8");
  const child = spawn(file, [], {
    env: { ...environment, PLUGIN_CLIENT_CERT: certificate },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  expect(await firstLine(child)).toMatch(/^1\|6\|unix\|[^|]+\|grpc\|[A-Za-z0-9+/]{300,}$/);
});

test("Shutdown ends it at once and takes its socket away", async () => {
  const { child, socket } = await start();
  const client = new Client(`unix:${socket}`, credentials.createInsecure());
  const began = Date.now();
  await new Promise<void>((resolve, reject) => {
    const empty = (): Buffer => Buffer.alloc(0);
    client.makeUnaryRequest("/plugin.GRPCController/Shutdown", empty, empty, {}, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  expect(await ended(child)).toBe(0);
  expect(Date.now() - began).toBeLessThan(1_500);
  expect(existsSync(socket)).toBe(false);
  client.close();
});

test("an interrupt from the terminal does not end it: the engine says what it wants", async () => {
  const { child } = await start();
  child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(child.exitCode).toBeNull();
});

test("it ends by itself when its engine is killed", async () => {
  const shell = spawn("sh", ["-c", `"${file}" & echo $!; wait`], {
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(shell);
  const pid = Number(await firstLine(shell));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  shell.kill("SIGKILL");
  const isAlive = (): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const deadline = Date.now() + 8_000;
  while (isAlive() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isAlive()).toBe(false);
});

test("a user who starts it by hand is told what it is", async () => {
  const child = spawn(file, [], { env: { PATH: environment.PATH }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  expect(await ended(child)).toBe(1);
  expect(said).toContain("a provider for Terraform and OpenTofu");
});
