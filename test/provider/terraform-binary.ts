import { existsSync } from "node:fs";
export async function terraformBinary(): Promise<string> {
  return existsSync("/usr/local/bin/terraform") ? "/usr/local/bin/terraform" : "terraform";
}
