/** What to do about equal objects: in words, and the expression to copy. */
export interface Advice {
  readonly words: string;
  readonly code: string;
}

// A plain key would take 1, 1.0 and True for one value, and 0.0 and -0.0.
const SHARED = "shared.setdefault((type(value), repr(value)), value)";

/**
 * How to share the equal objects of a type.
 * @param isTwo whether the snapshot is of Python 2, where interning is a function of its own
 */
export function adviceFor(type: string, isTwo: boolean): Advice {
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
