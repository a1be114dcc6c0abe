/** Texts of the rules for V8's heaps. Placeholders as in `catalogue`. */
export const v8Texts = {
  "dead.title":
    "the variable {variable} of {count:count} {count:call|calls} of {function} keeps {bytes:bytes} that nothing alive can read",
  "dead.why":
    "All closures of one call share its variables, and {keepers} {alive} alive. {variable} is read by {readers} alone, of which nothing is left. Each call keeps {each:bytes} on average.",
  "dead.why-unread":
    "All closures of one call share its variables, and {keepers} {alive} alive. None of the others reads {variable}. Each call keeps {each:bytes} on average.",
  "dead.why-gone":
    "All closures of one call share its variables, and {keepers} {alive} alive. V8 says that none of those that are left uses {variable}. Each call keeps {each:bytes} on average.",
  "dead.fix":
    "set {variable} to null when the call is done with it, or make the closure that stays in a function of its own, where {variable} is not in scope",
  "dead.is": "is",
  "dead.are": "are",
  "listeners.title": "{count:count} listeners {function} are registered at one place and were never removed",
  "listeners.title-callbacks": "{count:count} functions {function} are kept in one list of callbacks",
  "listeners.why": "Each was registered anew, and each keeps the variables around it.",
  "listeners.why-held": "They are in {place}. Each was registered anew, and each keeps the variables around it.",
  "listeners.fix":
    "remove the listener when it is done with (off(), removeEventListener(), an AbortSignal), register it once outside, or use once()",
  "timers.title":
    "{count:count} {count:timer that calls|timers that call} {function} {count:is|are} set and {count:keeps|keep} {bytes:bytes}",
  "timers.why":
    "A timer that is set keeps its function, and the function the variables around it, until it is cleared.",
  "timers.fix":
    "call clearInterval() or clearTimeout() when the timer is done with, and let go of what it needs no more",
  "promises.title": "{count:count} calls of {function} wait and keep {bytes:bytes}",
  "promises.title-chained": "{count:count} promises that are to call {function} are not settled and keep {bytes:bytes}",
  "promises.why":
    "What they wait for was not settled, and as long as something can settle it their variables are kept.",
  "promises.fix":
    "settle the promise in every case (reject it on a timeout, on close and on errors), and let go of its resolve function",
  "detached.title":
    "{count:count} DOM {count:node that was|nodes that were} taken out of the document {count:keeps|keep} {bytes:bytes}",
  "detached.why": "They are {named}, with what hangs below them. The program still refers to them.",
  "detached.why-held": "They are {named}, with what hangs below them. {place} still refers to them.",
  "detached.fix":
    "let go of the nodes when they are removed (clear the variable, the list, the listener), or hold them by a WeakRef or as keys of a WeakMap",
  "strings.title":
    "{count:count} strings have {values:count} {values:value|values}: one string for each would save {saved:bytes}",
  "strings.why": "Most often: {named}. One string can stand for all equal ones, since none of them can change.",
  "strings.why-held":
    "Most often: {named}, in {place}. One string can stand for all equal ones, since none of them can change.",
  "strings.fix": "share them where they are read: a Map from each text to itself, or an index into a list of texts",
  "weak.js.kept":
    "{count:count} objects of {type} are kept by the FinalizationRegistry that waits for their end, {bytes:bytes}",
  "weak.js.kept-why":
    "The value that the registry is to be called with refers to the {type} itself. The registry holds that value strongly, so the object is never free.",
  "weak.js.kept-fix":
    "register what is needed afterwards (an id, a path, a handle), not something that refers to the object",
  "weak.js.dead": "{name} holds {count:count} WeakRefs, and {dead:count} of them refer to nothing any more",
  "weak.js.dead-why":
    "A WeakRef, and the key that it stands under, stay when its object has gone, until somebody takes them out.",
  "weak.js.dead-fix": "take the entry out in a FinalizationRegistry's callback, or when deref() gives undefined",
} as const;
