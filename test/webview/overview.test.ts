import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { formatBytes } from "../../src/detect/format.js";
import type { Report, ReportedFinding } from "../../src/session/queries/report.js";
import type { CannedHost } from "./CannedHost.js";
import { eventually, routeBecomes, views } from "./harness.js";

const FINDING: ReportedFinding = {
  rule: "object-cycle",
  severity: "error",
  title: "A leak",
  why: "Because.",
  count: 1,
  bytes: 10,
  objects: [],
  objectsTotal: 0,
  fingerprint: "",
  path: [],
};

const report = (findings: readonly ReportedFinding[]): Report => ({ snapshot: {} as never, findings });

async function facts({ page }: CannedHost): Promise<ReadonlyMap<string, string>> {
  const region = page.getByRole("region", { name: "This heap" });
  const names = await region.locator("dt").allInnerTexts();
  const values = await region.locator("dd").allInnerTexts();
  assert.equal(names.length, values.length);
  return new Map(names.map((name, i) => [name, values[i]]));
}

describe("webview: the overview", () => {
  const view = views();

  it("says what the heap is before the findings are there, and how far they are", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.open();
    const told = await facts(host);
    assert.equal(told.get("Runtime"), "CPython 3.12.1");
    assert.equal(told.get("Objects"), "12,345");
    assert.equal(told.get("References"), "67,890");
    assert.equal(told.get("Size"), "3.0 GB");
    assert.equal(told.get("Process"), "4242");
    assert.equal(told.get("Program"), "serve.py --fast");
    assert.equal(told.get("Collector"), "disabled");
    assert.match(told.get("Not in this snapshot") ?? "", /^memory arenas, threads$/);
    assert.equal(await page.locator("time").getAttribute("datetime"), "2026-03-04T05:06:07.000Z");
    await page.getByText("The capture was cut short.").waitFor();
    const { id } = await host.question("report");
    const findings = page.getByRole("region", { name: "Findings" });
    await findings.getByText("Looking for leaks …").waitFor();
    await host.tell({ kind: "progress", id, done: 0.4, step: "computing retained sizes" });
    await findings.getByText("Computing retained sizes … 40 %").waitFor();
    assert.equal(await findings.getByRole("progressbar").getAttribute("value"), "0.4");
    await host.tell({ kind: "answer", id, answer: report([FINDING]) });
    await findings.getByRole("article", { name: "A leak" }).waitFor();
    assert.equal(await findings.getByRole("progressbar").count(), 0);
  });

  it("gives the search for leaks up when told so, and begins again", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.open();
    const { id } = await host.question("report");
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await host.says("cancel")).id, id);
    await page.getByText("Looking for leaks: cancelled.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    const again = await host.question("report", 1);
    assert.notEqual(again.id, id);
    await host.tell({ kind: "refused", id: again.id, message: "It ran out of memory.", advice: "Give it more." });
    const alert = page.getByRole("alert");
    await alert.getByText("It ran out of memory.").waitFor();
    await alert.getByText("Give it more.").waitFor();
    await alert.getByRole("button", { name: "Try again" }).click();
    const third = await host.question("report", 2);
    await host.tell({ kind: "answer", id: third.id, answer: report([FINDING]) });
    await page.getByRole("article", { name: "A leak" }).waitFor();
  });

  it("says that nothing was found, and where to look then", async () => {
    const host = await view.canned();
    const { page } = host;
    host.answers.report = () => report([]);
    await host.open();
    const findings = page.getByRole("region", { name: "Findings" });
    await findings.getByText("None of the rules finds a leak.").waitFor();
    assert.equal(await findings.getByRole("article").count(), 0);
    await findings.getByRole("button", { name: "Cycles" }).click();
    await routeBecomes(host.received, { view: "cycles" });
    await page.getByRole("button", { name: "Back" }).click();
    await findings.getByRole("button", { name: "Types" }).click();
    await routeBecomes(host.received, { view: "types" });
  });

  it("draws thousands of findings some at a time", async () => {
    const host = await view.canned();
    const { page } = host;
    host.answers.report = () => report(Array.from({ length: 3000 }, (_, i) => ({ ...FINDING, title: `Leak ${i}` })));
    await host.open();
    const cards = page.getByRole("article");
    await cards.first().waitFor();
    assert.equal(await cards.count(), 50);
    await page.getByRole("button", { name: "Show 50 more of 3000" }).click();
    await page.getByRole("article", { name: "Leak 99", exact: true }).waitFor();
    assert.equal(await cards.count(), 100);
  });

  it("shows each finding as a card: how severe, how large, why, and what to do", async () => {
    const { page, snapshot } = await view.real();
    const { findings } = await snapshot.ask("report", {});
    const leaks = findings.filter(({ severity }) => severity !== "info");
    const others = findings.filter(({ severity }) => severity === "info");
    assert.ok(leaks.length >= 3 && others.length >= 1);
    const cards = page.getByRole("article");
    await cards.first().waitFor();
    assert.equal(await cards.count(), leaks.length, "those that are no leaks are folded away");
    for (const [i, finding] of leaks.entries()) {
      const card = cards.nth(i);
      assert.equal(await card.getByRole("heading").innerText(), finding.title);
      const text = await card.innerText();
      assert.match(text, finding.severity === "error" ? /^\s*Error\n/ : /^\s*Warning\n/);
      assert.ok(text.includes(formatBytes(finding.bytes)), text);
      assert.ok(text.includes(finding.why), text);
      assert.ok(finding.fix !== undefined && text.includes(`What to do: ${finding.fix}`), text);
    }
    await page.getByText(`Worth knowing (${others.length})`).click();
    await page.getByRole("article", { name: others[0].title }).waitFor();
    assert.equal(await cards.count(), findings.length);
  });

  it("leads from a finding to the line, to its graph, to its objects, and copies the report", async () => {
    const { page, snapshot, sources, copied, received } = await view.real();
    const { findings } = await snapshot.ask("report", {});
    const card = page.getByRole("article", { name: /300 cycles of the function _iterencode/ });
    await card.getByRole("button", { name: "Go to source: encoder.py" }).click();
    await eventually(() => sources.length > 0, "the host is asked for the source");
    assert.deepEqual(sources, [findings[0].location]);
    const { file, line } = sources[0];
    assert.match(readFileSync(file, "utf8").split("\n")[line - 1], /def _iterencode\(o/);

    await page.getByRole("button", { name: "Copy report" }).click();
    await page.getByRole("status").getByText("Copied.").waitFor();
    assert.match(copied.join(), /^## 300 cycles of the function _iterencode\(\)/m);
    await page.getByRole("button", { name: "Dismiss" }).click();
    assert.equal(await page.getByText("Copied.").count(), 0);

    const step = findings[0].path.at(-1)!;
    await card.getByRole("list").getByRole("button").last().click();
    await routeBecomes(received, { view: "object", id: step.id });
    await page.getByRole("button", { name: "Back" }).click();
    await card.getByRole("button", { name: "Show graph" }).click();
    await routeBecomes(received, { view: "graph", seed: { kind: "finding", finding: 0 } });
  });
});
