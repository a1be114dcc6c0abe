/** What objects in no arena are (`ArenasResult.outside`). */
export const OUTSIDE_ARENAS =
  "blocks above 512 bytes, what lies in the interpreter's own data, and what C code takes itself";

/** What `Suggestion.freeListsStay` means. */
export const FREE_LISTS_STAY =
  "CPython 2.7 keeps up to 80 lists and 80 dicts on free lists for their next use: their arenas may stay";
