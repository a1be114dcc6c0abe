// The capture agent and the reader of its snapshots: a synthetic heap and a Django process.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { bundled } from "./bundle.js";
import type { Row } from "./editor/editor.js";
import readMeta from "./meta.js";
import { shown, spread } from "./spread.js";
import { type Python, pythons } from "../test/rig/pythons.js";

/** Rounds of each measurement. */
export const ROUNDS = 5;
const OBJECTS = 1_000_000;

/** The table's rows: capture, opening, size. */
export async function pythonRows(python: Python, agent: string, folder: string): Promise<Row[]> {
  const synthetic = join(folder, "synthetic.pyheapsnapshot");
  const django = join(folder, "django.pyheapsnapshot");
  const rows = [
    ...captureRows(python, agent, synthetic),
    ...(await openRows(synthetic, "Synthetic heap", folder)),
    ...djangoRows(agent, django),
  ];
  if (!rows.at(-1)![1].startsWith("no Python")) rows.push(...(await openRows(django, "Django process", folder)));
  return rows;
}

function json(command: string, args: readonly string[]): Record<string, number> {
  const out = execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(out.trim().split("\n").at(-1)!) as Record<string, number>;
}

function captureRows(python: Python, agent: string, file: string): Row[] {
  const rate: number[] = [];
  const cpuRate: number[] = [];
  const ratio: number[] = [];
  const wait: number[] = [];
  let perObject = 0;
  let jsonPerObject = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const figures = json(python.path, [join("bench", "synthetic_heap.py"), agent, file, String(OBJECTS)]);
    const meta = readMeta(file);
    const jsonRate = figures["jsonObjects"] / figures["jsonSeconds"];
    rate.push(meta.nodes.total / figures["seconds"] / 1e6);
    cpuRate.push(meta.nodes.total / figures["childCpu"] / 1e6);
    ratio.push(meta.nodes.total / figures["seconds"] / jsonRate);
    wait.push((meta.capture.parentSeconds * 1e3) / (meta.process.rss / 1e9));
    perObject = figures["bytes"] / meta.nodes.total;
    jsonPerObject = figures["jsonBytes"] / figures["jsonObjects"];
  }
  const name = `CPython ${python.name}, ${OBJECTS / 1e6} M objects`;
  return [
    [`${name}: capture with labels, forked, M objects/s`, shown(spread(rate)), "0.6", spread(rate).median >= 0.6],
    ["the same by the child's CPU time, M objects/s", shown(spread(cpuRate)), "", undefined],
    ["times the speed of a JSON-lines dump in Python", shown(spread(ratio), 1), "", undefined],
    ["parent's wait, ms per GB", shown(spread(wait), 1), "below 60", spread(wait).median < 60],
    ["bytes an object", perObject.toFixed(1), "below 25", perObject < 25],
    ["bytes an object of the JSON-lines dump", jsonPerObject.toFixed(1), "", undefined],
  ];
}

function djangoRows(agent: string, file: string): Row[] {
  for (const python of pythons().filter(({ version }) => version[0] === 3)) {
    const figures = json(python.path, [join("bench", "django_process.py"), agent, file]);
    if ("missing" in figures) continue;
    const meta = readMeta(file);
    const perObject = figures["bytes"] / meta.nodes.total;
    const rate = meta.nodes.total / figures["seconds"] / 1e6;
    return [
      [
        `Django process, CPython ${python.name}, ${(meta.nodes.total / 1e6).toFixed(2)} M objects: bytes an object`,
        perObject.toFixed(1),
        "below 25",
        perObject < 25,
      ],
      ["capture, M objects/s", rate.toFixed(2), "", undefined],
      [
        "parent's wait, ms per GB",
        ((meta.capture.parentSeconds * 1e3) / (meta.process.rss / 1e9)).toFixed(1),
        "below 60",
        undefined,
      ],
    ];
  }
  return [["Django process", "no Python here has Django (Debian: python3-django)", "", undefined]];
}

async function openRows(file: string, what: string, folder: string): Promise<Row[]> {
  const script = await bundled("open", folder);
  const run = (...args: string[]) =>
    JSON.parse(execFileSync(process.execPath, [script, file, ...args], { encoding: "utf8" })) as {
      steps: Record<string, number>;
      nodes: number;
      edges: number;
      peakBytes: number;
    };
  const rate: number[] = [];
  const ratio: number[] = [];
  const steps: Record<string, number[]> = {};
  let peak = 0;
  let nodes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const floor = run("floor").steps["inflate"];
    const whole = run();
    const total = Object.values(whole.steps).reduce((sum, ms) => sum + ms, 0);
    nodes = whole.nodes;
    rate.push(nodes / total / 1e3);
    ratio.push(total / floor);
    peak = Math.max(peak, whole.peakBytes);
    for (const [name, ms] of Object.entries(whole.steps)) (steps[name] ??= []).push(ms);
  }
  const profile = Object.entries(steps).map(([name, ms]) => `${name} ${spread(ms).median.toFixed(0)}`);
  return [
    [
      `${what}: open to verdict, families and retained sizes, M objects/s`,
      shown(spread(rate)),
      "0.7",
      spread(rate).median >= 0.7,
    ],
    ["times as long as inflating and checking the columns alone", shown(spread(ratio), 1), "", undefined],
    ["of which, ms", profile.join(", "), "", undefined],
    ["peak memory, bytes an object", (peak / nodes).toFixed(0), "", undefined],
  ];
}
