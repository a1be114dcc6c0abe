/** What objects in no arena are (`ArenasResult.outside`). */
export const OUTSIDE_ARENAS =
  "blocks above 512 bytes, what lies in the interpreter's own data, and what C code takes itself";
