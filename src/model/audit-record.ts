// One audit of a workspace as it is kept: time, numbers, ids of what failed or was unknown; no resource. And what one audit says
// beside another. A record is read only in this exact shape. Pure.
import { type ProfileChoice, readProfile } from './assumption.ts';
import { checkedBy, keptOutcomes, type LaterReport, laterOutcomes, rollUpsIn } from './compare.ts';
import { eachSeverity, type Finding, isAccepted, isCounted, isOpen, type Severity } from './finding.ts';
import { isArray, isObject, type Json } from './json.ts';
import { type AuditedOutcome, type OutcomeTurn, outcomeTurn } from './outcome-turn.ts';
import { member } from './pointer.ts';
import type { ProblemReport } from './problem.ts';
import { readRules, readUnread } from './reading.ts';

const schema = 'bastide/audit/v1';

export interface AuditRecord {
  /** When the workspace was read; ISO 8601, UTC. */
  readonly at: string;
  readonly profile: ProfileChoice;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly accepted: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Ids of findings that failed and were not accepted; roll-ups are among them. */
  readonly failing: readonly string[];
  readonly unknowns: readonly string[];
  /** Ids of findings that failed and were accepted. */
  readonly acceptances: readonly string[];
  /** Ids of problems that were not accepted. */
  readonly problems: readonly string[];
  /** Ids of resources and lists that could not be read, in lower case. */
  readonly unread?: readonly string[];
  /**
   * Of what was open in the audit before it: ids that could not be judged, because a read failed that may have hidden them. Absent in a
   * record of an older version.
   */
  readonly notJudged?: readonly string[];
  /** Ids of the rules that were checked; absent in a record of an older version. */
  readonly rules?: readonly string[];
  /** Those of what failed that only repeat others, and are not counted; absent where there is none. */
  readonly rollUps?: readonly string[];
}

/** `earlier`: the record before it. */
export const auditRecord = (report: ProblemReport, at: string, earlier: AuditRecord | undefined): AuditRecord => {
  const { failed } = report.reading;
  return {
    ...recordOf(report, at),
    ...(failed.length === 0 ? {} : { unread: failed }),
    notJudged: earlier === undefined ? [] : notJudgedIn(earlier, report),
  };
};

/** What was open in an audit, and of which a later one says nothing. */
function notJudgedIn({ failing, unknowns, acceptances, unread = [] }: AuditRecord, later: LaterReport): string[] {
  const outcome = laterOutcomes({ failed: unread }, later);
  return [...failing, ...acceptances, ...unknowns].filter((id) => outcome(id) === 'notJudged');
}

const recordOf = ({ profile, summary, findings, problems, rules }: ProblemReport, at: string): AuditRecord => ({
  ...{ at, profile, rules },
  rollUps: rollUpsIn({ findings }),
  pass: summary.pass,
  fail: summary.fail,
  unknown: summary.unknown,
  accepted: summary.accepted,
  bySeverity: summary.bySeverity,
  failing: findings.filter((one) => one.outcome === 'fail' && !isAccepted(one)).map(({ id }) => id),
  acceptances: findings.filter(isAccepted).map(({ id }) => id),
  unknowns: findings.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id),
  problems: problems.filter(({ accepted }) => accepted === null).map(({ id }) => id),
});

export const auditRecordJson = ({
  failing,
  unknowns,
  acceptances,
  problems,
  bySeverity,
  unread,
  notJudged,
  rules,
  rollUps = [],
  ...rest
}: AuditRecord): Json => ({
  schema,
  ...rest,
  bySeverity: { ...bySeverity },
  failing: [...failing],
  unknowns: [...unknowns],
  acceptances: [...acceptances],
  problems: [...problems],
  ...(unread === undefined ? {} : { unread: [...unread] }),
  ...(notJudged === undefined ? {} : { notJudged: [...notJudged] }),
  ...(rules === undefined ? {} : { rules: [...rules] }),
  ...(rollUps.length === 0 ? {} : { rollUps: [...rollUps] }),
});

