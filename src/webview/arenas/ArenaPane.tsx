import type { ComponentChildren, JSX } from "preact";
import type { ArenaDetails, ArenaRow, ArenasResult } from "../../session/queries/arenaRows.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { CopyButton, Facts } from "../elements.js";
import { formatBytes, formatCount, plural } from "../format.js";
import { useSettled } from "../useSettled.js";
import type { Place } from "./changes.js";
import { Pins } from "./Pins.js";
import { Pools } from "./Pools.js";
import { shareText, usedPools } from "./words.js";

/** All about one arena: its pools, and what must go for it to be released. */
export function ArenaPane({ place, answer }: { readonly place: Place; readonly answer: ArenasResult }): JSX.Element {
  const { address, now, then, change } = place;
  return (
    <section class="pane arena-pane" aria-labelledby="arena">
      <h2 id="arena">
        Arena <span class="mono">{address}</span> <CopyButton value={address} label="Copy the address" />
      </h2>
      {now ? (
        <>
          <Facts facts={factsOf(now, then, change === "new")} />
          <Inside address={address} answer={answer} />
        </>
      ) : (
        <>
          <p>It was released since: it went back to the system.</p>
          <Facts facts={[["In use then", inUseText(then!)], ...poolFacts(then!)]} />
        </>
      )}
    </section>
  );
}

type Fact = readonly [name: string, value: ComponentChildren];

function factsOf(now: ArenaRow, then: ArenaRow | undefined, isNew: boolean): Fact[] {
  const facts: Fact[] = [["In use", inUseText(now) + (now.nearlyEmpty ? ": nearly empty" : "")]];
  if (then) facts.push(["In use then", inUseText(then)]);
  if (isNew) facts.push(["In use then", "it was not there"]);
  facts.push(...poolFacts(now), ["Objects", `${formatCount(now.objects)} with memory in it`]);
  return facts;
}

function poolFacts(row: ArenaRow): Fact[] {
  const { pools, fullPools, partialPools, freePools, blocks, unexplained } = row;
  const sorts = `${formatCount(fullPools)} full, ${formatCount(partialPools)} partly used, ${formatCount(freePools)} free`;
  const unknown = unexplained > 0 ? `; ${formatCount(unexplained)} of them no object of the snapshot explains` : "";
  return [
    ["Pools", `${formatCount(usedPools(row))} of ${formatCount(pools)} in use: ${sorts}`],
    ["Blocks", `${formatCount(blocks)} in use${unknown}`],
  ];
}

function inUseText({ fill, bytesInUse, bytes }: ArenaRow): string {
  return `${shareText(fill)}, ${formatBytes(bytesInUse)} of ${formatBytes(bytes)}`;
}

function Inside({ address, answer }: { readonly address: string; readonly answer: ArenasResult }): JSX.Element | null {
  // Running through the map asks nothing for each arena.
  const settled = useSettled<string | null>(address, null);
  return settled === null ? null : <Details address={settled} answer={answer} />;
}

function Details({ address, answer }: { readonly address: string; readonly answer: ArenasResult }): JSX.Element {
  const asked = useAnswer("arena", { address });
  return (
    <Answered asked={asked} doing="Looking into the arena">
      {(details) => (
        <>
          <h3>Pools</h3>
          <Pools key={address} details={details} poolBytes={answer.allocator.poolBytes} />
          <h3>What holds it</h3>
          <Holding details={details} />
        </>
      )}
    </Answered>
  );
}

function Holding({ details }: { readonly details: ArenaDetails }): JSX.Element {
  const { arena, pins, pinsTotal } = details;
  const { unexplained } = arena;
  const hint =
    unexplained > 0 ? ` ${plural(unexplained, "block")} would still be in use: no object explains them.` : "";
  if (pins.length === 0)
    return (
      <p class="quiet">
        {arena.blocks === 0 ? "Nothing: no block of it is in use." : `No object that is known.${hint}`}
      </p>
    );
  const all =
    pins.length < pinsTotal
      ? `The first ${formatCount(pins.length)} of ${plural(pinsTotal, "object")} that must go`
      : `${plural(pinsTotal, "object")} must go`;
  return (
    <>
      <p class="quiet">
        {all} for the arena to be released.{hint}
      </p>
      <Pins label="Objects that hold the arena" pins={pins} />
    </>
  );
}
