import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { ViewQuestion, ViewQuestions } from "../../src/session/protocol.js";
import type { Info } from "../../src/session/queries/info.js";
import type { FromView, ToView } from "../../src/session/viewMessages.js";

export const INFO: Info = {
  format: "pyheapsnapshot",
  runtime: "cpython",
  version: "3.12.1",
  nodes: 12_345,
  edges: 67_890,
  bytes: 3e9,
  capturedAt: "2026-03-04T05:06:07.000Z",
  pid: 4242,
  argv: ["serve.py", "--fast"],
  gcEnabled: false,
  redacted: false,
  has: {
    refcounts: true,
    generations: true,
    weakrefs: true,
    locations: true,
    arenas: false,
    threads: false,
    tracemalloc: true,
  },
  notes: ["The capture was cut short."],
};

type Ask = Extract<FromView, { kind: "ask" }>;
/** Answers to questions; one without an answer here stays open. */
export type CannedAnswers = {
  [Q in ViewQuestion]?: (params: ViewQuestions[Q]["params"]) => ViewQuestions[Q]["answer"];
};

const WAIT = 30_000;

/** A host that says what a test wants it to say. */
export class CannedHost {
  readonly page: Page;
  /** Messages of the page. */
  readonly received: FromView[] = [];
  /** Questions that are answered at once. */
  readonly answers: CannedAnswers = {};
  readonly tell: (message: ToView) => Promise<void>;

  constructor(page: Page, tell: (message: ToView) => Promise<void>) {
    this.page = page;
    this.tell = tell;
  }

  receive(message: FromView): void {
    this.received.push(message);
    if (message.kind !== "ask") return;
    const answer = this.answers[message.question] as ((params: unknown) => unknown) | undefined;
    if (answer) void this.tell({ kind: "answer", id: message.id, answer: answer(message.params) });
  }

  /** Tells that the file is read. */
  async open(file = "/data/app.pyheapsnapshot", info: Info = INFO): Promise<void> {
    await this.tell({ kind: "opened", file, info });
    await this.page.getByRole("navigation", { name: "Views" }).waitFor();
  }

  /** All questions of a kind so far. */
  asked(question: ViewQuestion): Ask[] {
    return this.received.filter((message): message is Ask => message.kind === "ask" && message.question === question);
  }

  /** Waits for the n-th question of a kind, counted from 0, and returns it. */
  async question(question: ViewQuestion, n = 0): Promise<Ask> {
    const end = Date.now() + WAIT;
    while (this.asked(question).length <= n) {
      assert.ok(Date.now() < end, `the view does not ask for ${question} (${n})`);
      await sleep(10);
    }
    return this.asked(question)[n];
  }

  /** Waits until the page says something of a kind after the first `from` messages, and returns it. */
  async says<K extends FromView["kind"]>(kind: K, from = 0): Promise<Extract<FromView, { kind: K }>> {
    const end = Date.now() + WAIT;
    for (;;) {
      const found = this.received.slice(from).find((message) => message.kind === kind);
      if (found) return found as Extract<FromView, { kind: K }>;
      assert.ok(Date.now() < end, `the view does not say ${kind}`);
      await sleep(10);
    }
  }
}
