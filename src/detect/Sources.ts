/** Source texts of the captured program, as far as they can be had. */
export interface Sources {
  /** The text of a file as a snapshot names it, or undefined. */
  text(file: string): string | undefined;
}

/** Where none is at hand. */
export const NO_SOURCES: Sources = { text: () => undefined };
