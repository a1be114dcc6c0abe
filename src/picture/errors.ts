/** A request that does not fit the snapshot, such as a family that it does not have. */
export class PictureRequestError extends Error {
  readonly advice: string;

  constructor(message: string, advice = "Open the picture again from the list.") {
    super(message);
    this.name = "PictureRequestError";
    this.advice = advice;
  }
}

/** The picture could not be laid out. The message says why, the advice what to do. */
export class LayoutError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string, cause?: unknown) {
    super(message, { cause });
    this.name = "LayoutError";
    this.advice = advice;
  }
}
