import type { JSX } from "preact";
import type { PolicyRow } from "../../session/queries/arenaRows.js";
import { formatBytes, formatCount } from "../format.js";
import { capitalized } from "./words.js";

/** What each way to choose pools and arenas would release. */
export function Policies({ policies }: { readonly policies: readonly PolicyRow[] }): JSX.Element {
  return (
    <>
      <p class="quiet">What would go back to the system now, each taken by itself.</p>
      <table class="plain-table numbers arena-policies" aria-label="What each policy would release">
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col">Arenas held</th>
            <th scope="col">Released</th>
            <th scope="col">Bytes</th>
          </tr>
        </thead>
        <tbody>
          {policies.map(({ policy, what, held, released, bytes }) => (
            <tr key={policy}>
              <th scope="row">{capitalized(what)}</th>
              <td>{formatCount(held)}</td>
              <td>{formatCount(released)}</td>
              <td>{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
