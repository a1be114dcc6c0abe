import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { caches } from "../../src/session/queries/caches.js";
import { report } from "../../src/session/queries/report.js";
import { Series } from "../../src/session/Series.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { pythons } from "../rig/pythons.js";
import { captureRounds, inFolder } from "./growing.js";

const withTasks = pythons().filter(({ version }) => version[0] === 3 && version[1] >= 7);

describe("containers as interpreters have them", () => {
  for (const python of pythons()) {
    it(`CPython ${python.version.join(".")}: an ordered dict has each entry once, whatever its keys are`, async () => {
      await inFolder(async (folder) => {
        const [file] = captureRounds(python, "ordered.py", folder);
        const rows = caches(await Session.open(file));
        for (const name of ["TEXTS", "NUMBERS", "PAIRS", "RECENT"]) {
          const row = rows.find((one) => one.name === `__main__.${name}`)!;
          assert.deepEqual([row.entries, row.idle, row.bound], [300, 300, null], name);
        }
        assert.deepEqual(rows.find(({ name }) => name === "__main__.STORE.data")!.bound, { limit: 300, by: "limit" });
      });
    });
  }

  for (const python of withTasks) {
    it(`CPython ${python.version.join(".")}: asyncio's own weak sets are not accused, and tasks have names`, async () => {
      await inFolder(async (folder) => {
        const series = await Series.open(captureRounds(python, "tasks.py", folder));
        const told = report(series.last, { series }).findings.filter(({ severity }) => severity !== "info");
        const blamed = told.filter(({ rule }) => rule === "unbounded-cache").map(({ title }) => title.split(" ")[0]);
        assert.deepEqual(blamed.sort(), ["__main__.DONE", "__main__.WAITING"]);
        const piles = told.filter(({ rule }) => rule === "task-pile").map(({ title }) => title);
        assert.equal(piles.length, 2);
        assert.ok(
          piles.some((title) => title.startsWith("180 tasks of quick() are done and kept")),
          piles.join("\n"),
        );
        assert.ok(
          piles.some((title) => title.startsWith("180 tasks of wait_reply() wait")),
          piles.join("\n"),
        );
      });
    });
  }

  for (const python of pythons().slice(-1)) {
    it(`CPython ${python.version.join(".")}: the syntax tree of a script that runs is no duplicates`, async () => {
      await inFolder(async (folder) => {
        const [program, file] = [join(folder, "idle.py"), join(folder, "idle.pyheapsnapshot")];
        // The file is there once a child process has written it.
        const wait = `while not os.path.exists(${JSON.stringify(file)}): time.sleep(0.05)`;
        writeFileSync(program, `import os, signal, time\nos.kill(os.getpid(), signal.SIGUSR2)\n${wait}\n`);
        const agent = join(agentFolder, "ouroboros_capture.py");
        execFileSync(python.path, [agent, "-o", file, "--on-signal", "USR2", program], { stdio: "ignore" });
        const { findings } = report(await Session.open(file));
        assert.deepEqual(
          findings.filter(({ severity }) => severity !== "info").map(({ title }) => title),
          [],
        );
      });
    });
  }
});
