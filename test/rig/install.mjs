// What start.mjs, all.mjs and CI do first. Standard library only: it runs where nothing is installed yet.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Exit code for a command that can't be started, as in the shell. */
export const NOT_FOUND = 127;

/** The checkout's top folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** True if node_modules is missing or older than package-lock.json. */
export function needsInstall() {
  const installed = join(root, "node_modules", ".package-lock.json");
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, "package-lock.json")).mtimeMs;
}

/**
 * Runs a command in the checkout and returns its exit code, 127 where there is no such command. Its output is shown
 * only if it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
export function runQuietly(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 28,
    ...options,
  });
  if (result.error) {
    process.stderr.write(`${command}: ${result.error.message}\n`);
    return NOT_FOUND;
  }
  if (result.status !== 0) {
    process.stderr.write(result.stdout ?? "");
    process.stderr.write(result.stderr ?? "");
  }
  return result.status ?? 1;
}

/** Runs `npm ci` if it is needed; ends the process if that fails. */
export function ensureInstalled() {
  if (!needsInstall()) return;
  process.stderr.write("Installing the packages of package-lock.json (npm ci) …\n");
  const code = runQuietly("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    shell: process.platform === "win32",
  });
  if (code !== 0) {
    process.stderr.write("npm ci failed; its output stands above.\n");
    process.exit(code);
  }
}

/** The path of a program that a package in node_modules brings, to be run by Node itself. */
export function tool(...path) {
  return join(root, "node_modules", ...path);
}
