import type { Frame } from "playwright-core";

/** A key that was pressed in the search box, as the page saw it. Milliseconds. */
export interface TypedKey {
  /** From the key's own time until what it did was painted. */
  readonly delay: number;
  /** What stood in the box by then. */
  readonly text: string;
  /** Findings were still looked for. */
  readonly isAnalysing: boolean;
}

/** What a page that opens a snapshot saw, in its own clock: milliseconds since it was made; NaN for what it has not seen. */
export interface Seen {
  /** First frame in which the overview says what the heap is, and whether findings were looked for then. */
  readonly overview: number;
  readonly isAnalysingThen: boolean;
  /** First frame with results of the search. */
  readonly results: number;
  readonly isAnalysingWithResults: boolean;
  /** First frame with the findings. */
  readonly findings: number;
  readonly keys: readonly TypedKey[];
  /** The longest that the browser itself has for a key meanwhile (Event Timing, in steps of 8); 0: none took 16. */
  readonly longestEvent: number;
  /** Longest time that one task kept the page's thread busy meanwhile (Long Tasks); 0: none took 50. */
  readonly longestTask: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Watched = Window & { seen?: Mutable<Omit<Seen, "keys">> & { keys: TypedKey[] } };

/** Makes a page watch itself: from now on it notes what it shows, frame by frame, and how long keys take. */
export async function watchTyping(view: Frame): Promise<void> {
  // What runs the tests gives functions their names with a helper that the page does not have.
  await view.evaluate("globalThis.__name ??= (named) => named");
  await view.evaluate(() => {
    const none = { overview: NaN, isAnalysingThen: false, results: NaN, isAnalysingWithResults: false };
    const seen = { ...none, findings: NaN, keys: [] as TypedKey[], longestEvent: 0, longestTask: 0 };
    (window as Watched).seen = seen;
    const isAnalysing = () => document.querySelector(".findings .waiting") !== null;
    const look = () => {
      const now = performance.now();
      if (Number.isNaN(seen.overview) && document.querySelector(".heap-facts dd")) {
        seen.overview = now;
        seen.isAnalysingThen = isAnalysing();
      }
      if (Number.isNaN(seen.results) && document.querySelector("#search-results [role=option]")) {
        seen.results = now;
        seen.isAnalysingWithResults = isAnalysing();
      }
      if (Number.isNaN(seen.findings) && !Number.isNaN(seen.overview) && !isAnalysing()) seen.findings = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    // When the browser got the key: the event of the input that it makes has a later time.
    let pressed = 0;
    document.addEventListener("keydown", ({ timeStamp }) => (pressed = timeStamp), { capture: true });
    document.addEventListener("input", ({ target }) => {
      if (!(target instanceof HTMLInputElement && target.matches("[data-search]"))) return;
      // Read now: on a busy machine the next key can come before this one is painted.
      const { value: text } = target;
      const at = pressed;
      // The frame that shows it is painted right after its callbacks.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => seen.keys.push({ delay: performance.now() - at, text, isAnalysing: isAnalysing() });
        port2.postMessage(null);
      });
    });
    const isKey = ({ name }: PerformanceEntry) => ["keydown", "keypress", "beforeinput", "input"].includes(name);
    new PerformanceObserver((list) => {
      const times = list.getEntries().filter((entry) => isKey(entry) && isAnalysing());
      for (const { duration } of times) seen.longestEvent = Math.max(seen.longestEvent, duration);
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => {
      const times = isAnalysing() ? list.getEntries() : [];
      for (const { duration } of times) seen.longestTask = Math.max(seen.longestTask, duration);
    }).observe({ type: "longtask" });
  });
}

/** What the page has seen so far. */
export function seenBy(view: Frame): Promise<Seen> {
  return view.evaluate(() => (window as Watched).seen!);
}

/** "median 9, 95 % 17, most 31" of some numbers. */
export function spread(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return `median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)}`;
}
