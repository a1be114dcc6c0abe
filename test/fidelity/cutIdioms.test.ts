import assert from "node:assert/strict";
import { join } from "node:path";
import { cycles, type FamilyRow } from "../../src/session/queries/cycles.js";
import { Session } from "../../src/session/Session.js";
import { pythons } from "../rig/pythons.js";
import { runJson } from "./cutRuns.js";
import { withFolder } from "./run.js";

/** By case: how many tracked objects it leaves, and how many a collection finds. */
type Left = Readonly<Record<string, readonly [more: number, found: number]>>;

const SCRIPT = "cutIdioms.py";
/** By case a name that only its family has. */
const MEMBER: Readonly<Record<string, string>> = {
  parent: "ParentChild",
  peer: "Peer",
  exception: "frame exception_case",
  traceback: "frame traceback_case",
  frame: "frame frame_case",
  stored: "StoredJob",
  method: "MethodOwner",
  listener: "ListenerOne",
  capture: "CaptureOwner",
  cell: "function cell_walk",
  content: "function content_reader",
  generator: "GeneratorOwner",
  own: "own_case",
  cached: "CachedOwner",
  value: "ValueOwner",
  frozen: "FrozenOwner",
  namespace: "function namespace_f",
};
// Without weakref.WeakMethod no single line does it: the text says how.
const NO_LINE_IN_2 = ["listener", "method"];

describe("suggested lines of code, put into the program that leaks", () => {
  for (const python of pythons()) {
    it(`end the cycle of every idiom on CPython ${python.name}`, () =>
      withFolder(async (folder) => {
        const file = join(folder, "idioms.pyheapsnapshot");
        const leaking = await runJson<Left>(python, SCRIPT, "capture", file);
        const families = cycles(await Session.open(file)).families.filter((family) => family.garbage);
        const lines: Record<string, string> = {};
        for (const [name, [more]] of Object.entries(leaking)) {
          assert.ok(more > 0, `${name} leaks`);
          const own = families.filter(({ signature }) => signature.includes(MEMBER[name]));
          assert.equal(own.length, 1, name);
          const codes = new Set(own[0].cuts.map(({ code }) => code));
          assert.equal(codes.size, 1, `${name}: ${texts(own[0])}`);
          const [code] = codes;
          if (python.version[0] === 2 && NO_LINE_IN_2.includes(name)) assert.equal(code, undefined);
          else lines[name] = code ?? assert.fail(`${name} has no code: ${texts(own[0])}`);
        }
        const fixed = await runJson<Left>(python, SCRIPT, "perform", JSON.stringify(lines));
        for (const name of Object.keys(lines)) assert.deepEqual(fixed[name], [0, 0], `${name}: ${lines[name]}`);
        assert.ok(Object.keys(lines).length >= 12);
      }));
  }
});

function texts({ cuts, noCuts }: FamilyRow): string {
  return noCuts ?? cuts.map(({ label, idiom }) => `${label}: ${idiom}`).join("; ");
}
