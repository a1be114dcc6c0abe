// Entry point of the layout worker: Graphviz blocks its thread, and has to be endable.
import { parentPort } from "node:worker_threads";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { place } from "./place.js";
import { route } from "./route.js";
import type { Sketch } from "./sketch.js";

// Above this Graphviz's own courses take too long.
const FEW_ARROWS = 150;

const loading = Graphviz.load();

parentPort!.on("message", (sketch: Sketch) => {
  void loading.then((graphviz) => {
    const few = sketch.arrows.length <= FEW_ARROWS;
    const placement = few
      ? place(graphviz, sketch, ["nslimit=5"])
      : route(sketch, place(graphviz, sketch, ["nslimit=5", "splines=line"]));
    parentPort!.postMessage(placement);
  });
});
