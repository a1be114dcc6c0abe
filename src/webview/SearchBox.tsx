import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchResult } from "../session/queries/search.js";
import { formatBytes, plural, progressText, text } from "./format.js";
import { showObject } from "./go.js";
import { ask, RefusedError } from "./host.js";
import { SearchIcon } from "./icons.js";

const LIMIT = 20;
const DEBOUNCE_MS = 200;

type Found =
  | { readonly kind: "none" }
  | { readonly kind: "searching"; readonly words: string }
  | { readonly kind: "found"; readonly wanted: string; readonly result: SearchResult }
  | { readonly kind: "problem"; readonly words: string };

/** Finds objects by id, name or type, from any view: a combobox with a list of results. */
export function SearchBox(): JSX.Element {
  const [wanted, setWanted] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const found = useSearch(wanted.trim());
  const field = useRef<HTMLInputElement>(null);
  const rows = found.kind === "found" ? found.result.rows : [];
  const shown = open && found.kind !== "none";

  useEffect(() => setActive(-1), [found]);
  const choose = (id: string) => {
    setOpen(false);
    showObject(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = rows.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive(active < 0 && step < 0 ? last : Math.max(-1, Math.min(last, active + step)));
    } else if (event.key === "Enter") {
      const row = rows[Math.max(0, active)];
      // An answer to what was typed before is no answer.
      if (row && found.kind === "found" && found.wanted === wanted.trim()) choose(row.id);
    } else if (event.key === "Escape") {
      if (shown) setOpen(false);
      else setWanted("");
    }
  };

  return (
    <div
      class="search"
      role="search"
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <SearchIcon />
      <input
        ref={field}
        data-search
        type="text"
        role="combobox"
        aria-label="Search objects by name, type or id"
        placeholder="Search name, type or id ( / )"
        aria-keyshortcuts="/"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded={shown && rows.length > 0}
        aria-controls="search-results"
        aria-activedescendant={shown && active >= 0 ? `search-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        value={wanted}
        onInput={(event) => {
          setWanted(event.currentTarget.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
      />
      <div class="search-popup" hidden={!shown}>
        <ul id="search-results" role="listbox" aria-label="Search results" hidden={rows.length === 0}>
          {rows.map((row, i) => (
            <li
              key={row.id}
              id={`search-${i}`}
              ref={(element) => {
                if (i === active) element?.scrollIntoView({ block: "nearest" });
              }}
              role="option"
              aria-selected={i === active}
              class={i === active ? "search-row active" : "search-row"}
              // The field keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(row.id)}
            >
              <span class="cut">
                {text(row.name, 120)}
                {row.name !== row.type && <span class="quiet"> {text(row.type, 120)}</span>}
              </span>
              <span class="mono">{row.id}</span>
              <span class="quiet cut">{text(row.held, 120)}</span>
              <span class="quiet">{formatBytes(row.retained)}</span>
            </li>
          ))}
        </ul>
        <p class="search-state" role="status">
          {stateText(found)}
        </p>
      </div>
    </div>
  );
}

function stateText(found: Found): string {
  switch (found.kind) {
    case "none":
      return "";
    case "found": {
      const { rows, total } = found.result;
      if (rows.length === 0) return "No object fits.";
      return rows.length < total ? `The first ${rows.length} of ${plural(total, "object")}` : plural(total, "object");
    }
    default:
      return found.words;
  }
}

/** What a text finds, asked for when the typing pauses; a newer text gives up the question for the older one. */
function useSearch(wanted: string): Found {
  const [found, setFound] = useState<Found>({ kind: "none" });
  useEffect(() => {
    if (wanted === "") {
      setFound({ kind: "none" });
      return undefined;
    }
    const abort = new AbortController();
    const searching = (done: number, step: string) =>
      setFound({ kind: "searching", words: progressText("Searching", done, step) });
    const timer = setTimeout(() => {
      setFound((old) => (old.kind === "found" ? old : { kind: "searching", words: "Searching …" }));
      ask("search", { text: wanted, limit: LIMIT }, { signal: abort.signal, progress: searching }).then(
        (result) => setFound({ kind: "found", wanted, result }),
        (error: unknown) => {
          if (abort.signal.aborted) return;
          const advice = error instanceof RefusedError ? ` ${error.advice}` : "";
          setFound({ kind: "problem", words: text(`${(error as Error).message}${advice}`) });
        },
      );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted]);
  return found;
}
