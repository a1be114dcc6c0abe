import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const LARGEST = 4_000_000;
const INFO = /^(.+?)-([^-]+?)(?:-py[\d.]+)?\.(?:dist|egg)-info$/;

/** A distribution as its metadata names it. */
export interface Distribution {
  /** As on PyPI: `Pillow`, whose package is `PIL`. */
  readonly name: string;
  readonly version: string;
}

/** Which distributions installed the packages of a folder, as far as that folder is here to be read. */
export class Distributions {
  readonly #folders = new Map<string, ReadonlyMap<string, Distribution>>();

  /** The distribution that installed a top-level package or module into a site-packages folder; undefined if unknown. */
  of(folder: string, top: string): Distribution | undefined {
    let known = this.#folders.get(folder);
    if (!known) this.#folders.set(folder, (known = readFolder(folder)));
    return known.get(top);
  }
}

function readFolder(folder: string): ReadonlyMap<string, Distribution> {
  const found = new Map<string, Distribution>();
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch {
    return found;
  }
  for (const entry of entries) {
    const [, name, version] = INFO.exec(entry) ?? [];
    if (name === undefined || version === undefined) continue;
    for (const top of topLevel(join(folder, entry))) if (!found.has(top)) found.set(top, { name, version });
  }
  return found;
}

/** The packages that a distribution's metadata names: `top_level.txt`, else the list of its files. */
function topLevel(info: string): string[] {
  const named = read(join(info, "top_level.txt"))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (named.length > 0) return named;
  const files = read(join(info, "RECORD"))
    .split(/\r?\n/)
    .map((line) => line.split(",")[0].split("/"));
  const tops = files.map(([first, second]) => (second === undefined ? first.replace(/\.(py|.*\.so|pyd)$/, "") : first));
  return [...new Set(tops.filter((top) => /^\w+$/.test(top)))];
}

function read(file: string): string {
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= LARGEST ? readFileSync(file, "utf8") : "";
  } catch {
    return "";
  }
}
