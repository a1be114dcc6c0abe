import { MaxHeap } from "./MaxHeap.js";

// Components with more sets are searched greedily: n sets have 2^n unions.
const EXACT_SETS = 12;

/** Sets of elements: those of set i are element[first[i]] up to element[first[i + 1]], each once. */
export interface SetSystem {
  readonly first: Uint32Array;
  readonly element: Uint32Array;
  /** Elements are below this. */
  readonly elementCount: number;
}

/** Take these elements too, and these sets have all theirs. */
export interface UnionStep {
  readonly elements: readonly number[];
  readonly sets: readonly number[];
}

/** Steps that take as few elements as they can for as many sets as they can. */
export interface UnionSteps {
  readonly steps: readonly UnionStep[];
  /** At the end of each step: no choice of as few elements completes more sets. */
  readonly isExact: boolean;
}

/**
 * In which order to take elements so that sets become complete early; all sets are complete at the end.
 *
 * The fewest elements for a number of sets are a minimum k-union, which is NP-hard (Chlamtáč et al., "The densest
 * k-subhypergraph problem", APPROX 2016). Those numbers at which the price of another set rises are not: there the
 * optimum minimizes elements minus a price times sets, and such optima contain each other (Gallo, Grigoriadis, Tarjan,
 * "A fast parametric maximum flow algorithm", SIAM J. Comput. 18, 1989). They are found by looking at all unions of sets
 * that share elements, up to 12 of them; beyond, the set that lacks the fewest elements is next.
 */
export function smallestUnions(system: SetSystem): UnionSteps {
  const holders = holdersOf(system);
  const priced: { readonly step: UnionStep; readonly price: number; readonly at: number }[] = [];
  const large: number[] = [];
  for (const sets of componentsOf(system, holders)) {
    if (sets.length > EXACT_SETS) {
      for (const set of sets) large.push(set);
      continue;
    }
    for (const step of exactSteps(system, sets)) priced.push({ step, price: priceOf(step), at: priced.length });
  }
  // Steps of one component stay in order: none is cheaper than the one before.
  priced.sort((a, b) => a.price - b.price || a.at - b.at);
  const exact = priced.map(({ step }) => step);
  return { steps: merge(exact, greedySteps(system, holders, large)), isExact: large.length === 0 };
}

/** Elements a set. */
function priceOf({ elements, sets }: UnionStep): number {
  return elements.length / sets.length;
}

/** Two lists in one, each in its order, the cheaper head first. */
function merge(a: readonly UnionStep[], b: readonly UnionStep[]): UnionStep[] {
  const merged: UnionStep[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const isA = j >= b.length || (i < a.length && priceOf(a[i]) <= priceOf(b[j]));
    merged.push(isA ? a[i++] : b[j++]);
  }
  return merged;
}

function holdersOf({ first, element, elementCount }: SetSystem): { first: Uint32Array; set: Uint32Array } {
  const start = new Uint32Array(elementCount + 1);
  for (const e of element) start[e + 1]++;
  for (let e = 0; e < elementCount; e++) start[e + 1] += start[e];
  const next = start.slice();
  const set = new Uint32Array(element.length);
  for (let s = 0; s + 1 < first.length; s++) {
    for (let i = first[s]; i < first[s + 1]; i++) set[next[element[i]]++] = s;
  }
  return { first: start, set };
}

/** Sets that share elements, directly or over others; in order of their first set. */
function componentsOf({ first, element, elementCount }: SetSystem, holders: ReturnType<typeof holdersOf>): number[][] {
  const seen = new Uint8Array(first.length);
  // Each element's sets are looked at once.
  const expanded = new Uint8Array(elementCount);
  const components: number[][] = [];
  for (let start = 0; start + 1 < first.length; start++) {
    if (seen[start] === 1) continue;
    seen[start] = 1;
    const component = [start];
    for (let i = 0; i < component.length; i++) {
      for (let k = first[component[i]]; k < first[component[i] + 1]; k++) {
        const e = element[k];
        if (expanded[e] === 1) continue;
        expanded[e] = 1;
        for (let h = holders.first[e]; h < holders.first[e + 1]; h++) {
          const other = holders.set[h];
          if (seen[other] === 1) continue;
          seen[other] = 1;
          component.push(other);
        }
      }
    }
    components.push(component.sort((a, b) => a - b));
  }
  return components;
}

function* exactSteps({ first, element }: SetSystem, sets: readonly number[]): Generator<UnionStep> {
  // Which sets an element is in, as bits.
  const bits = new Map<number, number>();
  sets.forEach((set, bit) => {
    for (let i = first[set]; i < first[set + 1]; i++) bits.set(element[i], (bits.get(element[i]) ?? 0) | (1 << bit));
  });
  const all = (1 << sets.length) - 1;
  // Elements of which all sets are in a subset, by subset: sums over subsets.
  const inside = new Uint32Array(all + 1);
  for (const mask of bits.values()) inside[mask]++;
  for (let bit = 1; bit <= all; bit <<= 1) {
    for (let subset = 0; subset <= all; subset++) if (subset & bit) inside[subset] += inside[subset ^ bit];
  }
  const taken = (subset: number) => bits.size - inside[all & ~subset];
  for (let done = 0; done !== all;) {
    let best = all;
    for (let subset = 1; subset <= all; subset++) {
      if ((subset & done) !== done || subset === done) continue;
      const gain = bitCount(subset) - bitCount(done);
      const price = (taken(subset) - taken(done)) * (bitCount(best) - bitCount(done));
      const bestPrice = (taken(best) - taken(done)) * gain;
      if (price < bestPrice || (price === bestPrice && bitCount(subset) < bitCount(best))) best = subset;
    }
    const fresh = best & ~done;
    const elements = [...bits].filter(([, mask]) => (mask & fresh) !== 0 && (mask & done) === 0).map(([e]) => e);
    yield { elements, sets: sets.filter((_, bit) => (fresh & (1 << bit)) !== 0) };
    done = best;
  }
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function greedySteps(
  { first, element }: SetSystem,
  holders: ReturnType<typeof holdersOf>,
  sets: readonly number[],
): UnionStep[] {
  const lacks = new Map(sets.map((set) => [set, first[set + 1] - first[set]]));
  const queue = new MaxHeap(first.length);
  for (const [set, count] of lacks) queue.set(set, -count);
  const taken = new Set<number>();
  const steps: { elements: number[]; sets: number[] }[] = [];
  for (let left = sets.length; left > 0;) {
    const set = queue.top();
    const step: (typeof steps)[number] = { elements: [], sets: [set] };
    queue.remove(set);
    left--;
    for (let i = first[set]; i < first[set + 1]; i++) {
      const e = element[i];
      if (taken.has(e)) continue;
      taken.add(e);
      step.elements.push(e);
      for (let h = holders.first[e]; h < holders.first[e + 1]; h++) {
        const other = holders.set[h];
        if (other === set) continue;
        const count = lacks.get(other)! - 1;
        lacks.set(other, count);
        queue.set(other, -count);
        if (count > 0) continue;
        queue.remove(other);
        step.sets.push(other);
        left--;
      }
    }
    steps.push(step);
  }
  return steps;
}
