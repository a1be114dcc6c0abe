import { computed, effect, signal, untracked } from "@preact/signals";
import type { Arrow, Box, Expansion, Picture, PictureRequest, PictureSeed } from "../../picture/Picture.js";
import { ask, phase, RefusedError, save, select, selected } from "../host.js";
import { CutStore } from "./CutStore.js";
import { measureFont } from "./font.js";
import type { View } from "./geometry.js";

/** What a picture shows beside its seed. */
export type Wish = Pick<PictureRequest, "expanded" | "pathTo" | "direction">;

/** A picture, what it was asked for, and the box that is to stay where it is (the first that is still there). */
export interface Shown {
  readonly picture: Picture;
  readonly wish: Wish;
  readonly anchors: readonly string[];
  /** What was seen before, or null for a picture that is to be shown from its beginning. */
  readonly before: Picture | null;
}

/** A box or an arrow by its key. */
export interface Target {
  readonly kind: "box" | "arrow";
  readonly key: string;
}

/** Boxes and arrows that are emphasised, by key. */
export interface Lit {
  readonly boxes: ReadonlySet<string>;
  readonly arrows: ReadonlySet<string>;
}

export interface Trouble {
  readonly message: string;
  readonly advice: string;
  retry(): void;
}

/** The state of one leak graph: what is drawn, what is asked for, what is emphasised. */
export class PictureStore {
  readonly seed: PictureSeed;
  readonly shown = signal<Shown | null>(null);
  /** How far the next picture is, or null while none is awaited. */
  readonly busy = signal<{ readonly done: number; readonly step: string } | null>(null);
  readonly trouble = signal<Trouble | null>(null);
  readonly undoable = signal(0);
  /** The box that has the keyboard, or had it last. */
  readonly current = signal<string | null>(null);
  readonly hovered = signal<Target | null>(null);
  readonly focused = signal<Target | null>(null);
  /** The arrow that was chosen in the table or in the picture. */
  readonly pinned = signal<string | null>(null);
  /** Where the picture was seen last, so that it is found there again. */
  view: View | null = null;
  /** The view is no longer the one that a picture starts with. */
  moved = false;
  /** What the view is of. */
  arrived: Shown | null = null;

  readonly boxes = computed(() => byKey(this.shown.value?.picture.boxes ?? []));
  readonly arrows = computed(() => byKey(this.shown.value?.picture.arrows ?? []));
  /** The box of the selected object, or null. */
  readonly selectedBox = computed(() => {
    const id = selected.value;
    if (id === null) return null;
    return this.shown.value?.picture.boxes.find((box) => box.kind === "object" && box.id === id) ?? null;
  });
  readonly lit = computed(() => this.#lit());
  /** The arrow that keys and buttons act on: the one that has the focus in the table, or was chosen. */
  readonly currentArrow = computed(() => {
    const focused = this.focused.value;
    return focused?.kind === "arrow" ? focused.key : this.pinned.value;
  });
  /** References that are cut for trial. */
  readonly cuts: CutStore;
  /** What is not lit recedes; a selection alone leaves the rest as it is. */
  readonly dimmed = computed(
    () => this.lit.value !== null && (this.hovered.value ?? this.focused.value ?? this.pinned.value) !== null,
  );

  readonly #earlier: { readonly wish: Wish; readonly anchors: readonly string[] }[] = [];
  #abort: AbortController | null = null;

  constructor(seed: PictureSeed) {
    this.seed = seed;
    this.cuts = new CutStore(this, seed.kind === "family" ? seed.family : null);
  }

  /** Asks for the first picture, unless there is one. */
  begin(direction: Wish["direction"]): void {
    if (this.shown.peek()) return;
    this.#want({ expanded: [], direction }, [], "replace");
  }

  /** Draws more neighbours, where there are any; the box that asked stays where it is. */
  expand(expansion: Expansion, box: Box): void {
    if (box.kind === "object" && box.hidden[expansion.direction] === 0) return;
    this.#change((wish) => ({ ...wish, expanded: [...wish.expanded, expansion] }), this.#anchorsOf(box));
  }

  /** Draws what a box of kind "more" stands for. */
  more(box: Box): void {
    this.expand({ id: box.id, direction: box.direction ?? "referents" }, box);
  }

  /** Draws a path from a root to a box. */
  pathTo(box: Box): void {
    if (this.shown.peek()?.wish.pathTo === box.id) return;
    this.#change((wish) => ({ ...wish, pathTo: box.id }), this.#anchorsOf(box));
  }

  turn(direction: Wish["direction"]): void {
    const shown = this.shown.peek();
    if (shown && shown.wish.direction !== direction) this.#want({ ...shown.wish, direction }, [], "replace");
  }

  undo(): void {
    const last = this.#earlier.at(-1);
    const direction = this.shown.peek()?.wish.direction;
    if (last && direction) this.#want({ ...last.wish, direction }, last.anchors, "undo");
  }

  reset(): void {
    const direction = this.shown.peek()?.wish.direction;
    if (direction) this.#want({ expanded: [], direction }, [], "reset");
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Gives up all that is asked. */
  dispose(): void {
    this.cancel();
    this.cuts.cancel();
  }

  /** Saves the picture as a file. */
  async export(format: "svg" | "dot"): Promise<void> {
    const shown = this.shown.peek();
    if (!shown) return;
    const request = this.#request(shown.wish);
    await this.#run(
      (options) => ask("pictureFile", { request, format }, options),
      (file) => save(file.name, file.text),
      () => void this.export(format),
    );
  }

  /** Selects an object, or nothing. */
  select(box: Box | null): void {
    if (box) this.current.value = box.key;
    this.pinned.value = null;
    this.moved = true;
    if (box === null || box.kind === "object") select(box?.id ?? null);
  }

  #change(change: (wish: Wish) => Wish, anchors: readonly string[]): void {
    const shown = this.shown.peek();
    if (shown) this.#want(change(shown.wish), anchors, "push");
  }

