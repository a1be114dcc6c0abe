import type { HeapGraph } from "../heap/HeapGraph.js";
import type { Cut } from "../model/cuts/index.js";
import { isLibrary } from "../model/source.js";

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const EXPRESSION = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;
// What needs no escape in a text of any Python.
const PLAIN_KEY = /^[ !#-&(-[\]-~]{1,60}$/;

/** From 3.7 on a cell's content can be set and deleted from outside [bpo-30486]. */
export function clearsCells([major, minor]: readonly [number, number, number]): boolean {
  return major > 3 || (major === 3 && minor >= 7);
}

/** A line of Python that does it, to be copied, or undefined where the heap doesn't tell enough. */
export function cutCode({ info }: HeapGraph, { remedy }: Cut): string | undefined {
  const { kind, name, expression, closure, location, target } = remedy;
  switch (kind) {
    case "clear-cell":
    case "clear-capture":
      if (!NAME.test(name)) return undefined;
      if (!location || !isLibrary(location.file)) return `${name} = None`;
      // Nobody edits a library: its caller clears the cell, which 3.7 and later allow.
      return clearsCells(info.version) && closure && NAME.test(closure.function)
        ? `del ${closure.function}.__closure__[${closure.index}].cell_contents  # ${name}`
        : undefined;
    case "weak-capture":
      return NAME.test(name) ? `${name}_ref = weakref.ref(${name})` : undefined;
    case "delete-exception":
    case "delete-traceback":
    case "delete-frame":
    case "delete-local":
      return NAME.test(name) ? `del ${name}` : undefined;
    case "drop-traceback":
    case "drop-context":
      return EXPRESSION.test(expression) ? `${expression}.${name} = None` : undefined;
    case "weak-parent":
    case "weak-attribute":
      return EXPRESSION.test(expression) && NAME.test(name)
        ? `${expression} = weakref.ref(${name.replace(/^_+/, "")})`
        : undefined;
    case "weak-method":
      if (info.version[0] < 3 || !EXPRESSION.test(target)) return undefined;
      return target.startsWith("self.") && EXPRESSION.test(expression)
        ? `${expression} = weakref.WeakMethod(${target})`
        : `weakref.WeakMethod(${target})`;
    case "clear-attribute":
    case "cached-method":
      return EXPRESSION.test(expression) ? `${expression} = None` : undefined;
    case "clear-cache":
      return EXPRESSION.test(expression) ? `${expression}.cache_clear()` : undefined;
    case "clear-namespace":
      return "namespace.clear()";
    case "clear-container":
      if (!EXPRESSION.test(expression)) return undefined;
      if (target === "list" && info.version[0] < 3) return `del ${expression}[:]`;
      return /^(list|dict|set|deque)$/.test(target) ? `${expression}.clear()` : `${expression} = None`;
    case "remove-value":
      return EXPRESSION.test(expression) && PLAIN_KEY.test(name) ? `${expression}.pop('${name}')` : undefined;
    default:
      return undefined;
  }
}
