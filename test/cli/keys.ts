import assert from "node:assert/strict";

/** The keys of rows and the kinds of their values; `?` marks keys that can be missing. */
export type Keys = Readonly<Record<string, string>>;

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** Asserts that there are rows, each with exactly these keys. */
export function checkRows(rows: unknown, keys: Keys): void {
  assert.ok(Array.isArray(rows) && rows.length > 0, "rows to check");
  const known = Object.keys(keys).map((key) => key.replace("?", ""));
  for (const row of rows as Record<string, unknown>[]) {
    assert.deepEqual(
      Object.keys(row).filter((key) => !known.includes(key)),
      [],
      "no other keys",
    );
    for (const [key, kinds] of Object.entries(keys)) {
      const name = key.replace("?", "");
      if (key.endsWith("?") && !(name in row)) continue;
      assert.ok(kinds.split("|").includes(kindOf(row[name])), `${name} is ${JSON.stringify(row[name])}, not ${kinds}`);
    }
  }
}
