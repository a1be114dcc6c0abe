import type { Locator, Page } from "playwright-core";
import type {
  ArenaDetails,
  ArenaRow,
  ArenasResult,
  PinRow,
  PoolDetails,
  SuggestionStep,
} from "../../src/session/queries/arenaRows.js";
import type { CannedAnswers, CannedHost } from "./CannedHost.js";
import type { ViewOptions, Views } from "./harness.js";

export const MAP = "Arenas";
export const COMPARED = "Arenas, compared";
export const POOLS_MAP = "Pools of the arena";
export const BLOCKS = "Blocks of the pool";
export const HOLD = "Objects that hold the arena";

export const ARENA = 1 << 20;
const POOL = 16_384;
const POOLS = ARENA / POOL;

/** The address of a made-up arena, by its position. */
export function addressOf(position: number): string {
  return `0x${(0x7f00_0000_0000 + position * ARENA).toString(16)}`;
}

/** An arena, made up: so much of it is in use. */
export function madeUpArena(position: number, fill: number, more: Partial<ArenaRow> = {}): ArenaRow {
  const used = Math.ceil(fill * POOLS);
  return {
    address: addressOf(position),
    bytes: ARENA,
    pools: POOLS,
    freePools: POOLS - used,
    partialPools: used,
    fullPools: 0,
    blocks: used * 10,
    bytesInUse: Math.round(fill * ARENA),
    unexplained: 0,
    fill,
    nearlyEmpty: fill > 0 && fill <= 0.1,
    objects: used * 9,
    ...more,
  };
}

function pin(id: string, more: Partial<PinRow> = {}): PinRow {
  return {
    id,
    name: `app.Order ${id}`,
    type: "app.Order",
    blocks: 2,
    bytes: 112,
    heldBy: "app.ORDERS[…]",
    location: { file: "/srv/app/orders.py", line: 7, name: "ORDERS" },
    sort: "entry",
    ...more,
  };
}

export const PINS: readonly PinRow[] = [
  pin("0x11"),
  pin("0x12", { sort: "structure", name: "function app.main", type: "function", blocks: 1, bytes: 160 }),
  { id: "0x13", name: "app.Ring", type: "app.Ring", blocks: 1, bytes: 48, heldBy: null, sort: "garbage" },
];

const STEPS: readonly SuggestionStep[] = [
  { objects: [pin("0x11")], arenas: [addressOf(2), addressOf(3)], objectsSoFar: 1, arenasSoFar: 2 },
  {
    objects: [pin("0x21"), pin("0x22", { heldBy: "app.DONE[…]" })],
    arenas: [addressOf(4)],
    objectsSoFar: 3,
    arenasSoFar: 3,
  },
];

const EARLIER = [madeUpArena(0, 0.9), madeUpArena(1, 0.3), madeUpArena(2, 0.8), madeUpArena(9, 0.5)];
const NOW = [
  madeUpArena(0, 0.9),
  madeUpArena(1, 0.6),
  madeUpArena(2, 0.02),
  madeUpArena(3, 0.01),
  madeUpArena(4, 0.1),
  madeUpArena(5, 0.2),
  madeUpArena(6, 0.4),
  madeUpArena(7, 0),
];

