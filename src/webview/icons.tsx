import type { ComponentChildren, JSX } from "preact";

function Icon({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const line = { fill: "none", stroke: "currentColor", "stroke-width": "1.3", "stroke-linecap": "round" } as const;

export const BackIcon = () => (
  <Icon>
    <path {...line} d="M13 8H3.5M7.5 3.5 3 8l4.5 4.5" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle {...line} cx="7" cy="7" r="4" />
    <path {...line} d="m10 10 3.5 3.5" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path {...line} d="m4 4 8 8m0-8-8 8" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect {...line} x="5.5" y="5.5" width="7.5" height="8" rx="1" />
    <path {...line} d="M10.5 3.5V3a1 1 0 0 0-1-1H4a1 1 0 0 0-1 1v6.5a1 1 0 0 0 1 1h.5" />
  </Icon>
);

export const CutIcon = () => (
  <Icon>
    <circle {...line} cx="4" cy="4.5" r="2" />
    <circle {...line} cx="4" cy="11.5" r="2" />
    <path {...line} d="M5.7 5.6 13.5 11.5M5.7 10.4 13.5 4.5" />
  </Icon>
);

export const GraphIcon = () => (
  <Icon>
    <circle {...line} cx="4" cy="4" r="2" />
    <circle {...line} cx="12" cy="5.5" r="2" />
    <circle {...line} cx="7" cy="12.5" r="2" />
    <path {...line} d="m6 4.4 4 .8M5 6l1.3 4.5M10.8 7.2 8.3 10.8" />
  </Icon>
);

export const SourceIcon = () => (
  <Icon>
    <path {...line} d="M9 1.8H4.5a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V5.3zM9 1.8v3.5h3.5" />
    <path {...line} d="M6 8.5h4M6 11h4" />
  </Icon>
);

export const ErrorIcon = () => (
  <Icon>
    <circle {...line} cx="8" cy="8" r="6" />
    <path {...line} d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path {...line} stroke-linejoin="round" d="M8 2 14.5 13.5h-13z" />
    <path {...line} d="M8 6.5v3.3m0 1.7v.1" />
  </Icon>
);

export const InfoIcon = () => (
  <Icon>
    <circle {...line} cx="8" cy="8" r="6" />
    <path {...line} d="M8 7.3v3.7M8 5v.1" />
  </Icon>
);

/** Points up or down: how a column is sorted. */
export const SortIcon = ({ descending }: { readonly descending: boolean }) => (
  <Icon>
    <path {...line} d={descending ? "m4.5 6.5 3.5 3.5 3.5-3.5" : "m4.5 9.5 3.5-3.5 3.5 3.5"} />
  </Icon>
);
