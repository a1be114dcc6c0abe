/*
Keeps all feature flags of an instance for its clients. The database driver decodes each column of each row on its own,
so that the names of a handful of strategies are there once for every flag.

rule: duplicate-values
source: https://github.com/Unleash/unleash/pull/12532 (the driver returns a fresh string per row, tens of thousands of copies)
names: flexibleRollout, applicationHostname, gradualRolloutSessionId, strategy, FeatureFlag, decodeRow
grows: no
planted: "flexibleRollout
*/
import v8 from "node:v8";

const LEAKS = process.argv[2] === "leak";
const STRATEGIES = ["flexibleRollout", "applicationHostname", "gradualRolloutSessionId"];
const TYPES = ["release, short-lived", "experiment, measured", "kill-switch, permanent"];

const pool = new Map();

function internString(value) {
  const existing = pool.get(value);
  if (existing !== undefined) return existing;
  pool.set(value, value);
  return value;
}

/** Rows as they come over the wire: length and bytes of each column. */
function encodeRow(columns) {
  return Buffer.concat(
    columns.flatMap((column) => {
      const bytes = Buffer.from(column, "utf8");
      const length = Buffer.alloc(4);
      length.writeInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

function decodeRow(row) {
  // <- here
  const columns = [];
  for (let offset = 0; offset < row.length;) {
    const length = row.readInt32BE(offset);
    columns.push(row.toString("utf8", offset + 4, offset + 4 + length)); // <- here
    offset += 4 + length;
  }
  return columns;
}

class FeatureFlag {
  // <- here
  constructor([name, type, strategy]) {
    // <- here
    this.name = name;
    this.type = LEAKS ? type : internString(type); // <- here
    this.strategy = LEAKS ? strategy : internString(strategy); // <- here
  }
}

/** The rows that a query answers with. */
function* queryRows(amount) {
  for (let number = 0; number < amount; number++) {
    yield encodeRow([`flag-${number}`, TYPES[number % 3], STRATEGIES[number % 3]]);
  }
}

class FlagTable {
  flags = [];

  reload() {
    this.flags = Array.from(queryRows(6000), (row) => new FeatureFlag(decodeRow(row))); // <- here
  }
}

const table = new FlagTable();

for (const path of process.argv.slice(3)) {
  table.reload();
  if (table.flags[1].strategy !== STRATEGIES[1]) throw new Error("a flag was decoded wrongly");
  v8.writeHeapSnapshot(path);
}
