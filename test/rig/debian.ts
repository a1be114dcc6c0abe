import { spawnSync } from "node:child_process";

/** Installs Debian packages where that can be done (as root, with apt-get); true if it was. */
export function installDebian(...packages: readonly string[]): boolean {
  if (process.getuid?.() !== 0) return false;
  process.stderr.write(`Installing Debian's ${packages.join(", ")} …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = (...args: readonly string[]) => spawnSync("apt-get", args, { env, stdio: "ignore" }).status === 0;
  run("update", "-qq");
  return run("install", "-y", "-qq", ...packages);
}