/** Undefined for any other shape. */
export function readAuditRecord(json: Json): AuditRecord | undefined {
  if (!isObject(json) || member(json, 'schema') !== schema) return undefined;
  const at = member(json, 'at');
  const profile = readProfile(member(json, 'profile'));
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(at)) return undefined;
  if (profile === undefined || Number.isNaN(Date.parse(at))) return undefined;
  const numbers = member(json, 'bySeverity');
  const [pass, fail, unknown, accepted] = ['pass', 'fail', 'unknown', 'accepted'].map((name) =>
    count(member(json, name)),
  );
  const bySeverity = eachSeverity((severity) => count(isObject(numbers) ? member(numbers, severity) : undefined));
  const [failing, unknowns, acceptances, problems] = ['failing', 'unknowns', 'acceptances', 'problems'].map((name) =>
    idsOf(member(json, name)),
  );
  if (pass === undefined || fail === undefined || unknown === undefined || accepted === undefined) return undefined;
  if (failing === undefined || unknowns === undefined || acceptances === undefined || problems === undefined)
    return undefined;
  if (Object.values(bySeverity).includes(undefined)) return undefined;
  const unread = readUnread(member(json, 'unread'));
  const isNotJudgedKept = member(json, 'notJudged') !== undefined;
  const notJudged = isNotJudgedKept ? idsOf(member(json, 'notJudged')) : [];
  const rules = readRules(member(json, 'rules'));
  const rollUps = readUnread(member(json, 'rollUps'));
  if (unread === undefined || notJudged === undefined || rules === undefined || rollUps === undefined) return undefined;
  return {
    ...{ at, profile, pass, fail, unknown, accepted, failing, unknowns, acceptances, problems },
    bySeverity: eachSeverity((severity) => bySeverity[severity] ?? 0),
    ...(unread.length === 0 ? {} : { unread }),
    ...(isNotJudgedKept ? { notJudged } : {}),
    ...rules,
    ...(rollUps.length === 0 ? {} : { rollUps }),
  };
}

const count = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Characters; a rule's id and two of Azure's ids take less. */
const longest = 4096;
const idsOf = (value: Json | undefined): string[] | undefined =>
  isArray(value) && value.every((one) => typeof one === 'string' && one !== '' && one.length <= longest)
    ? (value as string[])
    : undefined;

/** What an earlier audit says, whether it is a record or the JSON of an audit. */
export type EarlierAudit = Pick<AuditRecord, 'failing' | 'unknowns' | 'rules'>;
type Compared = Pick<AuditRecord, 'failing' | 'unknowns' | 'acceptances' | 'notJudged' | 'rules' | 'rollUps'>;

/** Is it new since then? It fails and did not, or it is unknown and neither failed nor was unknown. */
export function newSince(earlier: EarlierAudit): (finding: Finding) => boolean {
  const before = keptOutcomes(outcomesOf(earlier), earlier.rules);
  return ({ id, outcome }) => ['introduced', 'unread'].includes(outcomeTurn(before(id), outcome));
}

/** By id; what passed is not recorded. */
const outcomesOf = ({ failing, unknowns, acceptances = [] }: EarlierAudit & Partial<Compared>) =>
  new Map<string, AuditedOutcome>([
    ...acceptances.map((id) => [id, 'accepted'] as const),
    ...unknowns.map((id) => [id, 'unknown'] as const),
    ...failing.map((id) => [id, 'fail'] as const),
  ]);

/** Does it fail or is unknown, and was its rule not checked in an earlier audit? Whether it is new is not known. */
export function firstCheckedSince({ rules }: EarlierAudit): (finding: Finding) => boolean {
  const wasChecked = checkedBy(rules);
  return (finding) => isOpen(finding) && isCounted(finding) && !wasChecked(finding.id);
}

/** Does it fail, and was unknown in an earlier audit? Whether it is new is not known. */
export function learnedSince({ unknowns }: EarlierAudit): (finding: Finding) => boolean {
  const were = new Set(unknowns);
  return (finding) => finding.outcome === 'fail' && !isAccepted(finding) && isCounted(finding) && were.has(finding.id);
}

