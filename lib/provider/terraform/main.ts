import { createHandlers } from "../handlers";
import { createCalls } from "./calls";
import { isStartedByEngine, serve } from "./server";

/** The entry point of `terraform-provider-eventloom.cjs`. */
async function main(): Promise<void> {
  if (!isStartedByEngine(process.env)) {
    process.stderr.write(
      "this is a provider for Terraform and OpenTofu; it is started by them, when a configuration names it\n",
    );
    process.exitCode = 1;
    return;
  }
  const ignore = (): void => undefined;
  // An engine that was killed leaves a broken pipe; an unhandled error on it would end up here again, for ever.
  process.stderr.on("error", ignore);
  process.stdout.on("error", ignore);
  // The terminal sends an interrupt to the whole group; the engine asks by StopProvider.
  process.on("SIGINT", ignore);
  endWithParent();
  await serve(createCalls(createHandlers(process.env)), process.env, () => process.exit(0));
}

/** Without its engine nobody would ever end this process. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1_000).unref();
}

void main();
