import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Arrow, Box } from "../../picture/Picture.js";
import type { CutPreview } from "../../session/queries/cut.js";
import type { FamilyDetails } from "../../session/queries/families.js";
import { ask, type AskOptions, RefusedError } from "../host.js";
import { traits } from "../traits.js";
import { type ArrowCut, type Cut, cutOf, type Fates, fatesOf, isCut, type Suggestion, suggestionOf } from "./cuts.js";
import type { Shown, Trouble } from "./PictureStore.js";

/** What the cuts of a picture are of. */
interface Drawn {
  readonly shown: ReadonlySignal<Shown | null>;
  readonly boxes: ReadonlySignal<ReadonlyMap<string, Box>>;
  readonly arrows: ReadonlySignal<ReadonlyMap<string, Arrow>>;
}

/**
 * The references of a leak graph that are cut for trial, and what that would free. Nothing is kept on the other side:
 * each question names all cuts, and all boxes that are drawn.
 */
export class CutStore {
  readonly cuts = signal<readonly Cut[]>([]);
  readonly keys = computed(() => new Set(this.cuts.value.map(({ key }) => key)));
  /** The latest answer, or null while there is none; while the next one is awaited it is of the cuts before. */
  readonly preview = signal<CutPreview | null>(null);
  readonly fates: ReadonlySignal<Fates> = computed(() => {
    const preview = this.preview.value;
    return preview ? fatesOf(preview, this.cuts.value, this.#drawn.arrows.value) : new Map();
  });
  readonly suggestion = signal<Suggestion | null>(null);
  readonly busy = signal<{ readonly doing: string; readonly done: number; readonly step: string } | null>(null);
  readonly trouble = signal<Trouble | null>(null);
  readonly undoable = signal(0);
  /** A suggestion is applied by itself once; then the user has it in hand. */
  offered = false;

  readonly #drawn: Drawn;
  readonly #family: number | null;
  #earlier: (readonly Cut[])[] = [];
  readonly #details = signal<FamilyDetails | null>(null);
  #abort: AbortController | null = null;

  /** @param family the family of cycles that the picture is of one of, or null */
  constructor(drawn: Drawn, family: number | null) {
    this.#drawn = drawn;
    this.#family = family;
    effect(() => {
      const ready = this.cuts.value.length === 0 || drawn.shown.value !== null;
      if (ready) untracked(() => this.refresh());
    });
    effect(() => {
      const details = this.#details.value;
      if (!details || !drawn.shown.value) return;
      untracked(() => this.#apply(details));
    });
  }

  /** True where there is a suggestion to ask for. */
  get suggests(): boolean {
    return this.#family !== null && traits.value.counts;
  }

  /** What an arrow stands for as a cut, or why it can't be cut. */
  ofArrow(key: string): ArrowCut {
    if (!traits.value.counts)
      return { reason: "What a cut frees is told by reference counts, and this heap has none." };
    const arrow = this.#drawn.arrows.value.get(key);
    return arrow ? cutOf(arrow, this.#drawn.boxes.value) : { reason: "It is not drawn any more." };
  }

  /** Cuts an arrow, or takes its cut back. */
  toggle(key: string): void {
    const cuts = this.cuts.peek();
    if (cuts.some((cut) => cut.key === key)) this.#set(cuts.filter((cut) => cut.key !== key));
    else {
      const cut = this.ofArrow(key);
      if (isCut(cut)) this.#set([...cuts, cut]);
    }
  }

  /** Takes the last change back. */
  undo(): void {
    const before = this.#earlier.pop();
    if (!before) return;
    this.undoable.value = this.#earlier.length;
    this.cuts.value = before;
  }

  /** Takes all cuts back. */
  reset(): void {
    this.#earlier = [];
    this.undoable.value = 0;
    this.suggestion.value = null;
    if (this.cuts.peek().length > 0) this.cuts.value = [];
    else this.refresh();
  }

  /** Cuts what would end the cycle with the least effort. */
  suggest(): void {
    const family = this.#family;
    if (family === null || !this.suggests) return;
    this.offered = true;
    void this.#run(
      "Looking for cuts",
      (options) => ask("family", { family }, options),
      (details) => (this.#details.value = details),
      () => this.suggest(),
    );
  }

  /** Asks again; an answer that is still awaited is given up. */
  refresh(): void {
    const cuts = this.cuts.peek();
    if (cuts.length === 0) {
      this.#abort?.abort();
      this.#abort = null;
      this.busy.value = null;
      this.trouble.value = null;
      this.preview.value = null;
      return;
    }
    const references = cuts.map(({ from, to }) => ({ from, to }));
    const ids = [...this.#drawn.boxes.peek().values()].filter(({ kind }) => kind === "object").map(({ id }) => id);
    void this.#run(
      "Working out what would be freed",
      (options) => ask("cut", { references, ids }, options),
      (preview) => (this.preview.value = preview),
      () => this.refresh(),
    );
  }

  cancel(): void {
    this.#abort?.abort();
  }

  #set(cuts: readonly Cut[]): void {
    this.#earlier.push(this.cuts.peek());
    this.undoable.value = this.#earlier.length;
    this.cuts.value = cuts;
  }

  #apply(details: FamilyDetails): void {
    this.#details.value = null;
    const { suggestion, cuts } = suggestionOf(details, this.#drawn.arrows.peek(), this.#drawn.boxes.peek());
    this.suggestion.value = suggestion;
    const known = this.keys.peek();
    const fresh = cuts.filter(({ key }) => !known.has(key));
    if (fresh.length > 0) this.#set([...this.cuts.peek(), ...fresh]);
  }

  /** Runs one question; an earlier one that is still going is given up. */
  async #run<T>(
    doing: string,
    question: (options: AskOptions) => Promise<T>,
    take: (answer: T) => void,
    retry: () => void,
  ): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const mine = () => this.#abort === abort;
    this.trouble.value = null;
    this.busy.value = { doing, done: 0, step: "" };
    const progress = (done: number, step: string) => mine() && (this.busy.value = { doing, done, step });
    try {
      const answer = await question({ signal: abort.signal, progress });
      if (!mine()) return;
      this.busy.value = null;
      take(answer);
    } catch (error) {
      if (!mine()) return;
      this.busy.value = null;
      // What was known is of other cuts.
      this.preview.value = null;
      if (abort.signal.aborted) this.trouble.value = { message: `${doing}: cancelled.`, advice: "", retry };
      else if (error instanceof RefusedError)
        this.trouble.value = { message: error.message, advice: error.advice, retry };
      else this.trouble.value = { message: String(error), advice: "Try again.", retry };
    }
  }
}
