import { TraceEventError } from "../../../formats/trace/errors.js";
import type { RecordedCounts, TraceSink } from "../../../formats/trace/events.js";
import type { TraceHeader } from "../../../formats/trace/header.js";
import { BestPolicy } from "./BestPolicy.js";
import { BlockTable, larger } from "./BlockTable.js";
import { Geometry, OUTSIDE } from "./Geometry.js";
import { NearlyFullPolicy } from "./NearlyFullPolicy.js";
import type { Policy, PolicyCounts } from "./Policy.js";
import { RecordedArenas } from "./RecordedArenas.js";
import { StackPolicy } from "./StackPolicy.js";

/** The policies that can be replayed, in the order of their age. */
export const POLICIES = ["stack", "nearly-full", "best"] as const;

export type PolicyName = (typeof POLICIES)[number];

const FIRST_SLOTS = 1 << 12;
// So many blocks at once need some 4 GB here; a program that has more is beyond what a trace is good for.
const MOST_BLOCKS = 1 << 27;
const MOST_MARKS = 10_000;
const BEGIN_AGAIN = "Lines are missing, or the trace begins late: record it again from the program's start.";

/** One size class at a mark. */
export interface ClassCounts {
  /** Bytes of a block. */
  readonly size: number;
  /** Blocks in use. */
  readonly used: number;
  /** Pools in use, by policy. */
  readonly pools: Partial<Record<PolicyName, number>>;
}

/** What there was at a mark, or at the end. */
export interface MarkState {
  readonly label: string;
  /** Line of the mark; that of the last line at the end. */
  readonly line: number;
  /** Blocks in arenas, and what was asked for them, in bytes rounded up to their size class. */
  readonly blocks: number;
  readonly blockBytes: number;
  /** Blocks outside arenas. */
  readonly outside: number;
  /** What the interpreter counted itself, where the trace has it. */
  readonly recorded: RecordedCounts | null;
  readonly policies: Partial<Record<PolicyName, PolicyCounts>>;
  /** Classes that have blocks or pools, by size. */
  readonly classes: readonly ClassCounts[];
}

/** Replays the events of a trace under policies, side by side, and keeps what they have at each mark. */
export class Replay implements TraceSink {
  readonly marks: MarkState[] = [];
  readonly #names: readonly PolicyName[];
  readonly #blocks = new BlockTable();
  #header: TraceHeader | undefined;
  #geometry: Geometry | undefined;
  #policies: Policy[] = [];
  #arenas: RecordedArenas | undefined;
  #classOf = new Uint8Array(FIRST_SLOTS);
  #used = new Uint32Array(0);
  #inArenas = 0;
  #bytes = 0;
  #mostBytes = 0;
  #unknown = 0;

  constructor(names: readonly PolicyName[] = POLICIES) {
    this.#names = names;
  }

  /** What the trace says of itself. To be asked after the first line was read. */
  get traceHeader(): TraceHeader {
    return this.#header!;
  }

  /** Releases of blocks whose allocation is not in the trace; they were gone over. */
  get unknownReleases(): number {
    return this.#unknown;
  }

  /** Most bytes of blocks in arenas at once, rounded up to size classes. */
  get mostBytes(): number {
    return this.#mostBytes;
  }

  /** How the arenas that the trace tells of compare to those of the policy that the interpreter has. */
  get recordedArenas(): RecordedArenas {
    return this.#arenas!;
  }

  header(header: TraceHeader): void {
    const geometry = new Geometry(header);
    const arenas = new RecordedArenas(geometry);
    const poolsIn = (nth: number) => arenas.poolsIn(nth);
    const make: Record<PolicyName, () => Policy> = {
      stack: () => new StackPolicy(geometry, poolsIn),
      "nearly-full": () => new NearlyFullPolicy(geometry, poolsIn, header.runtime),
      best: () => new BestPolicy(geometry),
    };
    this.#header = header;
    this.#geometry = geometry;
    this.#arenas = arenas;
    this.#used = new Uint32Array(geometry.classes + 1);
    this.#policies = this.#names.map((name) => make[name]());
  }

