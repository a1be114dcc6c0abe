import pc from "picocolors";

const { NO_COLOR, FORCE_COLOR, TERM } = process.env;

// picocolors also takes CI for a terminal; a pipe there is a pipe.
const wanted = FORCE_COLOR ? FORCE_COLOR !== "0" : process.stdout.isTTY === true && TERM !== "dumb";

/** Colours for stdout: where it is a terminal, unless NO_COLOR forbids or FORCE_COLOR asks for them. */
export const colour = pc.createColors(wanted && !NO_COLOR);
