// Runs before anything is installed: plain node, no dependencies.
//   node tools/bootstrap.mjs test|demo [arguments]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Whether node_modules holds what the lock file says. npm keeps the same list in node_modules/.package-lock.json; what is
 * optional may be missing there, since it is for other platforms.
 *
 * @param {string} folder the one with package-lock.json
 */
export function isInstalled(folder) {
  const installedFile = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === "") return true;
    return path in installed ? installed[path].version === version : Boolean(optional || devOptional || peer);
  });
}

/** @param {string} command @param {string[]} args @param {1 | 2} output where what it prints goes */
function run(command, args, output) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", output, 2] });
  if (error !== undefined) return fail(`${command} cannot be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exit(1);
}

/** @param {string} version such as 20.19.0 */
function supports(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

// what prepares goes to stderr, so that `--json` is all there is on stdout
function main([task, ...args]) {
  const tasks = ["test", "demo"];
  if (!tasks.includes(task)) return fail(`unknown task ${JSON.stringify(task ?? "")}: one of ${tasks.join(", ")}`);
  if (!supports(process.versions.node))
    return fail(`node ${process.versions.node} is too old: install node 20.19 or later`);
  if (!isInstalled(root)) {
    console.error("installing dependencies");
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], 2);
  }
  console.error("building");
  run("npm", ["run", "--silent", "build"], 2);
  run(process.execPath, [join("node_modules", "jiti", "lib", "jiti-cli.mjs"), join("tools", `${task}.ts`), ...args], 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
