/** Texts about the development over snapshots. Placeholders as in `catalogue`. */
export const growthTexts = {
  "growth.with": "{why} {development}",
  "growth.grows": "Over {snapshots:count} snapshots: {counts}, {slope} more each time.",
  "growth.grows-two": "It grew from {counts}; a third snapshot would tell whether that goes on.",
  "growth.not": "Over {snapshots:count} snapshots: {counts}; that is no steady growth.",
  "growth.surplus":
    "C code takes a reference and does not give it back (Py_DECREF): most are to {id}, {most:count} of them.",
} as const;
