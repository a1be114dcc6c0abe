import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

// all.mjs builds before its tests, which run beside each other: none may then write what another one reads.
let built = process.env["OUROBOROS_BUILT"] === "1";

/** Builds dist/ once in a test run. */
export function build(): void {
  if (!built) execFileSync(process.execPath, ["esbuild.mjs"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  built = true;
}
