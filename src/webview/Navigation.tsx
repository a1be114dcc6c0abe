import { effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Route } from "../session/viewMessages.js";
import { back, canGoBack, navigate, route } from "./host.js";
import { traits } from "./traits.js";

interface Tab {
  readonly name: string;
  readonly route: Route;
}

/** Keys of the views, in their order; views beyond have none. */
const DIGITS = "1234567890";

/** What the views with a subject showed last. */
const lastGraph = signal<Route | null>(null);
const lastObject = signal<Route | null>(null);
effect(() => {
  const shown = route.value;
  if (shown.view === "graph") lastGraph.value = shown;
  if (shown.view === "object") lastObject.value = shown;
});

const NAMES: Readonly<Record<Route["view"], string>> = {
  overview: "Overview",
  cycles: "Cycles",
  types: "Types",
  caches: "Caches",
  duplicates: "Duplicates",
  threads: "Threads",
  weakrefs: "Weak references",
  arenas: "Arenas",
  compare: "Compare",
  graph: "Leak graph",
  object: "Object",
};

/** What a view is called. */
export function viewName(shown: Route): string {
  return NAMES[shown.view];
}

function tabs(): Tab[] {
  const routes: (Route | null)[] = [
    { view: "overview" },
    { view: "cycles" },
    { view: "types" },
    { view: "caches" },
    { view: "duplicates" },
    { view: "threads" },
    { view: "weakrefs" },
    { view: "arenas" },
    { view: "compare" },
    lastGraph.value,
    lastObject.value,
  ];
  const { lacking } = traits.value;
  return routes.flatMap((to) => (to && !lacking.has(to.view) ? [{ name: viewName(to), route: to }] : []));
}

/** Leads to each view; the graph and the object are there once one was shown. */
export function NavigationBar(): JSX.Element {
  const shown = route.value.view;
  return (
    <nav class="navigation" aria-label="Views">
      {tabs().map((tab, i) => (
        <button
          key={tab.name}
          type="button"
          class="tab"
          {...(i < DIGITS.length
            ? { title: `${tab.name} (${DIGITS[i]})`, "aria-keyshortcuts": DIGITS[i] }
            : { title: tab.name })}
          aria-current={tab.route.view === shown ? "page" : undefined}
          onClick={() => open(tab.route)}
        >
          {tab.name}
        </button>
      ))}
    </nav>
  );
}

function open(to: Route): void {
  if (to.view === route.peek().view) return;
  navigate(to, to.view === "object" ? to.id : null);
}

/** Digits lead to the views, Alt+Left back, a slash to the search field. */
export function useShortcuts(enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return undefined;
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || inField(event) || !runShortcut(event)) return;
      event.preventDefault();
      // The editor would take the key for one of its own.
      event.stopPropagation();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [enabled]);
}

function runShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  if (event.altKey) {
    if (event.key !== "ArrowLeft" || !canGoBack.peek()) return false;
    back();
    return true;
  }
  const tab = /^\d$/.test(event.key) ? tabs()[DIGITS.indexOf(event.key)] : undefined;
  if (tab) open(tab.route);
  else if (event.key === "/") document.querySelector<HTMLElement>("[data-search]")?.focus();
  else return false;
  return true;
}

function inField(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]") !== null;
}
