import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServerCertificate } from "../../lib/provider/terraform/certificate";
import { providerDirectory, pulumiProviderFile, terraformProviderFile } from "../../lib/provider/version";
import { compared, type Row } from "../suite";
import { inTurn, walls } from "./turns";

const ROUNDS = 21;
const GOAL = 2.5;

/** From a process that starts to the line that the engine waits for, beside a node that does nothing. Needs `npm run build`. */
export async function measureStart(progress: (line: string) => void): Promise<readonly Row[]> {
  // as engines do: with a certificate of their own, for which the provider makes one too
  const certificate = createServerCertificate(new Date()).certificatePem;
  const terraform = {
    TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    PLUGIN_CLIENT_CERT: certificate,
    PLUGIN_UNIX_SOCKET_DIR: tmpdir(),
  };
  const provider = (file: string, env: NodeJS.ProcessEnv): (() => Promise<void>) => {
    const path = join(providerDirectory(), file);
    return () => untilFirstLine(path, { PATH: process.env["PATH"], ...env });
  };
  const arms = [
    provider(terraformProviderFile, terraform),
    provider(pulumiProviderFile, {}),
    () => Promise.resolve(bareNode()),
  ];
  const lines: string[] = [];
  const [ours, pulumi, bare] = await inTurn(arms, ROUNDS, (arm) => arm(), (line) => lines.push(line)); // prettier-ignore
  progress(`start: ${lines.at(-1) ?? ""}`);
  return [
    compared("start of Terraform's provider to its handshake, ms", walls(ours), "node -e 0", walls(bare), GOAL),
    compared("start of Pulumi's provider to its port, ms", walls(pulumi), "node -e 0", walls(bare), GOAL),
  ];
}

async function untilFirstLine(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(file, [], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    ended.then(() => Promise.reject(new Error(`${file} ended before it said where it listens`))),
  ]);
  child.kill("SIGKILL");
}

function bareNode(): void {
  const { status, stderr } = spawnSync(process.execPath, ["-e", "0"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`node -e 0 ended with ${status}: ${stderr}`);
}
