import type { Frame } from "playwright-core";
import { WAIT } from "./fixture.js";

/** The colour themes that every view is looked at in, by what VS Code calls their kind. */
export const THEMES = {
  dark: "Dark Modern",
  light: "Light Modern",
  "high-contrast": "Default High Contrast",
  "high-contrast-light": "Default High Contrast Light",
} as const;

/** A view of the demo's snapshot, and how a user gets there from any other. */
export interface View {
  readonly name: string;
  /** Its parts are all in another state, which is enough for a check that takes long. */
  readonly pictureOnly?: true;
  readonly open: (view: Frame) => Promise<void>;
}

const toView = async (view: Frame, name: string) => {
  await view.getByRole("navigation").getByRole("button", { name, exact: true }).click();
};

/** All views, in an order in which each can be opened from the one before. */
export const VIEWS: readonly View[] = [
  {
    name: "overview",
    open: async (view) => {
      await toView(view, "Overview");
      await view
        .getByRole("button", { name: /^Show graph/ })
        .first()
        .waitFor({ timeout: WAIT });
    },
  },
  {
    name: "cycles",
    open: async (view) => {
      await toView(view, "Cycles");
      await view
        .getByRole("row", { name: /_iterencode/ })
        .first()
        .click();
      await view
        .getByText(/set _iterencode = None/)
        .first()
        .waitFor({ timeout: WAIT });
    },
  },
  {
    name: "graph",
    open: async (view) => {
      await view
        .getByRole("button", { name: /_make_iterencode/ })
        .first()
        .click();
      await view.locator("svg [data-box]").nth(8).waitFor({ timeout: WAIT });
      await view.locator("svg [data-box]").first().click();
    },
  },
  {
    name: "cut",
    pictureOnly: true,
    open: async (view) => {
      // Some of what the function refers to is held by others: it stays.
      await view
        .getByRole("button", { name: /^Show referents/ })
        .first()
        .click();
      await view.locator("svg [data-box]").nth(9).waitFor({ timeout: WAIT });
      const row = view.getByRole("row", { name: /closure:_iterencode(?!_)/ });
      await row.getByRole("button", { name: "Cut" }).click();
      await view.getByText(/^1 cut · frees now/).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "suggested",
    open: async (view) => {
      await view.getByRole("button", { name: "Suggest cut" }).click();
      await view.getByText(/^3 cut · frees now/).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "order",
    pictureOnly: true,
    open: async (view) => {
      await view.getByRole("button", { name: "Order of destruction" }).click();
      await view.locator(".cut-steps li").first().waitFor({ timeout: WAIT });
    },
  },
  {
    name: "survivor",
    pictureOnly: true,
    open: async (view) => {
      await toView(view, "Cycles");
      await view
        .getByRole("button", { name: /__main__\.Session/ })
        .first()
        .click();
      // What the session has visited is a list of pages, which a cache holds too.
      const box = (name: string) => view.locator(`svg [data-box][aria-label^="${name}"]`);
      await box("__main__.Session").press("t");
      await box("list").press("t");
      await box("__main__.Page").waitFor({ timeout: WAIT });
      await view
        .getByRole("row", { name: /\.session/ })
        .getByRole("button", { name: "Cut" })
        .click();
      await view
        .locator(".fate-tag text", { hasText: /^stays/ })
        .first()
        .waitFor({ timeout: WAIT });
      await box("__main__.Page").press(" ");
    },
  },
  {
    name: "object",
    open: async (view) => {
      await view
        .getByRole("button", { name: /^Object details/ })
        .first()
        .click();
      await view.getByRole("heading", { name: /Referents/ }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "types",
    open: async (view) => {
      await toView(view, "Types");
      await view
        .getByRole("row", { name: /__main__\.Page/ })
        .first()
        .click();
      await view.getByRole("row", { name: /0x/ }).first().waitFor({ timeout: WAIT });
    },
  },
  {
    name: "caches",
    open: async (view) => {
      await toView(view, "Caches");
      await view.getByRole("row", { name: /PAGES/ }).first().waitFor({ timeout: WAIT });
    },
  },
  {
    name: "duplicates",
    open: async (view) => {
      await toView(view, "Duplicates");
      await view.getByRole("row").nth(1).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "threads",
    open: async (view) => {
      await toView(view, "Threads");
      await view.getByRole("button", { name: /^Tasks/ }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "arenas",
    open: async (view) => {
      await toView(view, "Arenas");
      await view.getByRole("listbox", { name: "Arenas" }).or(view.locator(".empty-state")).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "compare",
    open: async (view) => {
      await toView(view, "Compare");
      await view.getByRole("button", { name: /^Choose snapshots/ }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "weakrefs",
    open: async (view) => {
      await toView(view, "Weak references");
      await view.getByRole("button", { name: "All", exact: true }).click();
      await view.getByRole("heading", { name: /^If .* died/ }).waitFor({ timeout: WAIT });
    },
  },
];

const toList = async (view: Frame, list: string | RegExp, grid: string) => {
  await view.getByRole("button", { name: list }).click();
  await view.getByRole("grid", { name: grid }).waitFor({ timeout: WAIT });
};

/** The lists of weak references of a snapshot that has some in each. */
export const WEAK_VIEWS: readonly View[] = [
  {
    name: "weak-groups",
    open: async (view) => {
      await toView(view, "Weak references");
      await toList(view, "Program’s own", "Groups of weak references");
    },
  },
  {
    name: "weak-group",
    open: async (view) => {
      await view.getByRole("textbox", { name: /^Filter by type/ }).fill("watching[");
      await view.locator(".clears li").nth(5).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "weak-piles",
    open: async (view) => {
      await view.getByRole("textbox", { name: /^Filter by type/ }).fill("");
      await toList(view, /^Piles/, "Containers with dead weak references");
    },
  },
  {
    name: "weak-stale",
    open: (view) => toList(view, /^Suspected/, "Weak references that may be stale"),
  },
];

/** Growth over the snapshots of a service, and what the growing container holds. */
export const GROWTH_VIEWS: readonly View[] = [
  {
    name: "compare-chosen",
    open: async (view) => {
      await toView(view, "Compare");
      const pick = view.page().locator(".quick-input-widget");
      await view.getByRole("button", { name: /^Choose snapshots/ }).click();
      const rounds = pick.locator(".monaco-list-row").filter({ hasText: /^round\d/ });
      await rounds.nth(3).waitFor({ timeout: WAIT });
      for (const round of await rounds.all()) await round.click();
      await pick.getByRole("button", { name: "OK" }).click();
      await view.getByRole("grid", { name: "Containers that grow" }).getByRole("row").nth(1).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "compare-types",
    open: async (view) => {
      await view.getByRole("button", { name: /^Types \(/, exact: true }).click();
      await view.getByRole("row").nth(1).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "caches-growing",
    open: async (view) => {
      await toView(view, "Caches");
      await view
        .getByRole("row", { name: /SERVICE/ })
        .first()
        .waitFor({ timeout: WAIT });
    },
  },
];

/** Threads that wait, with what their frames and thread-local objects keep. */
export const THREAD_VIEWS: readonly View[] = [
  {
    name: "threads-waiting",
    open: async (view) => {
      await toView(view, "Threads");
      await view.getByRole("row").nth(1).waitFor({ timeout: WAIT });
    },
  },
  { name: "thread-locals", open: (view) => toList(view, /^Thread-local/, "Attributes of thread-local objects") },
];

export const TASK_VIEWS: readonly View[] = [
  {
    name: "tasks",
    open: async (view) => {
      await toView(view, "Threads");
      await toList(view, /^Tasks/, "Groups of tasks");
    },
  },
];

/** Values that are there many times. */
export const DUPLICATE_VIEWS: readonly View[] = [
  {
    name: "duplicates-planted",
    open: async (view) => {
      await toView(view, "Duplicates");
      await view.getByRole("row").nth(1).waitFor({ timeout: WAIT });
    },
  },
];

/** What little is left of many objects, and the arenas that it holds. */
export const ARENA_VIEWS: readonly View[] = [
  {
    name: "arenas-map",
    open: async (view) => {
      await toView(view, "Arenas");
      await view
        .getByRole("option", { name: /nearly empty/ })
        .first()
        .waitFor({ timeout: WAIT });
      const pools = view.getByRole("listbox", { name: "Pools of the arena" });
      await pools
        .getByRole("option", { name: /blocks of/ })
        .first()
        .click();
      await view.getByRole("grid", { name: "Blocks of the pool" }).waitFor({ timeout: WAIT });
    },
  },
  { name: "arenas-holders", open: (view) => toList(view, "Who holds them", "Holders of nearly empty arenas") },
  { name: "arenas-steps", open: (view) => toList(view, "What to let go of", "Steps") },
  { name: "arenas-sizes", open: (view) => toList(view, "By size", "Size classes") },
  {
    name: "arenas-policies",
    open: async (view) => {
      await view.getByRole("button", { name: "What if", exact: true }).click();
      await view.getByRole("table").waitFor({ timeout: WAIT });
    },
  },
  {
    name: "arenas-compared",
    open: async (view) => {
      await toView(view, "Compare");
      const pick = view.page().locator(".quick-input-widget");
      await view.getByRole("button", { name: /^Choose snapshots/ }).click();
      const before = pick.locator(".monaco-list-row").filter({ hasText: /^arenas-before/ });
      await before.waitFor({ timeout: WAIT });
      await before.click();
      await pick.getByRole("button", { name: "OK" }).click();
      await toView(view, "Arenas");
      await view.getByRole("button", { name: "Map", exact: true }).click();
      await view.getByRole("listbox", { name: "Arenas, compared" }).waitFor({ timeout: WAIT });
    },
  },
];

/** A program's snapshot of V8: what differs there, and what CPython's heaps alone have is not shown. */
export const V8_VIEWS: readonly View[] = [
  {
    name: "v8-overview",
    open: async (view) => {
      await toView(view, "Overview");
      await view.getByRole("button", { name: "Copy report" }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "v8-types",
    open: async (view) => {
      await toView(view, "Types");
      await view.getByRole("textbox", { name: "Filter by name" }).fill("page");
      await view.getByRole("row", { name: /^Page/ }).first().click();
      await view
        .getByRole("grid", { name: /type Page$/ })
        .getByRole("row")
        .nth(1)
        .waitFor({ timeout: WAIT });
    },
  },
  {
    name: "v8-cycles",
    open: async (view) => {
      await toView(view, "Cycles");
      await view
        .getByRole("row", { name: /unused with system/ })
        .first()
        .click();
      await view.getByRole("heading", { name: "References of one cycle" }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "v8-graph",
    open: async (view) => {
      await view
        .getByRole("button", { name: /unused with system/ })
        .first()
        .click();
      const boxes = view.locator("svg [data-box]");
      await boxes.nth(1).waitFor({ timeout: WAIT });
      await boxes.first().click();
      await view.getByText("from the program's global objects").waitFor({ timeout: WAIT });
    },
  },
  {
    name: "v8-expanded",
    pictureOnly: true,
    open: async (view) => {
      await view.getByRole("button", { name: "Path from a root" }).click();
      await view.locator("svg .on-path").nth(3).waitFor({ timeout: WAIT });
      await view.getByRole("button", { name: /^Show referents/ }).click();
      await view
        .getByText(/^root: global/)
        .first()
        .waitFor({ state: "attached", timeout: WAIT });
    },
  },
  {
    name: "v8-object",
    open: async (view) => {
      await view
        .getByRole("button", { name: /^Object details/ })
        .first()
        .click();
      await view.getByRole("heading", { name: /Referents/ }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "v8-caches",
    open: async (view) => {
      await toView(view, "Caches");
      await view.locator(".main .waiting").waitFor({ state: "detached", timeout: WAIT });
    },
  },
  {
    name: "v8-duplicates",
    open: async (view) => {
      await toView(view, "Duplicates");
      await view.locator(".main .waiting").waitFor({ state: "detached", timeout: WAIT });
    },
  },
  {
    name: "v8-compare",
    open: async (view) => {
      await toView(view, "Compare");
      await view.getByRole("button", { name: /^Choose snapshots/ }).waitFor({ timeout: WAIT });
    },
  },
  {
    name: "v8-search",
    open: async (view) => {
      await view.getByRole("combobox", { name: /^Search/ }).fill("Session");
      await view.getByRole("option").nth(3).waitFor({ timeout: WAIT });
    },
  },
];
