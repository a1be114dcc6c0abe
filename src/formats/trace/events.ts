import type { TraceHeader } from "./header.js";

/** What the interpreter itself counted at a mark (`sys._debugmallocstats`); what the trace does not tell is missing. */
export interface RecordedCounts {
  /** Arenas held ("# arenas allocated current"). */
  readonly current?: number;
  /** Arenas taken from the system so far ("# arenas allocated total"). */
  readonly total?: number;
  /** Arenas given back so far ("# arenas reclaimed"). */
  readonly reclaimed?: number;
  /** Most arenas that were held at once ("# arenas highwater mark"). */
  readonly highwater?: number;
  /** By block size in bytes, ascending; classes without a pool are left out. */
  readonly classes?: readonly RecordedClass[];
}

/** One size class as the interpreter counted it. */
export interface RecordedClass {
  /** Bytes of a block. */
  readonly size: number;
  readonly pools: number;
  /** Blocks in use. */
  readonly used: number;
  /** Blocks of these pools that are free. */
  readonly free: number;
}

/**
 * Takes the events of a trace in order. Ids are whole numbers below 2^53, sizes bytes. A method throws TraceEventError
 * where an event does not fit what came before.
 */
export interface TraceSink {
  header(header: TraceHeader): void;
  /** A block was allocated. */
  allocate(id: number, size: number): void;
  /** A block was released. */
  release(id: number): void;
  /** A block was moved by realloc: the new one is allocated before the old one is released. */
  move(from: number, to: number, size: number): void;
  /** The allocator took an arena at this address from the system, for the event that follows. */
  arenaTaken(address: number): void;
  /** The allocator gave the arena at this address back, for the event that follows. */
  arenaReleased(address: number): void;
  /** Counts are wanted here. */
  mark(label: string, recorded: RecordedCounts | null, line: number): void;
}
