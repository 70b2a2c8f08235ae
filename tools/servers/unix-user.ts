import { chownSync } from "node:fs";
import { run } from "../command";
import type { User } from "./launch";

/** The user that a server has to run as when we are root; otherwise it runs as whoever we are. */
export async function serverUser(name: string): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string): Promise<number> => Number((await run("id", [flag, name])).trim());
  return { uid: await id("-u"), gid: await id("-g") };
}

/** Gives folders and files to a server's user. */
export function giveTo(user: User | undefined, ...paths: readonly string[]): void {
  if (user !== undefined) for (const path of paths) chownSync(path, user.uid, user.gid);
}
