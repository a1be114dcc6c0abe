import { appendFileSync } from "node:fs";

/** Skips the running test, or from a `before` hook its whole suite, with a reason that `npm test` prints. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.test as Mocha.Runnable & { type: string };
  const target = runnable.type === "hook" ? runnable.parent! : runnable;
  const file = process.env["OUROBOROS_SKIPPED"];
  const title = (target as Mocha.Suite | Mocha.Runnable).fullTitle();
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ title, reason })}\n`);
  return context.skip();
}
