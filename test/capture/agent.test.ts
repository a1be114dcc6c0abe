import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeChecks, type PythonCheck } from "./pythonChecks.js";

const CHECKS = join(dirname(fileURLToPath(import.meta.url)), "checks.py");

/** What checks.py can check, with what must hold. */
const NAMES: readonly PythonCheck[] = [
  ["exact", "refcounts and references from outside are exact (forked)"],
  ["exact_in_process", "refcounts and references from outside are exact (in place)"],
  ["labels", "labels, variables, frames and weak references are the truth"],
  ["types", "tells which types have finalizers, and which the collector can clear"],
  ["generators", "tells which generators run code when they are closed"],
  ["facts", "tells where generators wait, states of futures, limits, kept frames, equal values, allocation sites"],
  ["unchanged", "runs no user code and changes nothing"],
  ["collection", "never captures inside a collection"],
  ["busy", "captures a busy threaded program twenty times"],
  ["runner", "runs a program as plain Python does"],
  ["at_exit", "captures at exit, after threads and exit handlers"],
  ["on_signal", "captures on a signal, and returns at once"],
  ["redact", "redacts"],
  ["files", "writes private, whole files, or none"],
  ["refusals", "refuses what it does not understand"],
  ["zip64", "writes zip64 that standard readers open"],
];

describeChecks("capture agent", CHECKS, NAMES);
