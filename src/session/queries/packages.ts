import { printable } from "../../heap/names.js";
import { isStandardLibrary } from "../../model/source.js";
import { moduleMembers, retainedByGroup } from "../../model/modules.js";
import { type Distribution, Distributions } from "../Distributions.js";
import type { Session } from "../Session.js";
import { needCPython } from "../runtime.js";

/** A module of a package. Bytes as in `PackageRow`. */
export interface ModuleRow {
  readonly name: string;
  readonly file: string | null;
  readonly own: number;
  readonly retained: number;
}

/** What a package keeps: one that is installed, the program's own, the standard library, or the interpreter. */
export interface PackageRow {
  /** The top-level name: `django`; of the program's own code the module's or package's. */
  readonly package: string;
  readonly origin: "program" | "installed" | "standard library" | "interpreter";
  /** What installed it, where its metadata can be read here. */
  readonly distribution: Distribution | null;
  /** Bytes of its modules, classes, functions and code. */
  readonly own: number;
  /** Bytes that would be freed if all of these went: with the data that only they keep. */
  readonly retained: number;
  /** Most retained bytes first. What two modules of it keep together is in `retained` above and in neither. */
  readonly modules: readonly ModuleRow[];
}

const INSTALLED = /^(.*[\\/](?:site|dist)-packages)[\\/]([^\\/]+)/;

/** Retained bytes by package and module, most first. Data that several packages keep is in none. */
export function packages(session: Session): PackageRow[] {
  needCPython(session, "What packages keep");
  const { analysis } = session;
  const members = moduleMembers(analysis);
  const distributions = new Distributions();
  const places = members.names.map((name, i) => placeOf(name, members.files[i]));
  const keys = new Map<string, number>();
  const groupOf = places.map(({ key }) => {
    const known = keys.get(key) ?? keys.size;
    keys.set(key, known);
    return known;
  });
  const byPackage = retainedByGroup(analysis, members, groupOf, keys.size);
  const each = members.names.map((_, i) => i);
  const byModule = retainedByGroup(analysis, members, each, each.length);
  const modules: ModuleRow[][] = Array.from({ length: keys.size }, () => []);
  for (const i of each) {
    if (byModule.own[i] === 0) continue;
    modules[groupOf[i]].push({
      name: printable(members.names[i]),
      file: members.files[i] === "" ? null : printable(members.files[i]),
      own: byModule.own[i],
      retained: byModule.retained[i],
    });
  }
  const rows = [...keys.values()].map((group): PackageRow => {
    const place = places[groupOf.indexOf(group)];
    const distribution = place.folder === undefined ? undefined : distributions.of(place.folder, place.top);
    return {
      package: printable(place.top),
      origin: place.origin,
      distribution: distribution ?? null,
      own: byPackage.own[group],
      retained: byPackage.retained[group],
      modules: modules[group].sort((a, b) => b.retained - a.retained),
    };
  });
  return rows.filter(({ own }) => own > 0).sort((a, b) => b.retained - a.retained);
}

/** Where a module comes from, by its file and its name. */
function placeOf(
  name: string,
  file: string,
): { readonly key: string; readonly top: string; readonly origin: PackageRow["origin"]; readonly folder?: string } {
  const [, folder, entry] = INSTALLED.exec(file) ?? [];
  if (folder !== undefined && entry !== undefined) {
    const top = entry.replace(/\..*$/, "");
    return { key: `installed ${folder} ${top}`, top, origin: "installed", folder };
  }
  const top = name.split(".")[0];
  if (file === "" && name !== "__main__") return { key: "interpreter", top: "built-in modules", origin: "interpreter" };
  if (isStandardLibrary(file)) return { key: "standard library", top: "standard library", origin: "standard library" };
  return { key: `program ${top}`, top, origin: "program" };
}
