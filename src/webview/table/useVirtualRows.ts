import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

const OVERSCAN = 8;

/** The rows of a scrolled list that are to be drawn: those in sight, some around them, and one that always is. */
export function useVirtualRows(options: {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  /** Pixels. */
  readonly rowHeight: number;
  /** Pixels that a heading takes, which stays in sight. */
  readonly headHeight: number;
  /** Row that is drawn wherever it is, or -1. */
  readonly always: number;
  /** Pixels from the top, at first. */
  readonly scrolled: number;
  /** How many rows around those in sight; 8 if it is not said. */
  readonly overscan?: number;
}): Virtualizer<HTMLElement, HTMLElement> {
  const { scroller, count, rowHeight, headHeight, always } = options;
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const given = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(),
    overscan: options.overscan ?? OVERSCAN,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    initialOffset: options.scrolled,
    rangeExtractor: ({
      startIndex,
      endIndex,
      overscan,
    }: {
      startIndex: number;
      endIndex: number;
      overscan: number;
    }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(count - 1, endIndex + overscan);
      const drawn = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
      if (always >= 0 && always < from) drawn.unshift(always);
      if (always > to && always < count) drawn.push(always);
      return drawn;
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(given));
  virtualizer.setOptions(given);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
