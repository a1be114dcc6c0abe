import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Route } from "../session/viewMessages.js";
import { Arenas } from "./arenas/Arenas.js";
import { Caches } from "./caches/Caches.js";
import { Compare } from "./compare/Compare.js";
import { Cycles } from "./cycles/Cycles.js";
import { Duplicates } from "./duplicates/Duplicates.js";
import { factsText, text } from "./format.js";
import { LeakGraph } from "./graph/LeakGraph.js";
import { back, canGoBack, notice, phase, route } from "./host.js";
import { BackIcon, CloseIcon } from "./icons.js";
import { NavigationBar, useShortcuts, viewName } from "./Navigation.js";
import { ObjectView } from "./object/ObjectView.js";
import { Overview } from "./overview/Overview.js";
import { PhaseView } from "./Phases.js";
import { SearchBox } from "./SearchBox.js";
import { Threads } from "./threads/Threads.js";
import { traits } from "./traits.js";
import { Types } from "./types/Types.js";
import { WeakReferences } from "./weakrefs/WeakReferences.js";

/** The whole page: header, navigation, the view that is shown, and what is told in passing. */
export function Shell(): JSX.Element {
  const state = phase.value;
  const opened = state.kind === "opened" ? state : undefined;
  const main = useRef<HTMLElement>(null);
  useShortcuts(opened !== undefined);
  useTitle();
  useHeadingFocus(main);
  return (
    <div class="shell">
      {opened && (
        <header class="header">
          <div class="header-line">
            <button
              type="button"
              class="icon-button"
              aria-label="Back"
              title="Back (Alt+Left)"
              aria-keyshortcuts="Alt+ArrowLeft"
              disabled={!canGoBack.value}
              onClick={back}
            >
              <BackIcon />
            </button>
            <div class="header-file">
              <FileName file={opened.file} />
              <p class="quiet cut">{factsText(opened.info)}</p>
            </div>
            <SearchBox />
          </div>
          <NavigationBar />
        </header>
      )}
      <main ref={main} tabIndex={-1} class={opened ? `main main-${route.value.view}` : "main main-phase"}>
        {opened ? <View route={route.value} /> : <PhaseView />}
      </main>
      <Notice />
    </div>
  );
}

/** The name before the folder: where there is no room for both it is the one that tells. */
function FileName({ file }: { readonly file: string }): JSX.Element {
  const [, folder, name] = /^(.*?)[\\/]?([^\\/]*)$/s.exec(file)!;
  return (
    <p class="file cut" title={text(file, 1000)}>
      <span>{text(name, 200)}</span>
      {folder !== "" && <span class="quiet"> {text(folder, 1000)}</span>}
    </p>
  );
}

function View({ route: shown }: { readonly route: Route }): JSX.Element {
  if (traits.value.lacking.has(shown.view)) return <Overview />;
  switch (shown.view) {
    case "cycles":
      return <Cycles />;
    case "types":
      return <Types />;
    case "caches":
      return <Caches />;
    case "duplicates":
      return <Duplicates />;
    case "threads":
      return <Threads />;
    case "weakrefs":
      return <WeakReferences />;
    case "arenas":
      return <Arenas />;
    case "compare":
      return <Compare />;
    case "object":
      return <ObjectView key={shown.id} id={shown.id} />;
    case "graph":
      return <LeakGraph key={JSON.stringify(shown.seed)} seed={shown.seed} suggest={shown.suggest === true} />;
    default:
      return <Overview />;
  }
}

function Notice(): JSX.Element {
  const told = notice.value;
  return (
    <div class={told === "" ? "notice empty" : "notice"}>
      <p role="status">{text(told, 1000)}</p>
      {told !== "" && (
        <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => (notice.value = "")}>
          <CloseIcon />
        </button>
      )}
    </div>
  );
}

function useTitle(): void {
  const state = phase.value;
  const view = viewName(route.value);
  useEffect(() => {
    const file = state.kind === "opened" ? text(state.file.split(/[\\/]/).at(-1) ?? "", 80) : "";
    document.title = file === "" ? "Heap snapshot" : `${view} - ${file}`;
  }, [state, view]);
}

/** After a change of view the focus is on its heading, so that keyboard and screen reader start there. */
function useHeadingFocus(main: { readonly current: HTMLElement | null }): void {
  const shown = route.value;
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else (main.current?.querySelector<HTMLElement>("h1[tabindex]") ?? main.current)?.focus({ preventScroll: true });
    main.current?.scrollTo(0, 0);
  }, [shown]);
}
