import type { NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import type { Analysis } from "../model/Analysis.js";
import type { Anchor } from "../model/source.js";
import { cutTexts } from "./cutTexts.js";

/** error: certain from the snapshot alone; warning: likely; info: worth knowing. */
export type Severity = "error" | "warning" | "info";

/** Values of a message's placeholders. */
export type MessageArguments = Readonly<Record<string, string | number | Message>>;

/** A text to be rendered: its id in the catalogue and what goes into it. */
export interface Message {
  readonly id: MessageId;
  readonly arguments: MessageArguments;
}

/** A step of an evidence path: how the node is reached (empty for the first), and the node. */
export interface PathStep {
  readonly label: string;
  readonly node: NodeIndex;
}

/** Something worth telling a person. */
export interface Finding {
  /** Name of the rule, as in docs/MODEL.md. */
  readonly rule: string;
  readonly severity: Severity;
  readonly title: Message;
  readonly why: Message;
  readonly fix?: Message;
  /** How many times it occurs. */
  readonly count: number;
  /** Bytes that would be had back. */
  readonly bytes: number;
  readonly objects: readonly NodeIndex[];
  /** Stable over edits: no addresses, no line numbers. */
  readonly fingerprint: string;
  readonly location?: SourceLocation;
  /** What to look for in the file for a better line: where a class or a variable is defined. */
  readonly anchor?: Anchor;
  readonly path: readonly PathStep[];
}

/** A rule: looks at one heap and says what it found. */
export interface Detector {
  readonly rule: string;
  detect(analysis: Analysis): Finding[];
}

export type MessageId = keyof typeof catalogue;

/**
 * All texts, English. `{name}` takes an argument, `{name:bytes}` formats bytes, `{name:count}` a count, and
 * `{name:one|many}` chooses by a number.
 */
export const catalogue = {
  "closure-cycle.title":
    "{count:count} {count:cycle|cycles} of the function {function}() and its own closure, {bytes:bytes}, {state}",
  "closure-cycle.why":
    "{function}() refers to itself through the variable {variables}, so its reference count never falls to zero. {each}",
  "object-cycle.title": "{count:count} {count:cycle|cycles} of {types}, {bytes:bytes}, {state}",
  "object-cycle.why": "The objects refer to each other through {labels}, so refcounting can't free them. {each}",
  "cycle.garbage": "garbage that waits for the collector",
  "cycle.alive": "alive",
  "cycle.each": "Each is {objects:count} {objects:object|objects} of {bytes:bytes}.",
  "cycle.each-pinned":
    "Each is {objects:count} {objects:object|objects} of {bytes:bytes} and keeps {pinned:bytes} more.",
  "cycle.unnamed": "unnamed references",
  "cycle.fix-library": "{fix}. That is library code: where its caller can't do it, avoid the call, or report it there",
  ...cutTexts,
  "cache.title": "{name} holds {entries:count} entries, {bytes:bytes}: perhaps a {what} without a bound",
  "cache.why":
    "{sole:count} of its {entries:count} values ({share}%) are kept by this {type} alone. {uniform}One snapshot can't show whether it grows: take a second one later, and compare the entries.",
  "cache.dict": "cache",
  "cache.list": "list",
  "cache.set": "set",
  "cache.uniform": "All alike: {type}. ",
  "cache.mixed": "",
  "cache.fix-dict":
    "bound it (functools.lru_cache(maxsize=...), an LRU dict), let entries expire, or use a WeakValueDictionary",
  "cache.fix-list": "give it a bound (collections.deque(maxlen=...)), or take entries out when they are done with",
  "cache.fix-set": "take entries out when they are done with, or use a weakref.WeakSet",
} as const;

/** The text of a message. Bytes and counts come out with units and separators. */
export function renderMessage(message: Message): string {
  return catalogue[message.id].replace(/\{(\w+)(?::([^}]+))?\}/g, (_, name: string, format?: string) => {
    const value = message.arguments[name] ?? "";
    if (typeof value === "string") return value;
    if (typeof value === "object") return renderMessage(value);
    if (format === "bytes") return formatBytes(value);
    const [one, many] = format?.split("|") ?? [];
    return many === undefined ? formatCount(value) : value === 1 ? one : many;
  });
}

/** "1.5 MB": decimal units, as few digits as tell enough. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  if (bytes === 1) return "1 byte";
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "1,234" */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** A short hash for fingerprints: 64 bits of FNV-1a twice, as hex. */
export function fingerprint(...parts: string[]): string {
  const text = parts.join("\0");
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return [a, b].map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}
