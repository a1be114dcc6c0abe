/** Texts of `closure-cycle` and `object-cycle`. Placeholders as in `catalogue`. */
export const cycleTexts = {
  "closure-cycle.title":
    "{count:count} {count:cycle|cycles} of the function {function}() and its own closure, {bytes:bytes}, {state}",
  "closure-cycle.why":
    "{function}() refers to itself through the variable {variables}, so its reference count never falls to zero. {each}",
  "object-cycle.title": "{count:count} {count:cycle|cycles} of {types}, {bytes:bytes}, {state}",
  "object-cycle.why":
    "{objects:The object refers to itself|The objects refer to each other} through {labels}, so refcounting can't free {objects:it|them}. {each}",
  "cycle.garbage": "garbage that waits for the collector",
  "cycle.alive": "alive",
  "cycle.each": "{count:It is|Each is} {objects:count} {objects:object|objects} of {bytes:bytes}.",
  "cycle.each-pinned":
    "{count:It is|Each is} {objects:count} {objects:object|objects} of {bytes:bytes} and keeps {pinned:bytes} more.",
  "cycle.unnamed": "unnamed references",
  "cycle.fix-library": "{fix}. That is library code: where its caller can't do it, avoid the call, or report it there",
} as const;
