// The results of a run on a workspace, stored for comparison with the next: results only, no resource. A file is accepted
// only in this exact shape. Pure.

import { type ProfileChoice, readProfile } from './assumption.ts';
import { auditedOf, countedIn, keptOutcomes, laterOutcomes, rollUpsIn } from './compare.ts';
import { isCounted, type Outcome, type Report } from './finding.ts';
import { isArray, isObject, type Json } from './json.ts';
import { type OutcomeTurn, outcomeTurn } from './outcome-turn.ts';
import { member } from './pointer.ts';
import { readRules, readUnread } from './reading.ts';

const schema = 'bastide/seen/v1';
/** The outcomes stored; a finding without one did not apply or did not exist. */
const outcomes = ['fail', 'unknown', 'pass'] as const;

export interface LastRun {
  /** When it was read; ISO 8601, UTC. */
  readonly at: string;
  readonly profile: ProfileChoice;
  /** By the id of the finding. */
  readonly verdicts: ReadonlyMap<string, Outcome>;
  /** Ids of resources and lists that could not be read, in lower case. */
  readonly unread?: readonly string[];
  /** Ids of the rules that were checked; absent in a file of an older version. */
  readonly rules?: readonly string[];
  /** Those that failed and only repeat others; absent where there is none. */
  readonly rollUps?: readonly string[];
}

/** Finding ids; unchanged findings are in none of these lists. */
export interface Since {
  /** Failed, and passes now. */
  readonly resolved: readonly string[];
  /** Fails now, and did not. */
  readonly introduced: readonly string[];
  /** Fails now, and its rule was not checked then; absent where there is none. */
  readonly found?: readonly string[];
  /** Fails now, and was unknown: whether it is new is not known; absent where there is none. */
  readonly learned?: readonly string[];
  /** Was known and is unknown now, or failed and could not be judged. */
  readonly unknown: readonly string[];
  /** Those of them that could not be judged: the audit does not hold them, and a read failed that may have hidden them. */
  readonly notJudged?: readonly string[];
  /** Failed and is not checked any more: its resource is deleted, or its rule is off or does not apply now. It was not fixed. */
  readonly gone: readonly string[];
  /** Those of all these that only repeat others, and are not counted. */
  readonly rollUps?: readonly string[];
}

type LaterAudit = Pick<Report, 'findings' | 'reading'> & Partial<Pick<Report, 'rules'>>;

export function lastRunOf({ findings, profile, reading, rules }: Report, at: string): LastRun {
  const rollUps = rollUpsIn({ findings });
  return {
    ...{ at, profile, rules },
    ...(reading.failed.length === 0 ? {} : { unread: reading.failed }),
    ...(rollUps.length === 0 ? {} : { rollUps }),
    verdicts: new Map(
      findings.filter(({ outcome }) => outcome !== 'notApplicable').map(({ id, outcome }) => [id, outcome]),
    ),
  };
}

export function sinceThen(
  { verdicts, unread = [], rules, rollUps: were = [] }: Omit<LastRun, 'at' | 'profile'>,
  report: LaterAudit,
): Since {
  const { findings } = report;
  const later = laterOutcomes({ failed: unread }, report);
  const was = keptOutcomes(verdicts, rules);
  const turn = (id: string): OutcomeTurn => outcomeTurn(was(id), auditedOf(later(id)));
  const having = (ids: readonly string[], ...wanted: readonly OutcomeTurn[]) =>
    ids.filter((id) => wanted.includes(turn(id)));
  const [before, after] = [[...verdicts.keys()], findings.map(({ id }) => id)];
  const notJudged = having(before, 'lost').filter((id) => later(id) === 'notJudged');
  const since = {
    resolved: having(before, 'resolved'),
    introduced: having(after, 'introduced'),
    // What was not checked before was not known either.
    unknown: [...having(after, 'lost', 'unread').filter((id) => verdicts.has(id)), ...notJudged],
    gone: having(before, 'gone', 'unchecked'),
  };
  const found = having(after, 'found').filter((id) => later(id) === 'fail');
  const learned = having(after, 'learned');
  const known = new Set([...Object.values(since).flat(), ...found, ...learned]);
  const now = findings.filter((one) => !isCounted(one)).map(({ id }) => id);
  const rollUps = [...new Set([...were, ...now])].filter((id) => known.has(id));
  return {
    ...since,
    ...(found.length === 0 ? {} : { found }),
    ...(learned.length === 0 ? {} : { learned }),
    ...(notJudged.length === 0 ? {} : { notJudged }),
    ...(rollUps.length === 0 ? {} : { rollUps }),
  };
}

/** `3 resolved, 1 new failing, 2 now unknown`; `no changes`. */
export function sinceWords({ resolved, introduced, found = [], learned = [], unknown, gone, rollUps }: Since): string {
  const parts = [
    [resolved, 'resolved'],
    [introduced, 'new failing'],
    [found, 'failing, not checked before'],
    [learned, 'failing, unknown before'],
    [unknown, 'now unknown'],
    [gone, 'no longer checked'],
  ] as const;
  const told = parts.flatMap(([ids, words]) => {
    const count = countedIn(ids, rollUps);
    return count > 0 ? [`${count} ${words}`] : [];
  });
  return told.length === 0 ? 'no changes' : told.join(', ');
}

export function lastRunJson({ at, profile, verdicts, unread = [], rules, rollUps = [] }: LastRun): Json {
  const having = (wanted: Outcome) => [...verdicts].filter(([, outcome]) => outcome === wanted).map(([id]) => id);
  return {
    ...{ schema, at, profile },
    ...Object.fromEntries(outcomes.map((outcome) => [outcome, having(outcome)])),
    ...(unread.length === 0 ? {} : { unread: [...unread] }),
    ...(rules === undefined ? {} : { rules: [...rules] }),
    ...(rollUps.length === 0 ? {} : { rollUps: [...rollUps] }),
  };
}

/** Undefined for any other shape. */
export function readLastRun(json: Json): LastRun | undefined {
  if (!isObject(json) || member(json, 'schema') !== schema) return undefined;
  const at = member(json, 'at');
  const profile = readProfile(member(json, 'profile'));
  if (typeof at !== 'string' || profile === undefined) return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(at) || Number.isNaN(Date.parse(at))) return undefined;
  const verdicts = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const ids = member(json, outcome);
    if (!isArray(ids)) return undefined;
    for (const id of ids) {
      // A duplicate id would have two outcomes.
      if (typeof id !== 'string' || id === '' || id.length > longest || verdicts.has(id)) return undefined;
      verdicts.set(id, outcome);
    }
  }
  const unread = readUnread(member(json, 'unread'));
  const rules = readRules(member(json, 'rules'));
  const rollUps = readUnread(member(json, 'rollUps'));
  if (unread === undefined || rules === undefined || rollUps === undefined) return undefined;
  return {
    at,
    profile,
    verdicts,
    ...(unread.length === 0 ? {} : { unread }),
    ...rules,
    ...(rollUps.length === 0 ? {} : { rollUps }),
  };
}

/** Characters; a rule's id and two of Azure's ids take less. */
const longest = 4096;