  allocate(id: number, size: number): void {
    this.#add(id, this.#geometry!.classOf(size));
    this.#compareArenas();
  }

  release(id: number): void {
    this.#remove(id);
    this.#compareArenas();
  }

  move(from: number, to: number, size: number): void {
    // A block of malloc's stays one, however small it gets. One that is not known is malloc's, too, as far as one can know.
    const place = this.#blocks.find(from);
    const isOutside = place < 0 || this.#classOf[place] === OUTSIDE;
    this.#add(to, isOutside ? OUTSIDE : this.#geometry!.classOf(size));
    this.#remove(from);
    this.#compareArenas();
  }

  arenaTaken(address: number): void {
    this.#arenas!.take(address);
  }

  arenaReleased(): void {
    this.#arenas!.release();
  }

  mark(label: string, recorded: RecordedCounts | null, line: number): void {
    if (this.marks.length >= MOST_MARKS) {
      throw new TraceEventError(`there are more than ${MOST_MARKS} marks`, "Mark the moments that matter only.");
    }
    this.marks.push(this.#state(label, recorded, line));
  }

  #add(id: number, sizeClass: number): void {
    if (this.#blocks.count >= MOST_BLOCKS) {
      throw new TraceEventError("too many blocks are allocated at once", "Record a smaller run of the program.");
    }
    const slot = this.#blocks.add(id);
    if (slot < 0) throw new TraceEventError("this block is allocated already", BEGIN_AGAIN);
    while (slot >= this.#classOf.length) this.#classOf = larger(this.#classOf);
    this.#classOf[slot] = sizeClass;
    if (sizeClass === OUTSIDE) return;
    this.#used[sizeClass]++;
    this.#inArenas++;
    this.#bytes += sizeClass * this.#geometry!.bytes.alignment;
    if (this.#bytes > this.#mostBytes) this.#mostBytes = this.#bytes;
    for (const policy of this.#policies) policy.allocate(slot, sizeClass);
  }

  #remove(id: number): void {
    const slot = this.#blocks.remove(id);
    if (slot < 0) {
      if (this.#header!.complete) throw new TraceEventError("this block is not allocated", BEGIN_AGAIN);
      this.#unknown++;
      return;
    }
    const sizeClass = this.#classOf[slot];
    if (sizeClass === OUTSIDE) return;
    this.#used[sizeClass]--;
    this.#inArenas--;
    this.#bytes -= sizeClass * this.#geometry!.bytes.alignment;
    for (const policy of this.#policies) policy.release(slot, sizeClass);
  }

  #compareArenas(): void {
    if (!this.#arenas!.changed) return;
    const counts = this.#policies[this.#names.indexOf("nearly-full")]?.counts();
    this.#arenas!.compare(counts);
  }

  #state(label: string, recorded: RecordedCounts | null, line: number): MarkState {
    const pools = this.#policies.map((policy) => policy.poolsByClass());
    const classes: ClassCounts[] = [];
    this.#used.forEach((used, i) => {
      if (used === 0 && pools.every((ofPolicy) => ofPolicy[i] === 0)) return;
      classes.push({ size: i * this.#geometry!.bytes.alignment, used, pools: this.#byName((p) => pools[p][i]) });
    });
    return {
      label,
      line,
      blocks: this.#inArenas,
      blockBytes: this.#bytes,
      outside: this.#blocks.count - this.#inArenas,
      recorded,
      policies: this.#byName((p) => this.#policies[p].counts()),
      classes,
    };
  }

  #byName<T>(of: (policy: number) => T): Partial<Record<PolicyName, T>> {
    return Object.fromEntries(this.#names.map((name, p) => [name, of(p)]));
  }
}
