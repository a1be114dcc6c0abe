import { writeFile } from "node:fs/promises";
import { SnapshotError } from "../formats/errors.js";
import { printable } from "../heap/names.js";
import type { FileProblem } from "../session/protocol.js";
import { Series } from "../session/Series.js";
import { Session } from "../session/Session.js";

/** A wrong way of calling a command; ends the program with exit code 2. */
export class UsageError extends Error {}

/** What is wrong with a file, and what to do. */
interface Problem extends FileProblem {
  readonly message: string;
  readonly advice: string;
}

/** A file that can't be read as a snapshot; ends the program with exit code 3. */
export class UnreadableFileError extends Error {
  constructor(file: string, problem: Problem) {
    const { message, format = "unknown", offset, advice } = problem;
    const where = offset === undefined ? "" : `, at byte ${offset}`;
    const text = `can't read ${printable(file, LINE)} (format: ${format}${where}): ${printable(message.replace(/\.+$/, ""), LINE)}.`;
    super(`${text}\n${printable(advice, LINE)}`, { cause: problem });
  }
}

/** Options that every command on a snapshot takes. */
export interface CommonOptions {
  readonly json?: true;
  readonly all?: true;
}

const LINE = 1000;
const CLEAR_LINE = "\r\u001b[K";

/** Opens a snapshot, with progress on stderr where that is a terminal. */
export async function openSession(file: string): Promise<Session> {
  try {
    return await Session.open(file, { progress: showProgress });
  } catch (error) {
    throw error instanceof SnapshotError ? new UnreadableFileError(file, error) : error;
  } finally {
    hideProgress();
  }
}

/**
 * Opens snapshots of one process for a comparison, with progress on stderr where that is a terminal.
 * @throws UnreadableFileError
 */
export async function openSeries(files: readonly string[]): Promise<Series> {
  return Series.open(files, openSession);
}

/**
 * Writes a text file as a whole.
 * @throws UsageError where that can't be done
 */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`can't write ${printable(file, LINE)}: ${(error as Error).message}`);
  }
}

/** Shows how far reading is (0 to 1) where stderr is a terminal. */
export function showProgress(done: number, step: string): void {
  showState(`reading ${step} … ${Math.round(done * 100)} %`);
}

/** Shows what is being done, in place of what was shown before, where stderr is a terminal. */
export function showState(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE}${text}`);
}

/** Removes what `showProgress` or `showState` showed. */
export function hideProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
}