/** The report with its findings marked that are new since an earlier audit; without one, none is. */
export function withNews(report: ProblemReport, earlier: EarlierAudit | undefined): ProblemReport {
  if (earlier === undefined) return report;
  const isNew = newSince(earlier);
  const findings = report.findings.map((one) =>
    isNew(one) && one.outcome === 'fail' && isCounted(one) ? { ...one, isNew: true as const } : one,
  );
  return { ...report, findings };
}

/** What has changed between an audit and the one before it. */
export interface AuditChange {
  readonly introduced: readonly string[];
  /** Fails, and its rule was not checked then; absent where there is none. */
  readonly found?: readonly string[];
  /** Fails, and was unknown then: whether it is new is not known; absent where there is none. */
  readonly learned?: readonly string[];
  /** Failed then, and its rule was checked and it neither fails, is unknown nor is accepted: it passes, or its resource is gone. */
  readonly resolved: readonly string[];
  /** Failed then, and its rule was not checked; absent where there is none. */
  readonly unchecked?: readonly string[];
  /** Failed then, and is unknown now or could not be judged; absent where there is none. */
  readonly unknown?: readonly string[];
  /** Those of all these that only repeat others, and are not counted; absent where there is none. */
  readonly rollUps?: readonly string[];
}

export function changeBetween(earlier: Compared, later: Compared): AuditChange {
  const before = keptOutcomes(outcomesOf(earlier), earlier.rules);
  const after = keptOutcomes(outcomesOf(later), later.rules);
  const isHidden = hiddenIn(later);
  const turn = (id: string) => outcomeTurn(before(id), after(id) ?? (isHidden(id) ? 'notJudged' : undefined));
  const having = (ids: readonly string[], wanted: OutcomeTurn) => ids.filter((id) => turn(id) === wanted);
  const change = {
    introduced: having(later.failing, 'introduced'),
    // A record does not tell what passes from what is gone.
    resolved: having(earlier.failing, 'gone'),
  };
  const rest = {
    found: having(later.failing, 'found'),
    learned: having(later.failing, 'learned'),
    unchecked: having(earlier.failing, 'unchecked'),
    unknown: having(earlier.failing, 'lost'),
  };
  const told = new Set([...Object.values(change), ...Object.values(rest)].flat());
  const rollUps = [...new Set([...(earlier.rollUps ?? []), ...(later.rollUps ?? [])])].filter((id) => told.has(id));
  const some = Object.entries({ ...rest, rollUps }).filter(([, ids]) => ids.length > 0);
  return { ...change, ...Object.fromEntries(some) };
}

/**
 * May what is not in a record be behind a read that failed? A record says so of what was open in the one before it. One of an older
 * version says it of nothing: where it has unknown findings, reads failed.
 */
function hiddenIn({ notJudged, unknowns }: Compared): (id: string) => boolean {
  if (notJudged === undefined) return () => unknowns.length > 0;
  const ids = new Set(notJudged);
  return (id) => ids.has(id);
}

/** An audit each so many milliseconds is kept though it says the same. */
const sameFor = 3_600_000;

/** Does it say anything else than the last one, or is that an hour ago? For audits that run by themselves. */
export function isNews(records: readonly AuditRecord[], record: AuditRecord): boolean {
  const last = records.findLast(({ profile }) => profile === record.profile);
  if (last === undefined || Date.parse(record.at) - Date.parse(last.at) >= sameFor) return true;
  const said = ({ failing, unknowns, acceptances }: AuditRecord): string =>
    JSON.stringify([failing, unknowns, acceptances]);
  return said(last) !== said(record);
}

/** Were the same rules checked? Of an older version that is not known, and taken for so. */
export const isSameRules = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one === undefined || other === undefined || new Set(one).symmetricDifference(new Set(other)).size === 0;

export interface TrendPoint extends AuditRecord {
  /** Since the audit before it; null for the first. */
  readonly change: AuditChange | null;
}

/** Audits of one profile in the order in which they were kept, whatever the clock said, each with what changed in it. */
export function auditTrend(records: readonly AuditRecord[], profile: ProfileChoice): TrendPoint[] {
  const own = records.filter((one) => one.profile === profile);
  return own.map((record, at) => {
    const before = own[at - 1];
    return { ...record, change: before === undefined ? null : changeBetween(before, record) };
  });
}
