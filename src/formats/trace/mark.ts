import { TraceEventError } from "./errors.js";
import type { RecordedClass, RecordedCounts } from "./events.js";

const LONGEST_LABEL = 100;
const MOST_CLASSES = 256;

const ARENAS = /^(current|total|reclaimed|highwater)=(\d{1,15})$/;
const CLASS = /^(\d{1,5})=(\d{1,15})\/(\d{1,15})\/(\d{1,15})$/;

/**
 * Reads what stands behind the `=` of a mark: a label, then `key=value` words, of which unknown ones are gone over.
 * @returns the label, and the interpreter's counts or null where none stand there
 * @throws TraceEventError
 */
export function parseMark(text: string): { readonly label: string; readonly recorded: RecordedCounts | null } {
  const [label, ...words] = text.split(" ");
  if (label === "" || label.length > LONGEST_LABEL) {
    const what = label === "" ? "the mark has no label" : `the mark's label is longer than ${LONGEST_LABEL} characters`;
    throw new TraceEventError(what, "Write =LABEL, the label without spaces.");
  }
  const counts: { -readonly [K in keyof RecordedCounts]: RecordedCounts[K] } = {};
  const classes: RecordedClass[] = [];
  for (const word of words) {
    const arenas = ARENAS.exec(word);
    if (arenas) counts[arenas[1] as "current" | "total" | "reclaimed" | "highwater"] = Number(arenas[2]);
    const ofClass = CLASS.exec(word);
    if (ofClass) {
      const [size, pools, used, free] = ofClass.slice(1).map(Number);
      classes.push({ size, pools, used, free });
    }
  }
  if (classes.length > MOST_CLASSES) {
    throw new TraceEventError("the mark has too many size classes", "Write each size class once.");
  }
  if (classes.length > 0) counts.classes = classes.sort((a, b) => a.size - b.size);
  return { label, recorded: Object.keys(counts).length > 0 ? counts : null };
}
