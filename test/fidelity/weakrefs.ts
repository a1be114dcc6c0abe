import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Session } from "../../src/session/Session.js";
import type { Python } from "../rig/pythons.js";

const here = dirname(fileURLToPath(import.meta.url));
const agentFolder = join(here, "..", "..", "src", "capture", "python");

/** What the interpreter said (weakrefs.py). All numbers are addresses, but for `left`; -1 where 2.7 can't tell. */
export interface WeakrefTruth {
  readonly references: Readonly<
    Record<string, { dead: boolean; referent: number; callback: number; proxy: boolean; type: string }>
  >;
  /** `weakref.getweakrefs` by object. */
  readonly lists: Readonly<Record<string, readonly number[]>>;
  /** Two weak references, the first with a callback, to an object that only the stack holds. */
  readonly stack: readonly [number, number];
  readonly piles: Readonly<Record<"pile" | "pairs" | "listeners" | "by_key" | "few", number>>;
  readonly victim: number;
  readonly containers: Readonly<Record<"entries" | "notes" | "crowd", number>>;
  /** What the victim's entry of the WeakKeyDictionary holds. */
  readonly value: number;
  readonly stage: number;
  readonly numbers: number;
  readonly otherKeys: Readonly<Record<"stage" | "numbers", Readonly<Record<string, number>>>>;
  readonly aliases: number;
  readonly alias: number;
  readonly pool: number;
  readonly pooled: readonly number[];
  /** The victim's entries of weak containers, whose callbacks do not log. */
  readonly silent: readonly number[];
  /** Weak references whose callback ran when the victim died, in order. */
  readonly called: readonly number[];
  /** Entries left in the containers then. */
  readonly left: Readonly<Record<"entries" | "notes" | "crowd", number>>;
}

/** Runs weakrefs.py, whose files go to `folder`; returns the path of the snapshot and the truth. */
export function runWeakrefs(python: Python, folder: string): { readonly path: string; readonly truth: WeakrefTruth } {
  execFileSync(python.path, [join(here, "weakrefs.py"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      PYTHONPATH: [agentFolder, here].join(delimiter),
      PYTHONHASHSEED: "0",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  const truth = JSON.parse(readFileSync(join(folder, "weakrefs.json"), "utf8")) as WeakrefTruth;
  return { path: join(folder, "weakrefs.pyheapsnapshot"), truth };
}

/** Runs weakrefs.py; returns the open snapshot and the truth. */
export async function weakrefLab(python: Python, folder: string): Promise<{ session: Session; truth: WeakrefTruth }> {
  const { path, truth } = runWeakrefs(python, folder);
  return { session: await Session.open(path), truth };
}
