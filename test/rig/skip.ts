interface Skippable {
  skipReason?: string;
}

/** Skips the running test, or from a `before` hook its whole suite, with a reason that `npm test` prints. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.test as Mocha.Runnable & Skippable & { type: string };
  const target: Skippable = runnable.type === "hook" ? (runnable.parent as Mocha.Suite & Skippable) : runnable;
  target.skipReason = reason;
  return context.skip();
}
