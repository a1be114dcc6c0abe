import type { Keys } from "./keys.js";

// Rows of `arenas --json` as docs/JSON.md has them.
export const COUNTS: Keys = {
  ...{ address: "string", bytes: "number", pools: "number", freePools: "number", partialPools: "number" },
  ...{ fullPools: "number", blocks: "number", bytesInUse: "number", unexplained: "number", fill: "number" },
  ...{ nearlyEmpty: "boolean", objects: "number" },
};
export const ARENA: Keys = { ...COUNTS, "pins?": "array", "pinsTotal?": "number" };
export const CHANGED: Keys = { ...ARENA, change: "string", bytesBefore: "number|null" };
export const PIN: Keys = {
  ...{ id: "string", name: "string", type: "string", blocks: "number", bytes: "number" },
  ...{ heldBy: "string|null", "location?": "object", sort: "string" },
};
export const OWNER: Keys = {
  ...{ id: "string|null", name: "string", "location?": "object", objects: "number", arenas: "number" },
  ...{ alone: "number", bytes: "number" },
};
export const STEP: Keys = { objects: "array", arenas: "array", objectsSoFar: "number", arenasSoFar: "number" };
export const SIZE: Keys = { size: "number", pools: "number", blocks: "number", free: "number" };
export const POLICY: Keys = { policy: "string", what: "string", held: "number", released: "number", bytes: "number" };
export const ONE: Keys = {
  ...{
    arena: "object",
    firstPool: "string",
    sizes: "array",
    used: "array",
    room: "array",
    untouched: "number",
    pins: "array",
  },
  pinsTotal: "number",
};

export interface Pin {
  readonly id: string;
  readonly heldBy: string | null;
  readonly sort: string;
  readonly blocks: number;
}
export interface Row {
  readonly address: string;
  readonly blocks: number;
  readonly bytesInUse: number;
  readonly unexplained: number;
  readonly fill: number;
  readonly nearlyEmpty: boolean;
  readonly change?: string;
  readonly bytesBefore?: number | null;
  readonly pins?: readonly Pin[];
  readonly pinsTotal?: number;
}
export interface Step {
  readonly objects: readonly Pin[];
  readonly arenas: readonly string[];
  readonly objectsSoFar: number;
  readonly arenasSoFar: number;
}
