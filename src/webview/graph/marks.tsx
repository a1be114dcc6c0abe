import type { JSX } from "preact";

/** A badge that says "in the cycle": an arrow that closes a circle. Drawn, since not each font has the character. */
export function CycleMark({ x, y }: { readonly x: number; readonly y: number }): JSX.Element {
  return (
    <g class="mark cycle-mark" transform={`translate(${x},${y})`} aria-hidden="true">
      <circle class="disc" r={8} />
      <path class="sign" d="M3.6,-2.2A4.2,4.2 0 1 0 4.2,0.9" />
      <path class="point" d="M4.9,-4.9L4.6,-0.6L0.8,-2.6Z" />
    </g>
  );
}

/** A badge that says "on the path": an arrow forwards. */
export function PathMark({ x, y }: { readonly x: number; readonly y: number }): JSX.Element {
  return (
    <g class="mark path-mark" transform={`translate(${x},${y})`} aria-hidden="true">
      <rect class="disc" x={-7.5} y={-7.5} width={15} height={15} rx={2} />
      <path class="sign" d="M-4.5,0H1.5" />
      <path class="point" d="M0.5,-3.6L4.8,0L0.5,3.6Z" />
    </g>
  );
}

// Of a character of a tag's font, and of both margins.
const TAG_CHAR = 6;
const TAG_MARGINS = 8;

/** Width of a tag with a text, in pixels. */
export function tagWidth(text: string): number {
  return text.length * TAG_CHAR + TAG_MARGINS;
}

/** A text cut to fit into a tag of a width in pixels. */
export function shortTag(text: string, width: number): string {
  const room = Math.max(4, Math.floor((width - TAG_MARGINS) / TAG_CHAR));
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** A word on the upper edge of a box. */
export function Tag({ text, x }: { readonly text: string; readonly x: number }): JSX.Element {
  return (
    <g class="tag" transform={`translate(${x},0)`} aria-hidden="true">
      <rect class="disc" y={-11} width={tagWidth(text)} height={14} rx={3} />
      <text x={tagWidth(text) / 2} y={-0.5}>
        {text}
      </text>
    </g>
  );
}
