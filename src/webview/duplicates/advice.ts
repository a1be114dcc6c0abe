import type { Info } from "../../session/queries/info.js";

/** What to do about equal objects: in words, and the expression to copy. */
export interface Advice {
  readonly words: string;
  readonly code: string;
}

const SHARED_TEXT = "shared.get(text) ?? (shared.set(text, text), text)";
const SHARED_VALUE = "shared.get(value) ?? (shared.set(value, value), value)";

// A plain key would take 1, 1.0 and True for one value, and 0.0 and -0.0.
const SHARED = "shared.setdefault((type(value), repr(value)), value)";

/** How to share the equal objects of a type, in the language of the snapshot. */
export function adviceFor(type: string, { runtime, version }: Pick<Info, "runtime" | "version">): Advice {
  if (runtime === "v8")
    return {
      words: "Share them where they are read: keep a Map from each value to itself, for as long as the data lives.",
      code: type.includes("string") ? SHARED_TEXT : SHARED_VALUE,
    };
  // Python 2, where interning is a function of its own.
  const isTwo = version?.startsWith("2.") === true;
  if (type === "str")
    return {
      words: "Share them where they are read: intern the text.",
      code: isTwo ? "intern(text)" : "sys.intern(text)",
    };
  return {
    words:
      "Share them where they are read: keep a dict from each value to itself. Its key must tell the types apart, for 1, 1.0 and True are equal, and so are 0.0 and -0.0.",
    code: SHARED,
  };
}
