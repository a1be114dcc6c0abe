import type { NoCut, RemedyKind } from "../../model/cuts/index.js";

type CutTextId = `cut.${RemedyKind}.${"why" | "idiom"}` | `cut.none.${NoCut["kind"]}`;

/** Texts about references to cut: why each holds the cycle together, and what to do. Placeholders as in `catalogue`. */
export const cutTexts = {
  "cut.clear-cell.why":
    "the variable {name} holds {target}{at}, and {closures:count} {closures:function|functions} of the cycle {closures:closes|close} over it",
  "cut.clear-cell.idiom":
    "set {names} = None in {function} after the last use of the {count:closure|closures}; where {count:it outlives|they outlive} that call, del {cells} then; or write a class whose methods call each other",
  "cut.clear-cell.inside":
    "set {names} = None in {function} after the last use of the {count:closure|closures} (from outside, this Python can't clear a cell); or write a class whose methods call each other",
  "cut.weak-capture.why": "{closure} closes over {name}, the {target} that keeps it",
  "cut.weak-capture.idiom":
    "capture a weak reference: {name}_ref = weakref.ref({name}) before {closure} is defined, and {name}_ref() in it",
  "cut.clear-capture.why": "{closure} closes over {name}, the {target} that keeps it",
  "cut.clear-capture.idiom": "set {names} = None in {function} after the last use of {closure}",
  "cut.delete-exception.why":
    "{owner} keeps the exception in {name}, and the exception's traceback keeps the frame of {owner}",
  "cut.delete-exception.idiom": "del {names} in a finally block of {owner}, when the exception is handled",
  "cut.delete-traceback.why": "{owner} keeps a traceback in {name}, and the traceback keeps the frame of {owner}",
  "cut.delete-traceback.idiom": "del {names} in a finally block of {owner}, when the exception is handled",
  "cut.delete-frame.why": "{owner} keeps a frame in {name}, which leads back to the frame of {owner} itself",
  "cut.delete-frame.idiom": "del {names} in a finally block of {owner}",
  "cut.delete-local.why": "{owner} keeps the {target} in {name}, which keeps the frame of {owner}",
  "cut.delete-local.idiom": "del {names} in {owner} after the last use; a generator lets go of all when it is closed",
  "cut.drop-traceback.why": "the {owner}'s traceback keeps frames whose variables lead back to it",
  "cut.drop-traceback.idiom":
    "keep the exception without its traceback: {object}.__traceback__ = None; or empty the frames: traceback.clear_frames({object}.__traceback__), once the function that caught it has returned",
  "cut.drop-context.why": "the {owner} keeps the {target} that came before it, which leads back to it",
  "cut.drop-context.idiom": "set {object}.{name} = None when the exception is handled",
  "cut.weak-parent.why": "the {owner} keeps its {name}, the {target}, which keeps the {owner}",
  "cut.weak-parent.idiom": "hold it weakly: {expression} = weakref.ref({name}), and read it as {expression}()",
  "cut.weak-attribute.why": "the {owner} keeps the {target} in {name}, which leads back to the {owner}",
  "cut.weak-attribute.idiom":
    "hold it weakly, if something else keeps the {target}: {expression} = weakref.ref({name}), and read it as {expression}(); or set it to None when the {owner} is done with",
  "cut.weak-attribute.only":
    "set {expression} = None when the {owner} is done with it (weakly held it would be gone at once: nothing else keeps the {target})",
  "cut.itself.why": "the {owner} keeps itself in {name}",
  "cut.itself.idiom":
    "leave it out, or hold it weakly: {expression} = weakref.ref(self), and read it as {expression}()",
  "cut.weak-method.why": "the {owner} keeps the bound method {method} in {name}, which keeps its object",
  "cut.weak-method.idiom":
    "keep weakref.WeakMethod({target}) in {expression} instead of {target}, and call what it returns",
  "cut.weak-method.old":
    "keep weakref.ref({object}) in {expression} instead of {target}, and call {method}() of what it returns",
  "cut.clear-attribute.why": "the {owner} keeps the {target} in {name}, which leads back to the {owner}",
  "cut.clear-attribute.idiom": "set {expression} = None when the {owner} is done with",
  "cut.cached-method.why":
    "the {owner} keeps functools.lru_cache of its own bound method in {name}, which keeps the {owner}",
  "cut.cached-method.idiom":
    "cache a function of plain arguments instead, or use functools.cached_property; or set {expression} = None when the {owner} is done with",
  "cut.clear-container.why": "the {owner} keeps the {target} in {name}, whose content leads back to the {owner}",
  "cut.clear-container.idiom": "empty {expression} when the {owner} is done with, or make the references back weak",
  "cut.remove-value.why": "{place} keeps the {target}, which leads back to it",
  "cut.remove-value.idiom":
    "take the entry out of {place} when it is done with, or make it a weakref.WeakValueDictionary",
  "cut.remove-key.why": "{place} keeps the {target} as a key, which leads back to it",
  "cut.remove-key.idiom": "take the entry out of {place} when it is done with, or make it a weakref.WeakKeyDictionary",
  "cut.remove-item.why": "{place} keeps the {target}, which leads back to it",
  "cut.remove-item.idiom": "take it out of {place} when it is done with",
  "cut.remove-member.why": "{place} keeps the {target}, which leads back to it",
  "cut.remove-member.idiom": "discard it from {place} when it is done with, or make that a weakref.WeakSet",
  "cut.clear-cache.why": "functools.lru_cache keeps arguments and results that lead back to the function",
  "cut.clear-cache.idiom": "call {place}.cache_clear() when it is done with, or cache a function of plain arguments",
  "cut.clear-namespace.why": "the functions keep the namespace that they were made in, which keeps them by name",
  "cut.clear-namespace.idiom": "clear the namespace when it is done with: namespace.clear()",
  "cut.none.class":
    "{class} is part of the cycle, and a class refers to itself: only the collector can free it. Make it once, in its module, not in each call",
  "cut.none.internal":
    "the {type} is in a cycle of references that no Python code can take away (one is {label}): only the collector can free it",
  "cut.not-proven": "found by a heuristic: other cuts may take less effort",
  "cut.none.traced":
    "V8 counts no references: when nothing else leads to a cycle any more, its collector frees it like any object",
  "cut.none.too-large": "cuts are looked for in cycles of up to {limit:count} objects",
  "cut.class": "the class {name}",
  "cut.some-class": "a class",
  "cut.at": " ({line})",
  "cut.enclosing": "the enclosing function",
  "cut.and": "{first}; {next}",
  "cut.of-several": "{first} (the first of {count:count} changes)",
} as const satisfies Readonly<Record<CutTextId, string>> & Readonly<Record<string, string>>;
