import type { NodeIndex, ScopeTable } from "../../heap/HeapGraph.js";
import type { StringTable } from "../../heap/StringTable.js";
import { corrupt } from "./errors.js";
import type { Meta } from "./meta.js";

/** The sections that tell of scopes, as the file has them: rows of numbers. */
export interface ScopeRows {
  readonly scopes: Float64Array;
  readonly variables: Float64Array;
  readonly uses: Float64Array;
}

const SCOPE = ["script_node_index", "scope_id", "depth", "scope_context_vars_count", "scope_uses_count"];
const USE = ["declaring_scope_id", "slot_index"];
const NONE = -1;

/** One scope of a script. */
interface ScriptScope {
  readonly parent: number;
  /** String index of each variable that closures share. */
  readonly variables: readonly number[];
  /** Rows of the scopes that use each variable. */
  readonly users: readonly number[][];
}

/**
 * The scopes of all scripts; undefined where the file does not tell, or tells in a way that is not known. The scopes of
 * a script stand in the order of its text, each behind the one around it, whose depth is less by one (as DevTools'
 * ContextAnalyzer.ts reads them).
 * @throws SnapshotError corrupt
 */
export function scopesOf(rows: ScopeRows, meta: Meta, strings: StringTable): ScopeTable | undefined {
  const { scopeFields, scopeVariableFields, scopeUseFields } = meta;
  const [atScript, atId, atDepth, atVariables, atUses] = SCOPE.map((field) => scopeFields.indexOf(field));
  const [atDeclaring, atSlot] = USE.map((field) => scopeUseFields.indexOf(field));
  const atName = scopeVariableFields.indexOf("name");
  if ([atScript, atId, atDepth, atVariables, atUses, atDeclaring, atSlot, atName].includes(NONE)) return undefined;
  const stride = scopeFields.length;
  const scopes: ScriptScope[] = [];
  const byKey = new Map<string, number>();
  const around: number[] = [];
  const key = (script: number, id: number) => `${script} ${id}`;
  let variable = 0;
  for (let at = 0; at < rows.scopes.length; at += stride) {
    const depth = rows.scopes[at + atDepth];
    const count = rows.scopes[at + atVariables];
    const script = rows.scopes[at + atScript] / meta.nodeFields.length;
    if (!(script >= 0 && script < meta.nodeCount) || script >>> 0 !== script) throw corrupt("a scope is of no script");
    // The stack is that of another script's scopes, or too short: then the one around is not in the file.
    if (depth === 0) around.length = 0;
    if (!(depth >= 0 && depth <= around.length)) throw corrupt("a scope stands in none");
    const end = variable + count * scopeVariableFields.length;
    if (!(end <= rows.variables.length)) throw corrupt("a scope has variables that are not there");
    const variables: number[] = [];
    for (; variable < end; variable += scopeVariableFields.length)
      variables.push(rows.variables[variable + atName] + 1);
    around.length = depth;
    const row = scopes.push({ parent: around.at(-1) ?? NONE, variables, users: variables.map(() => []) }) - 1;
    around.push(row);
    byKey.set(key(script, rows.scopes[at + atId]), row);
  }
  let use = 0;
  for (let at = 0, row = 0; at < rows.scopes.length; at += stride, row++) {
    const end = use + rows.scopes[at + atUses] * scopeUseFields.length;
    if (!(end <= rows.uses.length)) throw corrupt("a scope has uses that are not there");
    const script = rows.scopes[at + atScript] / meta.nodeFields.length;
    for (; use < end; use += scopeUseFields.length) {
      const declaring = byKey.get(key(script, rows.uses[use + atDeclaring]));
      scopes[declaring ?? NONE]?.users[rows.uses[use + atSlot]]?.push(row);
    }
  }
  return {
    find: (script: NodeIndex, id: number) => byKey.get(key(script, id)) ?? NONE,
    parent: (row) => scopes[row].parent,
    usersOf: (row, name) => {
      const slot = scopes[row].variables.findIndex((index) => strings.get(index) === name);
      return slot < 0 ? undefined : scopes[row].users[slot];
    },
  };
}
