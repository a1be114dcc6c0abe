import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { extract } from "../../src/picture/extract.js";
import type { Expansion, PictureRequest } from "../../src/picture/Picture.js";
import { type Sketch, sketch } from "../../src/picture/sketch.js";
import { Session } from "../../src/session/Session.js";
import { firstPython3, temporaryFolder } from "../formats/realSnapshot.js";
import { FONT } from "./heaps.js";

const AGENT = join("src", "capture", "python", "ouroboros_capture.py");
const DEMO = join("test", "fixtures", "demo", "leaky_service.py");

/** A request for the first cycle, unless something else is said. */
export function requestOf(some: Partial<PictureRequest> = {}): PictureRequest {
  return { seed: { kind: "family", family: 0, cycle: 0 }, expanded: [], direction: "down", font: FONT, ...some };
}

/** The picture before its layout. */
export function sketched(session: Session, some: Partial<PictureRequest> = {}): Sketch {
  const request = requestOf(some);
  return sketch(session.analysis, extract(session, request), request);
}

/** Expansions after which a picture has so many boxes, or all that it can have. */
export function expansionsFor(session: Session, boxes: number, some: Partial<PictureRequest> = {}): Expansion[] {
  const expanded: Expansion[] = [];
  for (;;) {
    const { graph } = extract(session, requestOf({ ...some, expanded }));
    if (graph.order >= boxes) return expanded;
    const open = (["referents", "referrers"] as const).flatMap((direction) =>
      graph
        .filterNodes((_, attributes) => attributes.kind === "object" && attributes.hidden[direction] > 0)
        .map((id) => ({ id, direction })),
    );
    if (open.length === 0) return expanded;
    expanded.push(open[0]);
  }
}

let demo: Promise<Session> | undefined;

/** The demo program's heap, captured once in a run. */
export function demoSession(): Promise<Session> {
  return (demo ??= captureDemo());
}

function captureDemo(): Promise<Session> {
  const file = join(temporaryFolder(), "picture-demo.pyheapsnapshot");
  execFileSync(firstPython3().path, [AGENT, "-o", file, DEMO], { stdio: "ignore" });
  return Session.open(file);
}
