/** Texts of rules about what keeps something else alive. Placeholders as in `catalogue`. */
export const pinTexts = {
  "traceback.title":
    "{place} keeps {count:count} {count:traceback|tracebacks} alive, and with their frames {bytes:bytes}",
  "traceback.why":
    "A traceback keeps the frames that the exception went through, with all their variables: those of {functions} keep most.",
  "traceback.fix":
    "keep what you need of it as text (traceback.format_exc()), or take the traceback off: error.with_traceback(None), traceback.clear_frames(error.__traceback__)",
  "traceback.fix-2": "keep what you need of it as text (traceback.format_exc()), not sys.exc_info()",
} as const;
