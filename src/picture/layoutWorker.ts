// Entry point of the thread that lays pictures out, so that the analysis stays answerable and a layout can be ended.
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { parentPort } from "node:worker_threads";
import { type Placement, place } from "./place.js";
import type { Sketch } from "./sketch.js";

/** What the thread answers. */
export type LayoutReply = { readonly placement: Placement } | { readonly error: string };

const loading = Graphviz.load();

parentPort?.on("message", (sketch: Sketch) => {
  void loading
    .then((graphviz): LayoutReply => ({ placement: place(graphviz, sketch) }))
    .catch((error: unknown): LayoutReply => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((reply) => parentPort?.postMessage(reply));
});
