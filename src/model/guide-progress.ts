// Progress of a guided session through the findings of one workspace, for resuming after a dropped connection. Pure; the
// history stores it.
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { member } from './pointer.ts';

export interface GuideProgress {
  /** ISO 8601, UTC. */
  readonly since: string;
  /** The last finding shown; null before the first. */
  readonly at: string | null;
  /** Answers for findings that are not fixed yet, by finding and name. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Findings that the operator skipped. */
  readonly skipped: readonly string[];
  /** Findings shown while nothing could be sent. */
  readonly seen: readonly string[];
  readonly done: readonly DoneFinding[];
  /** The changes in progress: on disk before the first write. */
  readonly acting: { readonly finding: string; readonly since: string } | null;
}

export interface DoneFinding {
  readonly finding: string;
  /** The history entry that fixed it; null where nothing had to be sent. */
  readonly entry: string | null;
  /** Id of the problem that it was a part of; absent in files of earlier versions. */
  readonly problem?: string;
}

export const freshProgress = (since: string): GuideProgress => ({
  since,
  at: null,
  answers: {},
  skipped: [],
  seen: [],
  done: [],
  acting: null,
});

/** Is there progress worth resuming? */
export const isBegun = ({ at, skipped, seen, done, acting }: GuideProgress): boolean =>
  at !== null || acting !== null || skipped.length + seen.length + done.length > 0;

/** The finding is being shown. */
export const shownAt = (progress: GuideProgress, finding: string): GuideProgress =>
  progress.at === finding ? progress : { ...progress, at: finding };

export const withAnswer = (progress: GuideProgress, finding: string, name: string, value: string): GuideProgress => ({
  ...progress,
  answers: { ...progress.answers, [finding]: { ...progress.answers[finding], [name]: value } },
});
export const withoutAnswers = (progress: GuideProgress, findings: readonly string[]): GuideProgress => ({
  ...progress,
  answers: Object.fromEntries(Object.entries(progress.answers).filter(([finding]) => !findings.includes(finding))),
});
/** No change is in progress any more, and none took effect. */
export const endedWithout = (progress: GuideProgress): GuideProgress => ({ ...progress, acting: null });

export const withSkipped = (progress: GuideProgress, finding: string): GuideProgress => ({
  ...progress,
  skipped: [...progress.skipped.filter((one) => one !== finding), finding],
});

export const withSeen = (progress: GuideProgress, finding: string): GuideProgress => ({
  ...progress,
  seen: [...progress.seen.filter((one) => one !== finding), finding],
});

/** The changes about to be sent. */
export const actingOn = (progress: GuideProgress, finding: string, since: string): GuideProgress => ({
  ...progress,
  acting: { finding, since },
});

/** No change is in progress any more; the entry fixed these findings. */
export const settledWith = (
  progress: GuideProgress,
  findings: readonly string[],
  entry: string | null,
  problemOf: ReadonlyMap<string, string> = new Map(),
): GuideProgress => ({
  ...withoutAnswers(progress, findings),
  acting: null,
  skipped: progress.skipped.filter((one) => !findings.includes(one)),
  done: [
    ...progress.done.filter(({ finding }) => !findings.includes(finding)),
    ...findings.map((finding) => {
      const problem = problemOf.get(finding);
      return { finding, entry, ...(problem === undefined ? {} : { problem }) };
    }),
  ],
});

/** An entry was undone: the findings it had fixed are skipped for the rest of this session. */
export function undone(progress: GuideProgress, entry: string): GuideProgress {
  const back = progress.done.filter((one) => one.entry === entry).map(({ finding }) => finding);
  return {
    ...progress,
    done: progress.done.filter((one) => one.entry !== entry),
    skipped: [...progress.skipped.filter((one) => !back.includes(one)), ...back],
  };
}

const names = ['since', 'at', 'answers', 'skipped', 'seen', 'done', 'acting'] as const;

/** Progress from its stored JSON; undefined where that is invalid. */
export function readProgress(json: Json): GuideProgress | undefined {
  if (!isObject(json)) return undefined;
  const [since, at, answers, skipped, seen, done, acting] = names.map((name) => member(json, name));
  const read = {
    since: isDate(since) ? since : undefined,
    at: at === null || typeof at === 'string' ? at : undefined,
    answers: isObject(answers) ? answersOf(answers) : undefined,
    skipped: textListOf(skipped),
    seen: textListOf(seen),
    done: isArray(done) ? doneIn(done) : undefined,
    acting: acting === null ? null : isObject(acting) ? actingIn(acting) : undefined,
  };
  return Object.values(read).includes(undefined) ? undefined : (read as GuideProgress);
}

const isDate = (value: Json | undefined): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));

const textListOf = (value: Json | undefined): string[] | undefined =>
  isArray(value) && value.every((one) => typeof one === 'string') ? (value as string[]) : undefined;

function answersOf(object: JsonObject): Record<string, Record<string, string>> | undefined {
  const found: Record<string, Record<string, string>> = {};
  for (const [finding, given] of Object.entries(object)) {
    const texts = isObject(given) ? textsOf(given) : undefined;
    if (texts === undefined) return undefined;
    found[finding] = texts;
  }
  return found;
}

function textsOf(object: JsonObject): Record<string, string> | undefined {
  const entries = Object.entries(object);
  return entries.every((pair): pair is [string, string] => typeof pair[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined;
}

function doneIn(list: readonly Json[]): DoneFinding[] | undefined {
  const found = list.map((one) => {
    const [finding, entry, problem] = ['finding', 'entry', 'problem'].map((name) =>
      isObject(one) ? member(one, name) : undefined,
    );
    if (typeof finding !== 'string' || (entry !== null && typeof entry !== 'string')) return undefined;
    if (problem !== undefined && typeof problem !== 'string') return undefined;
    return { finding, entry, ...(problem === undefined ? {} : { problem }) };
  });
  return found.every((one) => one !== undefined) ? found : undefined;
}

function actingIn(object: JsonObject): GuideProgress['acting'] | undefined {
  const [finding, since] = [member(object, 'finding'), member(object, 'since')];
  return typeof finding === 'string' && isDate(since) ? { finding, since } : undefined;
}
