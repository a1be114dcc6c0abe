// Writes V8 heap snapshots of the Node process that it runs in. One file, no dependencies, Node 20 and later.
//
//   OUROBOROS_CAPTURE='{"output": "app.heapsnapshot"}' node --require ./ouroboros-capture.cjs app.js
//   require("./ouroboros-capture.cjs").snapshot("app.heapsnapshot")
//
// OUROBOROS_CAPTURE is JSON: {output, signal?, force?}. With `signal` ("SIGUSR2") a snapshot is written each time that
// it comes, else one when the program ends. Without OUROBOROS_CAPTURE nothing happens by itself.
"use strict";

const { randomBytes } = require("node:crypto");
const fs = require("node:fs");
const { freemem } = require("node:os");
const { basename, dirname, extname, join, resolve } = require("node:path");
const v8 = require("node:v8");
const { isMainThread } = require("node:worker_threads");

const VARIABLE = "OUROBOROS_CAPTURE";
const HEADER = 4096;
const MB = 1 << 20;
// Measured on heaps of small objects, the worst there are: bytes that V8 needs meanwhile, and bytes of the file, for
// each byte of the heap.
const MEMORY_FACTOR = 10;
const FILE_FACTOR = 3;

/** Why there is no snapshot, and what to do; `code` is "memory", "disk" or "write". */
class CaptureError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = "CaptureError";
    this.code = code;
  }
}

/**
 * Writes a snapshot of this process, which stands still meanwhile.
 * @param {string} path the file; one that is there is replaced when the new one is whole
 * @param {{force?: boolean}} [options] `force`: even where memory or disk look scarce
 * @returns {{objects: number, bytes: number}} of the snapshot, and of its file
 * @throws {CaptureError}
 */
function snapshot(path, { force = false } = {}) {
  const file = resolve(path);
  if (!force) checkSpace(dirname(file));
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
  let created = false;
  try {
    fs.closeSync(fs.openSync(temporary, "wx", 0o600));
    created = true;
    countLines();
    v8.writeHeapSnapshot(temporary, { exposeNumericValues: true });
    const facts = { objects: objectsIn(temporary), bytes: fs.statSync(temporary).size };
    fs.renameSync(temporary, file);
    return facts;
  } catch (error) {
    if (created) fs.rmSync(temporary, { force: true });
    throw new CaptureError("write", `${file} can't be written (${error.message}); name another place with -o FILE`, {
      cause: error,
    });
  }
}

/**
 * Before version 12 V8 counts the lines of a script anew for each function in a snapshot, unless they are known: that
 * takes hours where scripts are large. A debugger makes them known.
 */
function countLines() {
  if (parseFloat(process.versions.v8) >= 12) return;
  try {
    const { Session } = require("node:inspector");
    const session = new Session();
    session.connect();
    session.post("Debugger.enable");
    session.post("Debugger.disable");
    session.disconnect();
  } catch {
    // A Node that was built without its inspector.
  }
}

/** The count of nodes that the head of a snapshot tells. */
function objectsIn(file) {
  const descriptor = fs.openSync(file, "r");
  try {
    const head = Buffer.alloc(HEADER);
    const length = fs.readSync(descriptor, head, 0, HEADER, 0);
    return Number(/"node_count":(\d+)/.exec(head.latin1Slice(0, length))?.[1] ?? 0);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Refuses what might end the program for want of memory, or fill the disk. */
function checkSpace(folder) {
  let used = 0;
  for (const { space_name: name, space_used_size: size } of v8.getHeapSpaceStatistics()) {
    if (!name.includes("large_object")) used += size;
  }
  const memory = process.availableMemory?.() ?? freemem();
  if (used * MEMORY_FACTOR > memory) {
    throw new CaptureError("memory", scarce(used * MEMORY_FACTOR, "of memory", memory));
  }
  let disk = Infinity;
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    disk = bavail * bsize;
  } catch {
    // A folder that is not there is told when the file is opened.
  }
  if (used * FILE_FACTOR > disk) {
    throw new CaptureError("disk", scarce(used * FILE_FACTOR, `in ${folder}`, disk));
  }
}

function scarce(needed, where, left) {
  const megabytes = (bytes) => `${Math.ceil(bytes / MB)} MB`;
  return `the capture may need ${megabytes(needed)} ${where} and there are ${megabytes(left)} left; use --force anyway`;
}

function say(text) {
  try {
    // Past whatever the program put at process.stderr.
    fs.writeSync(2, `ouroboros: ${text}\n`);
  } catch {
    // Nobody is listening.
  }
}

/** Captures and tells so; whatever goes wrong is no affair of the program. */
function capture(path, options) {
  const start = process.hrtime.bigint();
  try {
    const { objects, bytes } = snapshot(path, options);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    say(`captured ${objects} objects, ${bytes} bytes, in ${seconds.toFixed(2)} s: ${path}`);
  } catch (error) {
    say(`no snapshot: ${error.message}`);
  }
}

function captureOnSignal({ output, signal, force }) {
  const suffix = extname(output);
  const stem = output.slice(0, output.length - suffix.length);
  let captures = 0;
  process.on(signal, () => {
    captures++;
    capture(captures === 1 ? output : `${stem}-${captures}${suffix}`, { force });
  });
}

/**
 * Captures after the program's exit handlers, once. A listener of "exit" of our own would run before them, and not at
 * all after one that throws or calls process.exit().
 */
function captureAtExit({ output, force }) {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    say("the program has ended, capturing");
    capture(output, { force });
  };
  replace("emit", function emit(...args) {
    // Looked up now, since `domain` replaces it when it is loaded.
    const inherited = Object.getPrototypeOf(process).emit;
    if (args[0] !== "exit" || this !== process) return Reflect.apply(inherited, this, args);
    try {
      return Reflect.apply(inherited, this, args);
    } finally {
      if (process._exiting) once();
    }
  });
  const { reallyExit } = process;
  replace("reallyExit", function (...args) {
    once();
    return Reflect.apply(reallyExit, this, args);
  });
}

function replace(name, value) {
  const enumerable = Object.prototype.propertyIsEnumerable.call(process, name);
  Object.defineProperty(process, name, { value, writable: true, configurable: true, enumerable });
}

/** Removes what the program, its workers and its children would see of us. */
function hide() {
  delete process.env[VARIABLE];
  delete require.cache[__filename];
  const { execArgv } = process;
  const at = execArgv.findIndex((arg, i) => arg === "--require" && execArgv[i + 1] === __filename);
  if (at >= 0) execArgv.splice(at, 2);
}

const settings = process.env[VARIABLE];
if (settings !== undefined && isMainThread) {
  hide();
  const options = JSON.parse(settings);
  if (options.signal === undefined) captureAtExit(options);
  else captureOnSignal(options);
}

module.exports = { snapshot, CaptureError };
