import { colour as pc } from "../colour.js";
import { printable } from "../../heap/names.js";
import { why, type WhyResult } from "../../session/queries/why.js";
import { printJson, printLines } from "../output.js";
import { type CommonOptions, openSession } from "../run.js";

const EXPRESSION = 2000;

/** `ouroboros why FILE ID` */
export async function runWhy(
  file: string,
  id: string,
  options: CommonOptions & { readonly avoid: readonly string[] },
): Promise<void> {
  const result = why(await openSession(file), id, options.avoid);
  await (options.json ? printJson(result) : printLines(lines(result)));
}

function* lines(result: WhyResult): Generator<string> {
  const state = result.garbage ? "is garbage: only a cycle keeps it until the collector runs" : "is alive";
  yield `${pc.bold(printable(result.name))} ${result.id} ${state}`;
  if (result.paths.length === 0) yield "No path leads to it: it is a root itself, or all paths are avoided.";
  if (result.cycle) {
    yield "";
    yield pc.bold("The cycle that it is in:");
    for (const [i, step] of result.cycle.entries()) {
      yield `  ${pc.dim(step.id)} ${i === 0 ? "" : `${printable(step.label)} → `}${printable(step.name)}`;
    }
  }
  for (const path of result.cycle ? [] : result.paths) {
    yield "";
    yield pc.bold(printable(path.expression, EXPRESSION));
    for (const [i, step] of path.steps.entries()) {
      yield i === 0
        ? `  ${pc.dim(step.id)} ${printable(step.name)}  ${pc.dim(`(${printable(path.root)})`)}`
        : `  ${pc.dim(step.id)} ${printable(step.label)} → ${printable(step.name)}`;
    }
  }
}
