import { formatBytes, formatCount, formatRuntime } from "../detect/format.js";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import type { Info } from "../session/queries/info.js";

export { formatBytes, formatCount };

const TEXT = 300;

/** A text of the snapshot, made safe for one line and cut. */
export function text(raw: string, limit = TEXT): string {
  return printable(raw, limit);
}

/** "1 object", "1,234 objects" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "encoder.py:414"; without the line where it is unknown. */
export function placeText({ file, line }: SourceLocation): string {
  const name = text(file.split(/[\\/]/).at(-1) || file, 80);
  return line > 0 ? `${name}:${line}` : name;
}

/** The whole path with the line. */
export function fullPlaceText({ file, line }: SourceLocation): string {
  return text(line > 0 ? `${file}:${line}` : file, 1000);
}

/** "CPython 3.11.7" */
export function runtimeText(info: Info): string {
  return formatRuntime(info);
}

const two = (n: number) => String(n).padStart(2, "0");

/** "2026-11-24 04:05" in the viewer's time zone, or "unknown". */
export function timeText(iso: string | null): string {
  const date = new Date(iso ?? NaN);
  if (Number.isNaN(date.getTime())) return "unknown";
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "2026-11-24 04:05:06": as `timeText`, to tell apart what was captured within a minute. */
export function momentText(iso: string | null): string {
  const seconds = new Date(iso ?? NaN).getSeconds();
  return Number.isNaN(seconds) ? "unknown" : `${timeText(iso)}:${two(seconds)}`;
}

/** "enabled", "disabled" or "unknown" */
export function collectorText(enabled: boolean | null): string {
  return enabled === null ? "unknown" : enabled ? "enabled" : "disabled";
}

/** What a snapshot is, in one line. */
export function factsText(info: Info): string {
  const facts = [runtimeText(info), plural(info.nodes, "object"), formatBytes(info.bytes)];
  if (info.capturedAt !== null) facts.push(`captured ${timeText(info.capturedAt)}`);
  if (info.gcEnabled !== null) facts.push(`collector ${collectorText(info.gcEnabled)}`);
  return facts.join(" · ");
}

/** "Looking for cycles … 40 %"; `doing` stands in where the step has no name yet. */
export function progressText(doing: string, done: number, step: string): string {
  const words = step === "" ? doing : step[0].toUpperCase() + step.slice(1);
  return done > 0 ? `${words} … ${Math.round(done * 100)} %` : `${words} …`;
}
