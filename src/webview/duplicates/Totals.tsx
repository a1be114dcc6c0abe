import type { JSX } from "preact";
import type { DuplicateTotal } from "../../session/queries/duplicates.js";
import { TypeLink } from "../elements.js";
import { formatBytes, formatCount } from "../format.js";
import { NO_DUPLICATES } from "./Values.js";

/** The equal objects of each type together. */
export function Totals({ totals }: { readonly totals: readonly DuplicateTotal[] }): JSX.Element {
  if (totals.length === 0) return <p class="empty-state">{NO_DUPLICATES}</p>;
  const sum = (of: (total: DuplicateTotal) => number) => totals.reduce((all, total) => all + of(total), 0);
  return (
    <table class="plain-table numbers" aria-label="Equal objects by type">
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col">Objects</th>
          <th scope="col">Values</th>
          <th scope="col">Saved</th>
        </tr>
      </thead>
      <tbody>
        {totals.map(({ type, count, values, saved }) => (
          <tr key={type}>
            <td>
              <TypeLink type={type} />
            </td>
            <td>{formatCount(count)}</td>
            <td>{formatCount(values)}</td>
            <td>{formatBytes(saved)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          <td>{formatCount(sum(({ count }) => count))}</td>
          <td>{formatCount(sum(({ values }) => values))}</td>
          <td>{formatBytes(sum(({ saved }) => saved))}</td>
        </tr>
      </tfoot>
    </table>
  );
}
