import { type Node, parse } from "acorn";
import { analyze, type Scope, type Variable } from "eslint-scope";

/** A function in a script. */
export interface ScriptFunction {
  /** The empty string where it has none. */
  readonly name: string;
  /** 1-based. */
  readonly line: number;
}

/** A variable that closures can share. */
export interface SharedVariable {
  readonly name: string;
  /** The function that declares it; undefined for the script itself. */
  readonly owner: ScriptFunction | undefined;
  /** Of the declaration, 1-based. */
  readonly line: number;
  readonly column: number;
  /** For each place that reads it the functions around, innermost first, up to the owner, without that. */
  readonly readers: readonly (readonly ScriptFunction[])[];
}

interface FunctionNode extends Node {
  readonly id?: (Node & { readonly name: string }) | null;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);
/** Text that finds variables in a way that can't be followed. */
const DYNAMIC = /(?<!\.\s*)\b(eval|with)\s*\(/;

/** The scopes of a script: which function reads which variable of which other one. */
export class ScriptScopes {
  readonly #starts: readonly number[];
  readonly #functions = new Map<number, { readonly node: FunctionNode; readonly fn: ScriptFunction }>();
  readonly #byNode = new Map<Node, ScriptFunction>();
  readonly #scopes: ReturnType<typeof analyze>;

  private constructor(text: string, tree: Node, isModule: boolean) {
    this.#starts = lineStarts(text);
    this.#scopes = analyze(tree as never, {
      ecmaVersion: 2022,
      sourceType: isModule ? "module" : "commonjs",
    });
    for (const scope of this.#scopes.scopes) {
      const node = scope.block as unknown as FunctionNode;
      if (!FUNCTIONS.has(node.type) || this.#byNode.has(node)) continue;
      const from = node.id ? node.id.end : node.start;
      // V8 puts a function where its parameters begin, an arrow function where it begins itself.
      const at = node.type === "ArrowFunctionExpression" ? node.start : text.indexOf("(", from);
      const fn: ScriptFunction = { name: this.#nameOf(scope, node), line: this.#place(node.start).line };
      this.#byNode.set(node, fn);
      this.#functions.set(at, { node, fn });
    }
  }

  /** The scopes of a script's text; undefined where it is not JavaScript, or looks variables up by their names. */
  static of(text: string): ScriptScopes | undefined {
    if (DYNAMIC.test(text)) return undefined;
    for (const sourceType of ["module", "script"] as const) {
      try {
        const tree = parse(text, {
          ecmaVersion: "latest",
          sourceType,
          ranges: true,
          allowHashBang: true,
          allowReturnOutsideFunction: sourceType === "script",
        });
        return new ScriptScopes(text, tree, sourceType === "module");
      } catch (error) {
        // A text that is nested too deep for the stack is not followed.
        if (error instanceof RangeError) return undefined;
        // It may be the other one.
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    return undefined;
  }

  /** The function at a place of V8's (both 1-based), or undefined. */
  functionAt(line: number, column: number): ScriptFunction | undefined {
    return this.#functions.get((this.#starts[line - 1] ?? NaN) + column - 1)?.fn;
  }

  /** The variables of a name that a function can see, its own left out: more than one where one hides another. */
  visibleFrom(fn: ScriptFunction, name: string): SharedVariable[] {
    const entry = [...this.#functions.values()].find((one) => one.fn === fn);
    const own = entry && this.#scopes.acquire(entry.node as never, true);
    const found: SharedVariable[] = [];
    for (let scope = own?.upper ?? null; scope; scope = scope.upper) {
      const variable = scope.set.get(name);
      if (variable && variable.defs.length > 0) found.push(this.#shared(variable, scope));
    }
    return found;
  }

  #shared(variable: Variable, scope: Scope): SharedVariable {
    const ownerScope = scope.variableScope;
    const owner = this.#byNode.get(ownerScope.block as unknown as Node);
    const place = this.#place((variable.defs[0].name as unknown as Node).start);
    const readers = variable.references
      .filter((reference) => reference.isRead())
      .map((reference) => this.#around(reference.from, ownerScope));
    return { name: variable.name, owner, ...place, readers };
  }

  #around(from: Scope, owner: Scope): ScriptFunction[] {
    const around: ScriptFunction[] = [];
    for (let scope: Scope | null = from; scope && scope.variableScope !== owner; scope = scope.upper) {
      const fn = this.#byNode.get(scope.block as unknown as Node);
      if (fn && around.at(-1) !== fn) around.push(fn);
    }
    return around;
  }

  /** The function's own name, or that of the variable or the property that it is assigned to. */
  #nameOf(scope: Scope, node: FunctionNode): string {
    if (node.id) return node.id.name;
    for (const variable of scope.upper?.variables ?? []) {
      for (const { node: definition } of variable.defs) {
        if ((definition as { init?: unknown }).init === (node as unknown)) return variable.name;
      }
    }
    return "";
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - this.#starts[low] + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}
