/*
Loads the positions of a portfolio for a grid. Sector, region and trader are a few dozen texts in all, and JSON.parse
makes a new string each time it meets one.

rule: duplicate-values
source: https://github.com/xh/hoist-react/pull/4509 (a column of few values costs a string per row; V8 shares none)
names: Industrials, sector, Position, loadPositions
grows: no
planted: "Diversified Industrials
*/
"use strict";
const v8 = require("node:v8");

const LEAKS = process.argv[2] === "leak";
const SECTORS = ["Diversified Industrials", "Consumer Discretionary Goods", "Communication Services and Media"];
const REGIONS = ["North America, developed", "Asia-Pacific, emerging", "Europe, Middle East and Africa"];

class StringInterner {
  constructor() {
    this.known = new Map();
  }

  intern(text) {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, text);
    return text;
  }
}

class Position {
  // <- here
  constructor(row, intern) {
    // <- here
    this.id = row.id;
    this.sector = intern(row.sector); // <- here
    this.region = intern(row.region); // <- here
    this.quantity = row.quantity;
  }
}

/** What the server answers. */
function page(number, size) {
  const rows = Array.from({ length: size }, (_, index) => {
    const id = number * size + index;
    return { id, sector: SECTORS[id % 3], region: REGIONS[(id * 7) % 3], quantity: (id * 31) % 10_000 };
  });
  return JSON.stringify(rows);
}

function loadPositions(pages, intern) {
  // <- here
  const positions = [];
  for (let number = 0; number < pages; number++) {
    for (const row of JSON.parse(page(number, 500))) positions.push(new Position(row, intern)); // <- here
  }
  return positions;
}

function same(text) {
  return text;
}

const interner = new StringInterner();
let grid = [];

function work() {
  const intern = LEAKS ? same : (text) => interner.intern(text);
  grid = loadPositions(16, intern); // <- here
  const sectors = new Set(grid.map(({ sector }) => sector));
  if (sectors.size !== SECTORS.length) throw new Error("a sector is missing");
}

for (const path of process.argv.slice(3)) {
  work();
  v8.writeHeapSnapshot(path);
}