function countsOf(rows: readonly ArenaRow[]): ArenasResult["totals"] {
  const sum = (of: (row: ArenaRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  return {
    pools: sum(({ pools }) => pools),
    freePools: sum(({ freePools }) => freePools),
    partialPools: sum(({ partialPools }) => partialPools),
    fullPools: sum(({ fullPools }) => fullPools),
    blocks: sum(({ blocks }) => blocks),
    bytesInUse: sum(({ bytesInUse }) => bytesInUse),
    unexplained: sum(({ unexplained }) => unexplained),
  };
}

/** A map, made up, of these arenas: all that its lists can have. */
export function madeUp(more: Partial<ArenasResult> = {}): ArenasResult {
  const arenas = more.arenas ?? NOW;
  return {
    allocator: {
      allocator: "pymalloc",
      debug: false,
      source: "exact",
      problem: null,
      arenaBytes: ARENA,
      poolBytes: POOL,
    },
    totals: countsOf(arenas),
    outside: { objects: 1234, bytes: 5e6 },
    nearlyEmptyLimit: 0.1,
    arenas,
    classes: [
      { size: 16, pools: 4, blocks: 1000, free: 3000 },
      { size: 48, pools: 3, blocks: 900, free: 100 },
      { size: 512, pools: 1, blocks: 31, free: 0 },
    ],
    ownersTotal: 3,
    owners: [
      {
        id: "0x90",
        name: "app.ORDERS",
        location: { file: "/srv/app/orders.py", line: 7, name: "ORDERS" },
        objects: 30,
        arenas: 3,
        alone: 2,
        bytes: 2 * ARENA,
      },
      { id: null, name: "the interpreter", objects: 5, arenas: 1, alone: 0, bytes: 0 },
    ],
    suggestion: {
      steps: STEPS,
      objects: 3,
      arenas: 3,
      bytes: 3 * ARENA,
      keptEmpty: 0,
      freeListsStay: false,
      isBest: true,
      heldByStructure: 0,
      heldByUnexplained: 0,
    },
    policies: [
      { policy: "stack", what: "a stack of free pools, as in 2.4", held: 8, released: 0, bytes: 0 },
      { policy: "best", what: "all blocks moved together", held: 3, released: 5, bytes: 5 * ARENA },
    ],
    earlier: [],
    notes: [],
    ...more,
  };
}

/** An earlier snapshot, made up: of one arena more, with other fills. */
export const BEFORE: ArenasResult["earlier"][number] = {
  file: "/data/before.pyheapsnapshot",
  pid: 4242,
  version: "3.12.1",
  capturedAt: "2026-03-04T05:00:00.000Z",
  source: "exact",
  totals: countsOf(EARLIER),
  arenas: EARLIER,
};

/** Of each arena the same inside, made up: a pool of each band of size classes, a full one, free and unused ones. */
export function madeUpDetails(address: string, arenas: readonly ArenaRow[] = NOW): ArenaDetails {
  const sizes = [16, 48, 64, 96, 128, 256, 512, 32, ...Array.from({ length: POOLS - 8 }, () => 0)];
  const room = sizes.map((size) => (size === 0 ? 0 : Math.floor((POOL - 48) / size)));
  return {
    arena: arenas.find((row) => row.address === address)!,
    firstPool: address,
    sizes,
    room,
    used: room.map((count, i) => (i === 7 ? count : Math.min(count, 5))),
    untouched: 20,
    pins: PINS,
    pinsTotal: 250,
  };
}

/** Of each pool the same, made up. */
export function madeUpPool(address: string): PoolDetails {
  return {
    address,
    size: 48,
    room: 340,
    used: 5,
    blocks: [
      { at: 0, id: "0x11", name: "app.Order 0x11", type: "app.Order", table: false },
      { at: 7, id: "0x12", name: "dict 0x12", type: "dict", table: true },
    ],
    unexplained: 3,
  };
}

/** How a host answers: with these arenas, and what is made up of each. */
export function answersOf(result: ArenasResult): CannedAnswers {
  return {
    arenas: () => result,
    arena: ({ address }) => madeUpDetails(address, result.arenas),
    pool: ({ address }) => madeUpPool(address),
  };
}

/** Opens the view of arenas with a host that answers so. */
export async function openArenas(view: Views, answers: CannedAnswers, options: ViewOptions = {}): Promise<CannedHost> {
  const host = await view.canned(options);
  Object.assign(host.answers, answers);
  await host.open();
  await host.page.getByRole("navigation").getByRole("button", { name: "Arenas" }).click();
  await host.page.getByRole("heading", { name: "Arenas", exact: true }).waitFor();
  return host;
}

/** Chooses one of the view's lists. */
export async function chooseList(page: Page, list: string): Promise<void> {
  await page.getByRole("group", { name: "List" }).getByRole("button", { name: list, exact: true }).click();
}

/** What the drawn cells of a map say, in order. */
export function cellTexts(page: Page, label: string): Promise<string[]> {
  return page
    .getByRole("listbox", { name: label, exact: true })
    .getByRole("option")
    .evaluateAll((cells) =>
      cells
        .sort((a, b) => Number(a.getAttribute("aria-posinset")) - Number(b.getAttribute("aria-posinset")))
        .map((cell) => cell.getAttribute("aria-label") ?? ""),
    );
}

/** What the cell that the keyboard is on says. */
export function activeText(page: Page, label: string): Promise<string | null> {
  return page.getByRole("listbox", { name: label, exact: true }).evaluate((box) => {
    const id = box.getAttribute("aria-activedescendant");
    return id === null ? null : (document.getElementById(id)?.getAttribute("aria-label") ?? "not drawn");
  });
}

/** A cell of a map, by what it says. */
export function cell(page: Page, label: string, name: string | RegExp): Locator {
  return page.getByRole("listbox", { name: label, exact: true }).getByRole("option", { name });
}
