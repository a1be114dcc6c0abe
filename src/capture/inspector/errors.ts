/** What can't be captured as it was asked for; the message says what to do instead. Nothing has been touched. */
export class CaptureRefusedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CaptureRefusedError";
  }
}

/** A capture that had begun and came to no snapshot; no file is left. */
export class CaptureFailedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CaptureFailedError";
  }
}
