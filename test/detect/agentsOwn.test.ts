import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cycles } from "../../src/session/queries/cycles.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { pythons } from "../rig/pythons.js";
import { inFolder } from "./growing.js";

// Each refers to itself: PyCFuncPtr_FromDll (Modules/_ctypes/_ctypes.c) makes it its own callable.
const FOREIGN = "_FuncPtr";
const agent = join(agentFolder, "ouroboros_capture.py");

describe("cycles of the capture agent's own", () => {
  for (const python of pythons()) {
    it(`CPython ${python.name}: its functions of C libraries are not told of, the program's are`, async () => {
      await inFolder(async (folder) => {
        const [program, file] = [join(folder, "library.py"), join(folder, "library.pyheapsnapshot")];
        const told = async (text: string) => {
          writeFileSync(program, text);
          execFileSync(python.path, [agent, "-o", file, program], { stdio: "ignore" });
          const { families } = cycles(await Session.open(file));
          return JSON.stringify(families.filter((family) => JSON.stringify(family).includes(FOREIGN)));
        };
        assert.equal(await told("pass\n"), "[]");
        assert.match(await told("import ctypes\nPID = ctypes.PyDLL(None)['getpid']\n"), /_FuncPtr/);
      });
    });
  }
});
