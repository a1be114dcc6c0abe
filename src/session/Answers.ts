import type { ReadOptions } from "../formats/ByteSource.js";
import { type Need, prepare } from "./prepare.js";
import type { Question, Questions } from "./protocol.js";
import { arena, arenasWith, pool } from "./queries/arenas.js";
import { caches } from "./queries/caches.js";
import { comparison } from "./queries/comparison.js";
import { cutPreview } from "./queries/cut.js";
import { duplicates } from "./queries/duplicates.js";
import { families, family } from "./queries/families.js";
import { type Info, info } from "./queries/info.js";
import { lenses } from "./queries/lenses.js";
import { object } from "./queries/object.js";
import { picture, pictureFile } from "./queries/picture.js";
import { report } from "./queries/report.js";
import { reportText } from "./queries/reportText.js";
import { retained } from "./queries/retained.js";
import { search } from "./queries/search.js";
import { sourceFile } from "./queries/sourceFile.js";
import { threads } from "./queries/threads.js";
import { types } from "./queries/types.js";
import { weakrefGroup } from "./queries/weakrefs.js";
import { weakrefLists } from "./queries/weakrefSuspects.js";
import { weakrefsOf } from "./queries/weakrefsOf.js";
import { why } from "./queries/why.js";
import { Series } from "./Series.js";
import { Session } from "./Session.js";

type Options = Pick<ReadOptions, "signal" | "progress">;

interface Answerer<Q extends Question> {
  readonly need: Need;
  readonly answer: (
    session: Session,
    params: Questions[Q]["params"],
    signal: AbortSignal | undefined,
  ) => Questions[Q]["answer"] | Promise<Questions[Q]["answer"]>;
}

/** The series of the comparison that was asked for last. */
let latest: { readonly key: string; readonly series: Promise<Series> } | undefined;

function seriesOf(session: Session, files: readonly string[]): Promise<Series> {
  const key = JSON.stringify([session.path, ...files]);
  if (latest?.key === key) return latest.series;
  const all = [...new Set([...files, session.path])];
  const series = Series.open(all, (file) => (file === session.path ? Promise.resolve(session) : Session.open(file)));
  latest = { key, series };
  series.catch(() => {
    if (latest?.series === series) latest = undefined;
  });
  return series;
}

const ANSWERERS: { readonly [Q in Exclude<Question, "open">]: Answerer<Q> } = {
  info: { need: "nothing", answer: info },
  sourceFile: { need: "nothing", answer: sourceFile },
  types: { need: "roots", answer: types },
  duplicates: { need: "owners", answer: (session) => duplicates(session) },
  threads: { need: "owners", answer: threads },
  lenses: { need: "owners", answer: lenses },
  instances: { need: "owners", answer: retained },
  weakrefs: { need: "owners", answer: weakrefLists },
  weakrefGroup: { need: "owners", answer: (session, { group }) => weakrefGroup(session, group) },
  weakrefsOf: { need: "owners", answer: (session, { id }) => weakrefsOf(session, id) },
  object: { need: "owners", answer: (session, { id, ...options }) => object(session, id, options) },
  search: { need: "owners", answer: (session, { text, limit }) => search(session, text, limit) },
  cachesWith: {
    need: "owners",
    answer: async (session, { files }) =>
      files.length === 0 ? caches(session) : caches(session, await seriesOf(session, files)),
  },
  arenasWith: { need: "owners", answer: (session, { files }) => arenasWith(session, files) },
  arena: { need: "owners", answer: (session, { address }) => arena(session, address) },
  pool: { need: "owners", answer: (session, { address }) => pool(session, address) },
  compareWith: {
    need: "findings",
    answer: async (session, { files }) => comparison(await seriesOf(session, files), session),
  },
  why: { need: "families", answer: (session, { id, avoid }) => why(session, id, avoid) },
  families: { need: "families", answer: families },
  family: { need: "families", answer: (session, { family: index }) => family(session, index) },
  cut: { need: "cuts", answer: cutPreview },
  picture: { need: "families", answer: picture },
  pictureFile: { need: "families", answer: pictureFile },
  report: { need: "findings", answer: (session) => report(session) },
  reportText: { need: "findings", answer: reportText },
};

/** Answers questions about one snapshot. */
export class Answers {
  #session: Session | undefined;

  /**
   * Reads the file that all later questions are about.
   * @throws SnapshotError; an AbortError where the signal gave up
   */
  async open(file: string, options: Options): Promise<Info> {
    this.#session = await Session.open(file, options);
    return info(this.#session);
  }

  /**
   * The answer to a question.
   * @throws the errors of the queries; an AbortError where the signal gave up
   */
  async answer<Q extends Exclude<Question, "open">>(
    question: Q,
    params: Questions[Q]["params"],
    options: Options,
  ): Promise<Questions[Q]["answer"]> {
    if (!this.#session) throw new Error("no snapshot is open");
    const { need, answer }: Answerer<Q> = ANSWERERS[question];
    await prepare(this.#session, need, options.progress, options.signal);
    return answer(this.#session, params, options.signal);
  }
}
