import type { HeapGraph } from "../../heap/HeapGraph.js";
import { LabelSort, nameOfLabel } from "../../heap/labels.js";

const known = new WeakMap<HeapGraph, Map<string, Map<number, boolean>>>();

/** Tells whether a label is an attribute's of that name. Each label's text is decoded once, not once an edge. */
export function isAttribute(graph: HeapGraph, name: string): (label: number) => boolean {
  const names = known.get(graph) ?? new Map<string, Map<number, boolean>>();
  known.set(graph, names);
  const labels = names.get(name) ?? new Map<number, boolean>();
  names.set(name, labels);
  return (label) => {
    let answer = labels.get(label);
    if (answer === undefined) {
      labels.set(label, (answer = nameOfLabel(graph, label, LabelSort.attribute) === name));
    }
    return answer;
  };
}

/** Numbers texts or numbers as they come. */
export class Numbering<T extends string | number> {
  readonly #numbers = new Map<T, number>();
  readonly values: T[] = [];

  of(value: T): number {
    let number = this.#numbers.get(value);
    if (number === undefined) this.#numbers.set(value, (number = this.values.push(value) - 1));
    return number;
  }
}
