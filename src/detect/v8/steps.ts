/** Links of the engine between the parts of one object, of which a programmer sees the whole. */
const PARTS: ReadonlySet<string> = new Set([
  ...["table", "elements", "properties", "bound_this", "bound_arguments", "bound_function"],
  ...["reactions_or_result", "value"],
]);
const OF_CLASSES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** True for an internal link from an object to a part of it. */
export function isPart(link: string): boolean {
  return PARTS.has(link);
}

/** True for a property that leads to a class, not to a thing. */
export function leadsToClass(property: string): boolean {
  return OF_CLASSES.has(property);
}
