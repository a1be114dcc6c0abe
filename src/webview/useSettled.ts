import { useEffect, useState } from "preact/hooks";

const PAUSE_MS = 120;

/**
 * A value that follows after a pause, so that running through a list asks nothing for each row.
 * @param initial what stands in before the first pause
 */
export function useSettled<T>(value: T, initial: T): T {
  const [settled, setSettled] = useState(initial);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
