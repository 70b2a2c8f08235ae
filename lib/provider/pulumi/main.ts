import { writeSync } from "node:fs";
import { createHandlers } from "../handlers";
import { engineLog } from "./engine-log";
import { PulumiProvider } from "./provider";
import { serveProvider } from "./server";

/** The file that the engine starts: it reads one line with a port from stdout, and stops the process when it needs it no more. */

// the bundler writes the package's version here
const version = process.env.EVENTLOOM_VERSION ?? "0.0.0";

const provider = new PulumiProvider({ handlers: createHandlers(process.env), version, connectLog: engineLog });
const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
provider.attach(engineAddress);

// how the engine ends a provider, after Cancel; the terminal's Ctrl-C does not reach us, since we are in a group of our own.
// Who is still there after 5 seconds is killed, and makes the engine call the next provider a crashed one
process.on("SIGINT", () => process.exit(0));

// a broken stderr of a killed engine must not keep us spinning
process.stderr.on("error", () => undefined);

// an engine that was killed says nothing: then somebody else is our parent
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 1_000).unref();

serveProvider(provider.rpcs()).then(
  ({ port }) => writeSync(1, `${port}\n`),
  (error: unknown) => {
    writeSync(2, `eventloom: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
