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

/** A word on the upper edge of a box. */
export function Tag({ text, x }: { readonly text: string; readonly x: number }): JSX.Element {
  return (
    <g class="tag" transform={`translate(${x},0)`} aria-hidden="true">
      <rect class="disc" y={-11} width={text.length * 6 + 8} height={14} rx={3} />
      <text x={(text.length * 6 + 8) / 2} y={-0.5}>
        {text}
      </text>
    </g>
  );
}