  /** A box that stands for neighbours may be gone afterwards; then its object stays where it is. */
  #anchorsOf(box: Box): readonly string[] {
    if (box.kind === "object") return [box.key];
    const owner = this.shown.peek()?.picture.boxes.find((other) => other.kind === "object" && other.id === box.id);
    return owner ? [box.key, owner.key] : [box.key];
  }

  #request(wish: Wish): PictureRequest {
    return { seed: this.seed, ...wish, font: measureFont() };
  }

  #want(wish: Wish, anchors: readonly string[], step: "replace" | "push" | "undo" | "reset"): void {
    const params = this.#request(wish);
    void this.#run(
      (options) => ask("picture", params, options),
      (picture) => {
        const before = this.shown.peek();
        if (step === "push" && before) this.#earlier.push({ wish: before.wish, anchors });
        if (step === "undo") this.#earlier.pop();
        if (step === "reset") this.#earlier.length = 0;
        this.undoable.value = this.#earlier.length;
        const anew = step === "replace" || step === "reset";
        if (anew) this.moved = false;
        this.hovered.value = null;
        this.pinned.value = null;
        this.shown.value = { picture, wish, anchors, before: anew ? null : (before?.picture ?? null) };
      },
      () => this.#want(wish, anchors, step),
    );
  }

  /** Runs one request; an earlier one that is still going is given up. */
  async #run<T>(
    request: (options: { signal: AbortSignal; progress: (done: number, step: string) => void }) => Promise<T>,
    take: (answer: T) => void,
    retry: () => void,
  ): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.trouble.value = null;
    this.busy.value = { done: 0, step: "" };
    const progress = (done: number, step: string) => {
      if (this.#abort === abort) this.busy.value = { done, step };
    };
    try {
      const answer = await request({ signal: abort.signal, progress });
      if (!abort.signal.aborted) take(answer);
    } catch (error) {
      if (this.#abort === abort) this.#fail(error, abort.signal.aborted, retry);
    } finally {
      if (this.#abort === abort) {
        this.#abort = null;
        this.busy.value = null;
      }
    }
  }

  #fail(error: unknown, aborted: boolean, retry: () => void): void {
    if (aborted && this.shown.peek()) return;
    if (aborted) this.trouble.value = { message: "Drawing was cancelled.", advice: "", retry };
    else if (error instanceof RefusedError) {
      this.trouble.value = { message: error.message, advice: error.advice, retry };
    } else this.trouble.value = { message: String(error), advice: "Try again.", retry };
  }

  #lit(): Lit | null {
    const box = this.selectedBox.value;
    const pinned = this.pinned.value;
    const target =
      this.hovered.value ??
      this.focused.value ??
      (pinned !== null ? ({ kind: "arrow", key: pinned } as const) : null) ??
      (box && ({ kind: "box", key: box.key } as const));
    if (!target) return null;
    const arrows = this.#arrowsAt(target);
    if (arrows.length === 0 && !this.boxes.value.has(target.key)) return null;
    return {
      boxes: new Set([...(target.kind === "box" ? [target.key] : []), ...arrows.flatMap(({ from, to }) => [from, to])]),
      arrows: new Set(arrows.map(({ key }) => key)),
    };
  }

  #arrowsAt({ kind, key }: Target): readonly Arrow[] {
    if (kind === "box") return [...this.arrows.value.values()].filter(({ from, to }) => from === key || to === key);
    const arrow = this.arrows.value.get(key);
    return arrow ? [arrow] : [];
  }
}

function byKey<T extends { readonly key: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.key, item]));
}

// Going to an object and back finds the graph as it was left.
const KEPT = 6;
const stores = new Map<string, PictureStore>();

effect(() => {
  if (phase.value.kind !== "loading") return;
  untracked(() => {
    for (const store of stores.values()) store.dispose();
    stores.clear();
  });
});

/** The leak graph that starts at a seed, as it was left. */
export function storeFor(seed: PictureSeed): PictureStore {
  const key = JSON.stringify(seed);
  const store = stores.get(key) ?? new PictureStore(seed);
  stores.delete(key);
  stores.set(key, store);
  for (const oldest of stores.keys()) {
    if (stores.size <= KEPT) break;
    stores.delete(oldest);
  }
  return store;
}
