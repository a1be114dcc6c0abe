import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type TaskGroupRow, type ThreadRow, threads, type ThreadsResult } from "../../src/session/queries/threads.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder, temporaryFolder } from "../formats/realSnapshot.js";
import { smallSnapshot, snapshotBytes } from "../formats/writeSnapshot.js";
import { type Python, pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";

const here = dirname(fileURLToPath(import.meta.url));
const fixtures = join(here, "..", "fixtures", "threads");
const threadProgram = join(fixtures, "waiting_threads.py");
const taskProgram = join(fixtures, "waiting_tasks.py");

// As in the programs.
const SIZE = 100_000;
const LOCAL_SIZE = 30_000;
const TASK_SIZE = 10_000;
/** What a bytes object and its list cost beside the content, and frame objects where a stack consists of them. */
const OBJECTS = 400;
const FRAMES = 6_000;

/** The number of the line that has a comment. */
function lineOf(program: string, comment: string): number {
  const lines = readFileSync(program, "utf8").split("\n");
  const found = lines.flatMap((line, i) => (line.endsWith(`# ${comment}`) ? [i + 1] : []));
  assert.equal(found.length, 1, comment);
  return found[0];
}

/** The line of a function's definition. */
function definitionOf(name: string): number {
  return (
    1 +
    readFileSync(taskProgram, "utf8")
      .split("\n")
      .findIndex((line) => line.includes(`def ${name}(`))
  );
}

function capture(program: string, python: Python, ...more: string[]): { file: string; output: string } {
  const folder = join(temporaryFolder(), "threads");
  mkdirSync(folder, { recursive: true });
  const file = join(
    folder,
    `${[python.name, ...more].join("-")}-${program === taskProgram ? "tasks" : "threads"}.pyheapsnapshot`,
  );
  const output = execFileSync(python.path, [program, agentFolder, file, ...more], {
    encoding: "utf8",
    timeout: 120_000,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return { file, output };
}

/** The oldest Python 3, 3.11 and the newest; 2.7 too, for what it has. */
function chosen(withTwo: boolean): Python[] {
  const all = pythons();
  const three = all.filter(({ version }) => version[0] === 3);
  const middle = three.filter(({ version }) => version[1] === 11);
  return [
    ...new Set([
      ...(withTwo ? all.filter(({ version }) => version[0] === 2) : []),
      three[0],
      ...middle.slice(-1),
      three.at(-1)!,
    ]),
  ];
}

const shortName = (name: string | null | undefined) => name?.split(".").at(-1);

const STACKS: Readonly<Record<string, number>> = { read_orders: 1, write_invoices: 2, pack_parcels: 3 };
const VARIABLES: Readonly<Record<string, string>> = {
  read_orders: "orders",
  write_invoices: "invoices",
  pack_parcels: "parcels",
};

describe("cli: threads", function () {
  it("2.7 is among the interpreters", function () {
    if (!pythons().some(({ version }) => version[0] === 2)) skip(this, "there is no 2.7");
  });

  for (const python of chosen(true)) {
    describe(`stacks and thread-locals in ${python.name}`, () => {
      let result: ThreadsResult;
      let idents: Record<string, number>;
      const thread = (name: string): ThreadRow => {
        const found = result.threads!.filter((row) => row.name === name);
        assert.equal(found.length, 1, name);
        return found[0];
      };

      before(async () => {
        const { file, output } = capture(threadProgram, python);
        idents = JSON.parse(output) as Record<string, number>;
        result = threads(await Session.open(file));
      });

      it("tells all threads, with their idents, names and whether they are daemons", () => {
        assert.equal(result.threads!.length, 5);
        for (const [name, ident] of Object.entries(idents)) {
          const row = result.threads!.find(({ id }) => id === ident);
          assert.ok(row, name);
          // threading does not know what _thread has started.
          assert.equal(row.name, name === "watch" ? null : name);
          const daemon = name === "watch" ? undefined : name === "write_invoices" || name === "pack_parcels";
          assert.equal(row.daemon, daemon, name);
        }
      });

      it("tells where they are, innermost first", () => {
        for (const name of [...Object.keys(STACKS), "watch"]) {
          const row = result.threads!.find(({ id }) => id === idents[name])!;
          const own = row.frames.filter(({ location }) => location?.file === threadProgram);
          const places = own.map((frame) => [frame.function, frame.location!.line, frame.location!.name]);
          assert.deepEqual(
            places,
            ["wait_for_end", name].map((fn) => [fn, lineOf(threadProgram, `line of ${fn}`), fn]),
          );
          assert.equal(row.frames.indexOf(own[1]), row.frames.indexOf(own[0]) + 1);
          assert.equal(shortName(row.frames[0].function), "wait", "threading waits");
          assert.equal(row.framesTotal, row.frames.length);
          for (const { id, node } of row.frames) assert.ok(id === node || (id === null && python.version[0] === 3));
        }
        const main = thread("MainThread").frames;
        assert.deepEqual(
          main.map((frame) => [frame.function, frame.location?.line]),
          [["<module>", lineOf(threadProgram, "line of the main thread")]],
        );
      });

      it("tells what each stack keeps alone, and by which variable", () => {
        for (const [name, factor] of Object.entries(STACKS)) {
          const row = thread(name);
          const planted = factor * SIZE;
          const frame = row.frames.find((one) => one.function === name)!;
          assert.ok(
            frame.retained >= planted && frame.retained < planted + OBJECTS + 400,
            `${name}: ${frame.retained}`,
          );
          assert.ok(
            row.retained >= frame.retained && row.retained < frame.retained + FRAMES,
            `${name}: ${row.retained}`,
          );
          const [largest, next] = row.locals;
          assert.deepEqual(
            [largest.name, largest.function, largest.type, largest.kept],
            [VARIABLES[name], name, "list", true],
          );
          assert.ok(largest.retained >= planted && largest.retained < planted + OBJECTS, `${largest.retained}`);
          assert.ok(!next.kept || next.retained < OBJECTS);
          assert.equal(new Set(row.locals.map(({ id }) => id)).size, row.locals.length, "each object once");
        }
        assert.equal(thread("read_orders").frames.find((one) => one.function === "read_orders")!.locals, 1);
        assert.equal(thread("pack_parcels").frames.find((one) => one.function === "pack_parcels")!.locals, 3);
        const shared = thread("pack_parcels").locals.find(({ name }) => name === "shared")!;
        assert.ok(!shared.kept && shared.retained >= 5 * SIZE, "the module keeps it too");
        assert.ok(thread("MainThread").retained < FRAMES, "the module's variables are not the stack's");
      });

      it("tells what thread-locals keep, but not for whom", () => {
        const planted = result.threadLocals.filter(({ holder }) => /^__main__\.(store|desk)$/.test(holder ?? ""));
        assert.deepEqual(
          planted.map(({ holder, attribute, kept }) => [holder, attribute, kept]),
          [["__main__.desk", "drawer", true], ...Array.from({ length: 3 }, () => ["__main__.store", "scratch", true])],
        );
        planted.forEach(({ retained }, i) => {
          const size = (4 - i) * LOCAL_SIZE;
          assert.ok(retained >= size && retained < size + OBJECTS, `${retained}`);
        });
        assert.equal(new Set(planted.map(({ dict }) => dict)).size, 4, "a dict for each thread and object");
        assert.equal(new Set(planted.map(({ local }) => local)).size, 2);
        assert.equal(planted[1].location?.file, threadProgram);
        assert.equal(result.threadLocalsTotal, result.threadLocals.length);
        assert.deepEqual(result.tasks, []);
      });
    });
  }

  for (const python of chosen(false)) {
    describe(`tasks in ${python.name}`, () => {
      let result: ThreadsResult;
      const group = (coroutine: string, line?: number): TaskGroupRow => {
        const found = result.tasks.filter(
          (row) => row.coroutine === coroutine && (!line || row.location?.line === line),
        );
        assert.equal(found.length, 1, `${coroutine} ${line}`);
        return found[0];
      };
      const stackOf = ({ stack }: TaskGroupRow) =>
        stack.filter(({ file }) => file === taskProgram).map(({ name, line }) => [name, line]);

      before(async () => {
        result = threads(await Session.open(capture(taskProgram, python).file));
      });

      it("groups them by the line at which they wait", () => {
        const counts = result.tasks.map(({ coroutine, state, count }) => [coroutine, state, count].join(" ")).sort();
        assert.deepEqual(counts, [
          "Courier.deliver pending 40",
          "Courier.deliver pending 5",
          "drive pending 1",
          "follow pending 1",
          "main pending 1",
          "never cancelled 3",
          "pack done 7",
        ]);
        const gate = group("Courier.deliver", lineOf(taskProgram, "line at the gate"));
        assert.equal(gate.count, 40);
        assert.deepEqual(stackOf(gate), [["deliver", lineOf(taskProgram, "line at the gate")]]);
        assert.match(gate.stack[0].file, /asyncio/, "the library's frame is the innermost");
        const asks = group("Courier.deliver", lineOf(taskProgram, "line of the answer"));
        assert.equal(asks.count, 5);
        assert.deepEqual(stackOf(asks), [
          ["answer", lineOf(taskProgram, "line of the answer")],
          ["deliver", lineOf(taskProgram, "line that asks")],
        ]);
        for (const row of [gate, asks]) {
          assert.equal(row.definition?.line, definitionOf("deliver"));
          assert.equal(row.location?.file, taskProgram);
          assert.equal(row.objectsTotal, row.count);
          assert.equal(new Set(row.objects).size, row.count);
        }
      });

      it("follows asynchronous generators, and no generator that is a variable", () => {
        assert.deepEqual(stackOf(group("drive")), [
          ["stops", lineOf(taskProgram, "line of stops")],
          ["drive", lineOf(taskProgram, "line of drive")],
        ]);
        assert.deepEqual(
          group("drive").stack.map(({ name }) => name),
          ["wait", "stops", "drive"],
        );
      });

      it("tells what they wait for and what holds them", () => {
        const waits = (coroutine: string, line?: number) => group(coroutine, line).waitsFor;
        assert.equal(waits("Courier.deliver", lineOf(taskProgram, "line at the gate")), "Future in Event._waiters");
        assert.equal(waits("Courier.deliver", lineOf(taskProgram, "line of the answer")), "Future in Courier.answers");
        assert.equal(waits("follow"), "Task of Courier.deliver");
        assert.deepEqual([waits("pack"), waits("never"), waits("main")], [null, null, null]);
        assert.match(group("pack").heldBy!, /^__main__\.FINISHED/);
        assert.match(group("never").heldBy!, /^__main__\.CANCELLED/);
        assert.equal(group("follow").location?.line, lineOf(taskProgram, "line of follow"));
      });

      it("tells what they keep, most first", () => {
        const gate = group("Courier.deliver", lineOf(taskProgram, "line at the gate"));
        assert.equal(result.tasks[0], gate);
        for (const [row, each] of [
          [gate, TASK_SIZE],
          [group("pack"), TASK_SIZE],
          [group("never"), 0],
        ] as const) {
          const planted = row.count * each;
          assert.ok(row.bytes >= planted && row.bytes < planted + row.count * 2500, `${row.coroutine}: ${row.bytes}`);
        }
        const bytes = result.tasks.map((row) => row.bytes);
        assert.deepEqual(
          bytes,
          [...bytes].sort((a, b) => b - a),
        );
      });

      it("says nothing of places where nothing is known of them", () => {
        for (const name of ["pack", "never", "main"]) {
          assert.equal(group(name).location, undefined);
          assert.deepEqual(group(name).stack, []);
        }
      });
    });
  }

  it("leaves out the names in a redacted snapshot, not the idents", async () => {
    const { file, output } = capture(threadProgram, pythons().at(-1)!, "redact");
    const idents = JSON.parse(output) as Record<string, number>;
    const rows = threads(await Session.open(file)).threads!;
    assert.deepEqual(
      rows.map(({ name }) => name),
      [null, null, null, null, null],
    );
    assert.deepEqual(rows.map(({ id }) => id).sort(), Object.values(idents).sort());
    const row = rows.find(({ id }) => id === idents["pack_parcels"])!;
    assert.deepEqual([row.daemon, row.locals[0].name], [true, "parcels"]);
  });

  it("tells no threads where the file does not", async () => {
    const file = join(temporaryFolder(), "threadless.pyheapsnapshot");
    const draft = smallSnapshot();
    for (const name of [...draft.columns.keys()]) if (/^(frames|locals)\//.test(name)) draft.columns.delete(name);
    writeFileSync(file, snapshotBytes(draft));
    assert.deepEqual(threads(await Session.open(file)), {
      threads: null,
      threadLocals: [],
      threadLocalsTotal: 0,
      tasks: [],
    });
  });

  describe("the command", () => {
    let file: string;
    before(() => {
      ({ file } = capture(threadProgram, pythons().at(-1)!));
    });

    function run(path: string, options: object): string {
      const module = pathToFileURL(join(here, "..", "..", "src", "cli", "commands", "threads.ts")).href;
      const code = `const { runThreads } = await import(${JSON.stringify(module)});
        await runThreads(${JSON.stringify(path)}, ${JSON.stringify(options)});`;
      return execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" },
      });
    }

    it("prints one JSON document: the list of threads, of thread-locals, or of tasks", async () => {
      const expected = threads(await Session.open(file));
      for (const [options, list] of [
        [{}, expected.threads],
        [{ threadLocals: true }, expected.threadLocals],
        [{ tasks: true }, expected.tasks],
      ] as const) {
        assert.deepEqual(JSON.parse(run(file, { json: true, ...options })), JSON.parse(JSON.stringify(list)));
      }
    });

    it("prints a block for each thread, thread-locals and tasks", () => {
      const text = run(file, {});
      assert.match(text, /^thread pack_parcels {2}keeps 30\d kB {2}ident \d+, daemon$/m);
      assert.match(
        text,
        new RegExp(
          `^ +300 kB +pack_parcels +\\S+waiting_threads\\.py:${lineOf(threadProgram, "line of pack_parcels")}$`,
          "m",
        ),
      );
      assert.match(text, /^ +300 kB +parcels +in pack_parcels +list +0x[0-9a-f]+$/m);
      assert.match(text, /^ +120 kB +__main__\.desk\.drawer +bytes/m);
      assert.match(text, /^No tasks of asyncio\.$/m);
      assert.doesNotMatch(text, / shared /, "what others keep too only with --all");
      assert.match(run(file, { all: true }), /^ +500 kB +shared .* kept elsewhere too$/m);
    });

    it("prints tasks as a table", () => {
      const text = run(capture(taskProgram, pythons().at(-1)!).file, {});
      const line = lineOf(taskProgram, "line at the gate");
      assert.match(
        text,
        new RegExp(
          `^ +40 +\\S+ kB +pending +Courier\\.deliver +Future in Event\\._waiters +waits at \\S+:${line}$`,
          "m",
        ),
      );
      assert.match(text, /^ +7 .* done +pack +__main__\.FINISHED\[…\]/m);
    });
  });
});
