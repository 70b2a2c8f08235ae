import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { identify, type ProcessIdentity } from "./process";

/**
 * Waits for the end of its input, which comes when our process ends in whatever way, and then ends the process groups whose ids
 * it has read and removes their data and their state, unless it was told to let go.
 */
const SCRIPT = `
groups=
while read -r line; do
  if [ "$line" = release ]; then exit 0; fi
  groups="$groups $line"
done
for group in $groups; do kill -TERM "-$group"; done
for second in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for group in $groups; do if kill -0 "-$group"; then left=yes; fi; done
  if [ -z "$left" ]; then break; fi
  sleep 1
done
for group in $groups; do kill -KILL "-$group"; done
rm -rf "$1" "$2"
rmdir "$(dirname "$2")"
`;

/** Sees to it that what we start ends with us, even when we are killed. */
export class Guard {
  private constructor(private readonly child: ChildProcess) {}

  /**
   * @param data folder that is removed when this process ends.
   * @param state file that is removed when this process ends, and its folder when nothing else is in it.
   */
  static async start(data: string, state: string): Promise<Guard> {
    const args = ["-c", SCRIPT, "guard", data, state];
    const child = spawn("sh", args, { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    await once(child, "spawn");
    child.stdin!.on("error", () => undefined);
    // Neither may keep our own process from ending.
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
    return new Guard(child);
  }

  get identity(): ProcessIdentity {
    return identify(this.child.pid!);
  }

  /** The process group of this leader is to end with us. */
  watch({ pid }: ProcessIdentity): void {
    this.child.stdin!.write(`${pid}\n`);
  }

  /** Lets everything live on. */
  async release(): Promise<void> {
    this.child.ref();
    const gone = once(this.child, "exit");
    this.child.stdin!.end("release\n");
    await gone;
  }
}
