import assert from "node:assert/strict";
import { join } from "node:path";
import { clearsCells } from "../../src/detect/cutCode.js";
import { suggestCuts } from "../../src/model/cuts/index.js";
import { cycles, type FamilyRow } from "../../src/session/queries/cycles.js";
import { Session } from "../../src/session/Session.js";
import { pythons } from "../rig/pythons.js";
import type { Python } from "../rig/pythons.js";
import { runJson } from "./cutRuns.js";
import { withFolder } from "./run.js";

/** Where the cuts are made, in which program, and the lines that make them. */
type Trial = readonly [mode: "inside" | "outside" | "class", program: "json" | "listiter", lines: readonly string[]];

/** What the real collector finds afterwards, or what a line raised. */
interface Left {
  readonly functions: readonly string[];
  readonly objects: number;
  readonly raised?: string;
}

const SCRIPT = "cutClosures.py";
const NOTHING: Left = { functions: [], objects: 0 };
const JSON_NAMES = ["_iterencode", "_iterencode_dict", "_iterencode_list"];

/** `a = b = None` of "set a = b = None in …". */
function statementOf(idiom: string): string {
  const match = /^set (.+ = None) in /.exec(idiom);
  assert.ok(match, idiom);
  return match[1];
}

function variable(label: string): string {
  return label.replace("closure:", "");
}

interface Captured {
  /** Where the cells and functions of the last call of json's encoder really are. */
  readonly addresses: Readonly<Record<string, readonly [cell: number, held: number]>>;
  readonly session: Session;
  readonly json: FamilyRow;
  readonly listiter: FamilyRow;
}

async function capture(python: Python, folder: string): Promise<Captured> {
  const file = join(folder, `${python.name}.pyheapsnapshot`);
  const addresses = await runJson<Captured["addresses"]>(python, SCRIPT, "capture", file);
  const session = await Session.open(file);
  const families = cycles(session).families.filter((family) => family.garbage);
  const find = (name: string) => families.find(({ signature }) => signature.includes(name))!;
  assert.equal(families.length, 2, JSON.stringify(families.map(({ signature }) => signature)));
  return { addresses, session, json: find("function _iterencode"), listiter: find("function listiter") };
}

/** All, and then all but one, for each. */
function allAndEachLess<T>(all: readonly T[]): T[][] {
  return [[...all], ...all.map((without) => all.filter((other) => other !== without))];
}

describe("suggested cuts of closures, really made", () => {
  for (const python of pythons()) {
    describe(`CPython ${python.name}`, () => {
      const perform = (...trials: Trial[]) => runJson<Left[]>(python, SCRIPT, "try", JSON.stringify(trials));

      it("end json's encoder by its three cells, no two of which suffice, and the generator by its one", () =>
        withFolder(async (folder) => {
          const { addresses, session, json, listiter } = await capture(python, folder);
          assert.deepEqual([json.count, listiter.count], [3, 2]);
          assert.deepEqual(json.cuts.map(({ label }) => variable(label)).sort(), JSON_NAMES);
          assert.deepEqual(
            listiter.cuts.map(({ label, code }) => [label, code]),
            [["closure:listiter", "listiter = None"]],
          );
          assert.match(json.fix!, /after the last use of the closures.*or write a class whose methods call each other/);

          // The very edges: from each real cell to its real function.
          assert.deepEqual(Object.keys(addresses).sort(), JSON_NAMES);
          const { graph, analysis } = session;
          const cell = graph.nodeOfAddress(addresses["_iterencode"][0])!;
          const all = analysis.families.flatMap((found) => found.cycles);
          const { cuts } = suggestCuts(analysis, all.find(({ members }) => members.includes(cell))!.members);
          assert.deepEqual(
            cuts.map(({ from, to }) => `${graph.columns.id[from]} ${graph.columns.id[to]}`).sort(),
            Object.values(addresses)
              .map((pair) => pair.join(" "))
              .sort(),
          );

          // Made in the enclosing function, after the last use there.
          const statements = allAndEachLess(json.cuts.map(({ idiom }) => statementOf(idiom)));
          const [untouched, atOnce, ...each] = await perform(
            ["inside", "json", []],
            ["inside", "json", [statementOf(json.fix!)]],
            ...statements.map((lines): Trial => ["inside", "json", lines]),
          );
          assert.deepEqual(untouched.functions, JSON_NAMES);
          assert.deepEqual([atOnce, each[0]], [NOTHING, NOTHING]);
          const kept = json.cuts.map(({ label }) => [variable(label)]);
          assert.deepEqual(
            each.slice(1).map(({ functions }) => functions),
            kept,
          );

          const [generator, cleared, bySentence, byClass] = await perform(
            ["inside", "listiter", []],
            ["inside", "listiter", [listiter.cuts[0].code!]],
            ["inside", "listiter", [statementOf(listiter.fix!)]],
            ["class", "json", []],
          );
          assert.deepEqual(generator.functions, ["listiter"]);
          assert.deepEqual([cleared, bySentence, byClass], [NOTHING, NOTHING, NOTHING]);

          // Made by the caller, who has the function that the enclosing one returned.
          if (clearsCells(python.version)) {
            const lines = allAndEachLess(json.cuts.map(({ code }) => code!));
            const [none, whole, ...less] = await perform(
              ["outside", "json", []],
              ...lines.map((some): Trial => ["outside", "json", some]),
            );
            assert.deepEqual(none.functions, JSON_NAMES);
            assert.deepEqual(whole, NOTHING);
            assert.deepEqual(
              less.map(({ functions }) => functions),
              kept,
            );
          } else {
            assert.deepEqual(
              json.cuts.map(({ code }) => code),
              [undefined, undefined, undefined],
            );
            assert.match(json.fix!, /from outside, this Python can't clear a cell/);
            const [tried] = await perform(["outside", "json", ["del _iterencode.__closure__[0].cell_contents"]]);
            assert.ok(tried.raised !== undefined, "and it can't indeed");
          }
        }));
    });
  }
});
