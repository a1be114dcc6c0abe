import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** A CPython that was found on this machine. */
export interface Python {
  /** Major, minor, micro. */
  readonly version: readonly [number, number, number];
  readonly path: string;
  /** "3.11.7" */
  readonly name: string;
}

const PROBE =
  "import sys, platform; sys.stdout.write('%s %d %d %d' % ((platform.python_implementation(),) + tuple(sys.version_info[:3])))";

function candidates(): string[] {
  const found: string[] = [];
  const roots = [process.env["PYENV_ROOT"], join(homedir(), ".pyenv"), "/opt/pyenv"];
  for (const root of roots) {
    const versions = root === undefined ? "" : join(root, "versions");
    if (versions === "" || !existsSync(versions)) continue;
    for (const name of readdirSync(versions).sort()) found.push(join(versions, name, "bin", "python"));
  }
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder.includes("shims")) continue;
    for (const name of ["python3", "python", "python2", "python2.7"]) found.push(join(folder, name));
  }
  return found.filter((path) => existsSync(path));
}

function probe(path: string): Python | undefined {
  try {
    const [implementation, ...numbers] = execFileSync(path, ["-c", PROBE], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).split(" ");
    const version = numbers.map(Number) as [number, number, number];
    return implementation === "CPython" ? { version, path, name: version.join(".") } : undefined;
  } catch {
    return undefined;
  }
}

/** True for the versions that the agent captures: 2.7 and 3.6 to 3.13. */
export function isSupported([major, minor]: readonly [number, number, number]): boolean {
  return (major === 2 && minor === 7) || (major === 3 && minor >= 6 && minor <= 13);
}

/** True if the command runs a CPython of such a version. */
export function isCapturable(command: string): boolean {
  const python = probe(command);
  return python !== undefined && isSupported(python.version);
}

let cached: Python[] | undefined;

/**
 * The supported CPythons on this machine, oldest first, one for each micro version: those of pyenv,
 * then those on the PATH. Environment: OUROBOROS_PYTHONS (paths, separated as in PATH) replaces the search.
 */
export function pythons(): readonly Python[] {
  if (cached) return cached;
  const named = process.env["OUROBOROS_PYTHONS"];
  const seen = new Set<string>();
  const versions = new Set<string>();
  const found: Python[] = [];
  for (const path of named === undefined ? candidates() : named.split(delimiter)) {
    if (!existsSync(path)) throw new Error(`OUROBOROS_PYTHONS names ${path}, which is not there`);
    const real = realpathSync(path);
    if (seen.has(real)) continue;
    seen.add(real);
    const python = probe(path);
    if (!python || versions.has(python.name) || !isSupported(python.version)) continue;
    versions.add(python.name);
    found.push(python);
  }
  found.sort((a, b) => a.version[0] - b.version[0] || a.version[1] - b.version[1] || a.version[2] - b.version[2]);
  cached = found;
  return found;
}
