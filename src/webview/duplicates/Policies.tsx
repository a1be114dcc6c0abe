import type { JSX } from "preact";
import type { DuplicatesResult } from "../../session/queries/duplicates.js";
import { formatBytes, formatCount, text } from "../format.js";

/** What would be saved if all equal objects of some sort were shared, each sort by itself. */
export function Policies({ policies }: { readonly policies: DuplicatesResult["policies"] }): JSX.Element {
  return (
    <table class="plain-table policies" aria-label="What if these were shared?">
      <thead>
        <tr>
          <th scope="col">What if shared</th>
          <th scope="col">Objects less</th>
          <th scope="col">Saved</th>
          <th scope="col">That is</th>
        </tr>
      </thead>
      <tbody>
        {policies.map(({ name, what, count, saved }) => (
          <tr key={name}>
            <th scope="row">{text(name)}</th>
            <td>{formatCount(count)}</td>
            <td>{formatBytes(saved)}</td>
            <td>{text(what)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
