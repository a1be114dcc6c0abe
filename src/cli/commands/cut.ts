import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import { cut, type CutPreview, cutPreview, type CutReference, type CutStep } from "../../session/queries/cut.js";
import { cutRows } from "../../session/queries/cutRows.js";
import type { Session } from "../../session/Session.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSession, UsageError } from "../run.js";

const SURVIVORS_SHOWN = 15;
const STEPS_SHOWN = 30;

/** The cuts that `cycles` suggests for the first cycle of a family, by the family's signature or its last word. */
function suggestedReferences(session: Session, signature: string): CutReference[] {
  const { analysis } = session;
  const found = analysis.families.find((family) => ` ${family.signature}`.endsWith(` ${signature}`));
  if (!found) throw new UsageError(`no family of cycles has the signature ${signature}; \`cycles --all\` lists them`);
  const { cuts, noCuts } = cutRows(analysis, found.cycles[0].members);
  if (noCuts !== undefined) throw new UsageError(`there is no cut to suggest: ${noCuts}`);
  return cuts.map(({ from, to, label }) => ({ from, to, label }));
}

/** Collects `--from A --label L --from B --to C` into references, in the order of the command line. */
export class CutArguments {
  readonly references: { from: string; label?: string; to?: string }[] = [];

  readonly from = (id: string): this => {
    this.references.push({ from: id });
    return this;
  };

  readonly label = (text: string): this => this.#last("label", text);

  readonly to = (id: string): this => this.#last("to", id);

  #last(option: "label" | "to", value: string): this {
    const last = this.references.at(-1);
    if (!last) throw new UsageError(`--${option} belongs to the --from before it; give --from first`);
    if (last[option] !== undefined) {
      throw new UsageError(`--from ${last.from} has two --${option}; give --from again for each reference`);
    }
    last[option] = value;
    return this;
  }
}

/** `ouroboros cut FILE --from ID (--label L | --to ID) …`, or `--family SIGNATURE` */
export async function runCut(
  file: string,
  options: CommonOptions & { readonly from?: CutArguments; readonly family?: string },
): Promise<void> {
  const given = options.from?.references ?? [];
  if ((given.length === 0) === (options.family === undefined)) {
    throw new UsageError("say which references: --from ID with --label or --to, or else --family SIGNATURE");
  }
  for (const { from, label, to } of given) {
    if (label === undefined && to === undefined) {
      throw new UsageError(`say which reference of ${from}: --label as \`object\` prints it, or --to ID`);
    }
  }
  const session = await openSession(file);
  const references = options.family === undefined ? given : suggestedReferences(session, options.family);
  if (options.json) await printJson(cut(session, references));
  else {
    const all = options.all === true;
    await printLines(cutLines(references, cutPreview(session, { references, ids: [], all, withArenas: true }), all));
  }
}

function* cutLines(references: readonly CutReference[], result: CutPreview, all: boolean): Generator<string> {
  const freed = ({ objects, bytes }: { objects: number; bytes: number }) =>
    `${formatCount(objects)} object${objects === 1 ? "" : "s"}, ${formatBytes(bytes)}`;
  const many = references.length === 1 ? "this reference" : `these ${references.length} references`;
  yield pc.bold(`Without ${many}: frees at once ${freed(result.now)}`);
  yield `the next full collection frees ${freed(result.collection)} more`;
  if (result.garbageBefore.objects > 0) {
    yield pc.dim(`(and ${freed(result.garbageBefore)} that are garbage already)`);
  }
  if (result.arenas) {
    const { count, bytes, unsure } = result.arenas;
    const perhaps = unsure > 0 ? `, perhaps ${formatCount(unsure)} more` : "";
    yield `after it ${formatCount(count)} arena${count === 1 ? "" : "s"} (${formatBytes(bytes)}) would go back to the system${perhaps}`;
  }
  for (const reason of result.unknown) yield pc.yellow(`uncertain: ${printable(reason, 500)}`);
  const ran = result.order.filter(({ kind }) => kind !== "dies");
  if (ran.length > 0 || (all && result.order.length > 0)) {
    yield "";
    yield pc.bold("Order of destruction, with the code that runs:");
    const shown = all ? result.order : result.order.slice(0, STEPS_SHOWN);
    for (const step of shown) yield stepLine(step);
    if (result.orderTotal > shown.length)
      yield pc.dim(`  … and ${formatCount(result.orderTotal - shown.length)} more steps: --all`);
  }
  if (result.survivorsTotal === 0) return;
  yield "";
  yield pc.bold("Stays, and who holds it:");
  const stay = all ? result.survivors : result.survivors.slice(0, SURVIVORS_SHOWN);
  for (const { id, name, holder } of stay) {
    const by = holder === null ? "something outside the heap" : `${printable(holder.name)} ${pc.dim(holder.id)}`;
    yield `  ${pc.dim(id)} ${printable(name)} ← ${by}`;
  }
  if (result.survivorsTotal > stay.length) {
    yield pc.dim(`  … and ${formatCount(result.survivorsTotal - stay.length)} more: --all`);
  }
}

function stepLine({ when, kind, id, name, code }: CutStep): string {
  const runs = code ? ` ${printable(code.name)}${code.location ? ` ${placeText(code.location)}` : ""}` : "";
  const what = {
    dies: "dies",
    finalizer: `: its finalizer${runs} runs`,
    close: `is closed${code?.location ? `, ${placeText(code.location)}` : ""}`,
    callback: `: the callback${runs} for it runs`,
  }[kind];
  const space = what.startsWith(":") ? "" : " ";
  return `  ${pc.dim(id)} ${printable(name)}${space}${what}${when === "now" ? "" : pc.dim(" (collection)")}`;
}
