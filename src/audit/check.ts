// One rule checked for its subjects: first whether it applies to the architecture, then the check itself. A check that needs
// what could not be read is unknown. Knows no rule by name.

import {
  architectureCases,
  architectureFor,
  architectureOf,
  possibleArchitectures,
  strategyOf,
} from '../facts/architecture.ts';
import { withoutHidden } from '../facts/lagging.ts';
import { inheritedFrom, isHubBased, ownWorkspace } from '../facts/links.ts';
import { isExceptionList, otherwiseWords, refusedBeside, supposedWorlds } from '../facts/supposed.ts';
import { refusedRead } from '../facts/unread.ts';
import type { Architecture, Profile } from '../model/assumption.ts';
import type { Evidence, Finding, Outcome, Severity } from '../model/finding.ts';
import { findingId, severities } from '../model/finding.ts';
import { valueAt } from '../model/pointer.ts';
import { attempt, readable } from '../model/readable.ts';
import { fold, isNamed, nameOf, sameId, typeOf } from '../model/resource-id.ts';
import { missingPermission, type ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean, counted } from '../model/text.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { unguarded } from '../model/unresolved.ts';
import type { CheckResult, Rule, RuleContext, Subject } from '../rules/rule.ts';

/** A result with the failed reads that made it unknown, and those that alone may make it hold where it fails without them. */
export interface CheckedResult extends CheckResult {
  readonly gaps: readonly string[];
  readonly unless?: readonly string[];
}

const words: Readonly<Record<Architecture, string>> = {
  'service-endpoint': 'service endpoints',
  'private-endpoint': 'private endpoints',
  'managed-network': 'a managed network',
};

function unknownFor({ gap }: UnreadableError, context: RuleContext): CheckedResult {
  const evidence: Evidence = gap.open
    ? { resource: gap.id, pointer: gap.open.pointer, value: gap.open.expression, note: 'could not be resolved' }
    : { resource: gap.id, pointer: '', value: gap.action, note: 'could not be read' };
  return { outcome: 'unknown', because: becauseOf(gap, context), evidence: [evidence], gaps: [gap.id] };
}

/** The reason, and the permission: missing where Azure said so, needed where nothing was asked. No permission brings what a file lacks. */
function becauseOf(gap: ReadFailure, { index }: RuleContext): string {
  const isFromFile = index.snapshot.source.kind === 'files' && index.snapshot.identity === null;
  if (isFromFile || gap.action === '' || gap.reason.includes(gap.action)) return gap.reason;
  if (missingPermission(gap) !== undefined) return `${gap.reason} Missing permission: ${gap.action}.`;
  return (gap.status ?? gap.code) === undefined ? `${gap.reason} Reading it needs ${gap.action}.` : gap.reason;
}

/** The result for this subject. What passes by a member that an older api-version does not show is unknown. */
export function checkSubject(rule: Rule, subject: Subject, context: RuleContext): CheckedResult {
  const checked = checkedWhole(rule, subject, context);
  const strict = isPassed(checked.outcome) ? withoutHidden(context.index) : undefined;
  if (strict === undefined) return checked;
  const again = checkedWhole(rule, subject, { ...context, index: strict });
  return again.outcome === 'unknown' ? again : checked;
}

/** A result; `isThrown`: reading for it failed; `unread`: what could not be read beside the subject, and left it unknown. */
interface Attempted {
  readonly found: CheckedResult;
  readonly isThrown?: true;
  readonly unread?: ReadFailure | undefined;
}

/** Only a UnreadableError is caught; anything else that a rule throws is a bug. */
function attemptedIn(rule: Rule, subject: Subject, context: RuleContext): Attempted {
  const about = [subject.resource, ...(subject.where === undefined ? [] : [subject.where])];
  const unreadIn = (ids: readonly string[]) =>
    ids.map((id) => refusedBeside(id, about, context.index)).find((one) => one);
  return attempt<Attempted, Attempted>(
    () => {
      const found = checkedIn(rule, subject, context);
      // Some rules say themselves what they could not read.
      const isOpen = found.outcome === 'unknown' && found.gaps.length === 0;
      const unread = isOpen ? unreadIn((found.evidence ?? []).map(({ resource }) => resource)) : undefined;
      return unread === undefined ? { found } : { found: { ...found, gaps: [unread.id] }, unread };
    },
    (error) => ({ found: unknownFor(error, context), isThrown: true, unread: unreadIn([error.gap.id]) }),
  );
}

function checkedWhole(rule: Rule, subject: Subject, context: RuleContext): CheckedResult {
  const attempted = attemptedIn(rule, subject, context);
  const { found, isThrown } = attempted;
  const inCases = isThrown && inEachCase(rule, subject, context, found);
  if (inCases) return inCases;
  const failing = failingWithout(rule, subject, context, attempted, []);
  return failing === undefined ? found : failsUnless(failing.found, failing.unless, found);
}

/** So many reads are supposed for one result. */
const mostSupposed = 4;

/**
 * Where lists, or resources beside the subject, could not be read: how it fails if they hold nothing or are not there. A failure stays
 * one where they are lists of exceptions alone; else the result is unknown, and says that it fails unless they show otherwise.
 */
function failingWithout(
  rule: Rule,
  subject: Subject,
  context: RuleContext,
  { found, unread }: Attempted,
  supposed: readonly string[],
): { readonly found: CheckedResult; readonly unless: readonly string[] } | undefined {
  if (unread === undefined || supposed.length === mostSupposed)
    return found.outcome === 'fail' && supposed.length > 0 ? { found, unless: supposed } : undefined;
  for (const index of supposedWorlds(unread.id, context.index)) {
    const own = { ...context, index };
    const failing = failingWithout(rule, subject, own, attemptedIn(rule, subject, own), [...supposed, unread.id]);
    if (failing !== undefined) return failing;
  }
  return undefined;
}

function failsUnless(found: CheckedResult, unless: readonly string[], unknown: CheckedResult): CheckedResult {
  const evidence = [...(found.evidence ?? []), ...(unknown.evidence ?? [])];
  if (unless.every(isExceptionList))
    return { ...found, because: `${found.because} Not read: ${unknown.because}`, evidence, unless };
  const severity = found.severity === undefined ? {} : { severity: found.severity };
  return {
    ...{ ...unknown, ...severity, evidence, unless },
    because: `${unknown.because} It fails unless that shows otherwise: ${found.because}`,
  };
}

function checkedIn(rule: Rule, subject: Subject, context: RuleContext): CheckedResult {
  const { index } = context;
  if (rule.notForHubs !== undefined && isHubBased(index)) return outsideHubs(rule.notForHubs, index);
  const outside = outsideOf(rule, subject, index);
  if (outside) return outsideLetters(rule, subject, outside, context);
  if (subject.unread !== undefined) throw new UnreadableError(subject.unread);
  const verdict = rule.check(subject, context);
  return { ...verdict, evidence: (verdict.evidence ?? []).map(shownWhole), gaps: [] };
}

/**
 * Where the architecture is not known: the result, where it is the same for every architecture that is possible; unknown, where it fails
 * for some. Undefined where none of them says more.
 */
function inEachCase(
  rule: Rule,
  subject: Subject,
  context: RuleContext,
  unknown: CheckedResult,
): CheckedResult | undefined {
  const cases = architectureCases(subject.resource, context.index);
  const results = cases.map((index) => {
    const own = { ...context, index };
    return attempt(
      () => ({ ...checkedIn(rule, subject, own), isInside: outsideOf(rule, subject, index) === undefined }),
      () => undefined,
    );
  });
  const [first] = results;
  const failing = results.find((one) => one?.outcome === 'fail');
  if (failing && results.some((one) => one?.outcome !== 'fail')) return failsUnless(failing, unknown.gaps, unknown);
  if (!first || first.outcome === 'unknown' || results.some((one) => one?.outcome !== first.outcome)) return undefined;
  // A result that only says whom the rule is for says nothing of this workspace.
  const telling = results.flatMap((one) => (one?.isInside ? [one] : []));
  const named = rule.for.map((one) => words[one]).join(' and ');
  const because =
    telling.length === 0
      ? `Applies only to ${named}, which ${clean(nameOf(subject.resource), 120)} does not use.`
      : [...new Set(telling.map((one) => one.because))].join(' ');
  const evidence = telling.flatMap((one) => one.evidence ?? []);
  const severity = severities.findLast((level) => telling.some((one) => (one.severity ?? rule.severity) === level));
  return {
    outcome: first.outcome,
    because,
    evidence: [...new Map(evidence.map((item) => [JSON.stringify(item), item])).values()],
    ...(severity === undefined ? {} : { severity }),
    gaps: [],
  };
}

function outsideHubs(reason: string, index: SnapshotIndex): CheckedResult {
  const own = ownWorkspace(index);
  const evidence = own
    ? [{ resource: own.id, pointer: '/kind', value: valueAt(own.body, '/kind') ?? null, note: 'kind' }]
    : [];
  return { outcome: 'notApplicable', because: reason, evidence, gaps: [] };
}

/** What a project inherits is found at its hub, and says so. */
function inheritedNote({ resource }: Subject, { index }: RuleContext): string {
  const hub = inheritedFrom(index);
  return hub !== undefined && sameId(hub, resource)
    ? ` Inherited by project ${clean(nameOf(index.snapshot.workspace ?? ''), 120)}.`
    : '';
}

const eitherEndpoint: readonly Architecture[] = ['service-endpoint', 'private-endpoint'];

/**
 * The architecture of the subject, where the rule does not apply to it. Throws UnreadableError where that depends on what was not
 * read.
 */
function outsideOf(rule: Rule, subject: Subject, index: SnapshotIndex): Architecture | undefined {
  // It applies whichever it is: what was not read decides nothing.
  const possible = possibleArchitectures(index);
  const isManaged = possible.length === 1 && possible[0] === 'managed-network';
  const bySubject: readonly Architecture[] = rule.strategyScope === 'subject' && !isManaged ? eitherEndpoint : [];
  const all = [...possible, ...bySubject];
  if (all.every((one) => rule.for.includes(one))) return undefined;
  if (subject.unread !== undefined) return all.some((one) => rule.for.includes(one)) ? undefined : possible[0];
  const follows = rule.strategyScope === 'subject' ? strategyOf(subject.resource, index) : architectureFor(index);
  return rule.for.includes(follows) ? undefined : follows;
}

/**
 * Why a rule no longer applies to its subject once a managed network is on, which cannot be turned off; undefined where it still
 * applies, or that is not known.
 */
export function outOfScopeReason(rule: Rule, subject: Subject, context: RuleContext): string | undefined {
  return attempt(
    () => {
      const follows = outsideOf(rule, subject, context.index);
      return follows === 'managed-network' ? outsideLetters(rule, subject, follows, context).because : undefined;
    },
    () => undefined,
  );
}

/** Evidence may contain an expression that could not be resolved: the expression itself is shown. */
const shownWhole = (item: Evidence): Evidence => {
  const value = unguarded(item.value);
  return value === item.value ? item : { ...item, value };
};

function outsideLetters(rule: Rule, subject: Subject, follows: Architecture, { index }: RuleContext): CheckedResult {
  const who = rule.strategyScope === 'subject' ? clean(nameOf(subject.resource), 120) : 'the workspace';
  const instead = rule.instead === undefined ? '' : ` (see ${rule.instead})`;
  const { votes, by } = architectureOf(index);
  return {
    outcome: 'notApplicable',
    because: `Applies only to ${rule.for.map((one) => words[one]).join(' and ')}; ${who} uses ${words[follows]}${instead}.`,
    evidence: [
      ...votes.map(({ resource, vote }) => ({
        resource,
        pointer: '',
        value: vote,
        note: 'architecture of this resource',
      })),
      { resource: subject.resource, pointer: '', value: follows, note: architectureNote(votes, follows, by) },
    ],
    gaps: [],
  };
}

const scopeNote = 'architecture, ';
/** The architecture for which the rule of a finding does not apply; undefined where it applies, or another reason decides. */
export function replacedBy({ outcome, evidence }: Finding): Architecture | undefined {
  const found = outcome === 'notApplicable' ? evidence.find(({ note }) => note.startsWith(scopeNote)) : undefined;
  return (Object.keys(words) as Architecture[]).find((architecture) => architecture === found?.value);
}

/** Where the architecture comes from: an assumption, or what most resources use. */
function architectureNote(
  votes: ReturnType<typeof architectureOf>['votes'],
  follows: Architecture,
  by: string,
): string {
  if (by !== 'votes') return `${scopeNote}from: ${by === 'intent' ? 'assumption' : by}`;
  const known = votes.filter(({ vote }) => vote !== null);
  const same = known.filter(({ vote }) => vote === follows);
  return `${scopeNote}inferred from ${same.length} of ${counted(known.length, 'resource')}`;
}

/** What a rule is checked for; where that could not be read, the finding that says so. */
export function subjectsOf(rule: Rule, context: RuleContext): readonly Subject[] | Finding {
  const subjects = readable(() => rule.subjects(context));
  if (subjects.state === 'known') return withHidden(rule, subjects.value, context);
  const failing = failingSubjects(rule, subjects.error, context);
  const { workspace } = context.index.snapshot;
  return failing.length === 0 || workspace === null
    ? unreadSubjects(rule, subjects.error, context)
    : [{ resource: workspace, unread: subjects.error.gap }, ...failing];
}

/** Where a list could not be read: subjects that do not depend on its members, and fail, or do unless it shows otherwise. */
function failingSubjects(rule: Rule, { gap }: UnreadableError, context: RuleContext): Subject[] {
  const worlds =
    isNamed(gap.id) || refusedRead(gap.id, context.index) === undefined ? [] : supposedWorlds(gap.id, context.index);
  return worlds.flatMap((index) => {
    const found = attempt(
      () => rule.subjects({ ...context, index }),
      () => [],
    );
    return found.filter((subject) => {
      if (sameId(subject.resource, context.index.snapshot.workspace)) return false;
      const { outcome, unless } = checkSubject(rule, subject, context);
      return outcome === 'fail' || unless !== undefined;
    });
  });
}

/** With one that stands for those that a failed read may hide. A check of the workspace itself reads what it needs. */
function withHidden(rule: Rule, subjects: readonly Subject[], context: RuleContext): readonly Subject[] {
  // What a file leaves open is the matter of each check.
  const unread =
    attempt(
      () => rule.unread?.(context),
      () => undefined,
    ) ?? hiddenSubjects(rule, context);
  if (unread === undefined) return subjects;
  const resource = context.index.snapshot.workspace ?? unread.id;
  const isWhole = (one: Subject): boolean => one.where === undefined && sameId(one.resource, resource);
  if (sameId(typeOf(resource), rule.about) && subjects.some(isWhole)) return subjects;
  return [...subjects.filter((one) => !isWhole(one)), { resource, unread }];
}

/** Where a member that an older api-version does not show decides who the subjects are. */
function hiddenSubjects(rule: Rule, context: RuleContext): ReadFailure | undefined {
  const strict = withoutHidden(context.index);
  if (strict === undefined) return undefined;
  const subjects = readable(() => rule.subjects({ ...context, index: strict }));
  return subjects.state === 'known' ? undefined : subjects.error.gap;
}

/** One finding per subject of a rule. `isWanted`: only of these outcomes. */
export function findingsOf(
  rule: Rule,
  context: RuleContext,
  given: readonly Subject[] | Finding = subjectsOf(rule, context),
  isWanted: (outcome: Outcome) => boolean = () => true,
): Finding[] {
  if ('outcome' in given) return isWanted(given.outcome) ? [given] : [];
  const seen = new Set<string>();
  const noting = profileNoting(context);
  return given.flatMap((subject) => {
    const id = findingId(rule.id, subject.resource, subject.where);
    if (seen.has(id)) return [];
    seen.add(id);
    const checked = noting.during((noted) => checkSubject(rule, subject, noted));
    return isWanted(checked.outcome) ? [findingOf(rule, subject, checked, context, noting.isRead())] : [];
  });
}

/** The context, and whether a check read its profile: where it did not, its result is that of every profile. */
function profileNoting({ profile, ...rest }: RuleContext) {
  let isRead = false;
  const noted: RuleContext = {
    ...rest,
    get profile() {
      isRead = true;
      return profile;
    },
  };
  return {
    isRead: () => isRead,
    during<T>(check: (context: RuleContext) => T): T {
      isRead = false;
      return check(noted);
    },
  };
}

/** The subjects themselves could not be read: one finding, for the workspace where there is one. */
function unreadSubjects(rule: Rule, error: UnreadableError, context: RuleContext): Finding {
  const subject = { resource: context.index.snapshot.workspace ?? error.gap.id };
  const { answer } = architectureOf(context.index);
  const silent = rule.strategyScope === 'workspace' && answer !== 'unknown' && !rule.for.includes(answer);
  const checked = silent ? outsideLetters(rule, subject, answer, context) : unknownFor(error, context);
  return { ...finding(rule, subject, checked), profiles: [...rule.profiles] };
}

/**
 * `all`: today's outcome decides; that of the 2020 article, where it differs, is a note. `byProfile`: may another profile have
 * another outcome?
 */
export function findingOf(
  rule: Rule,
  subject: Subject,
  checked: CheckedResult,
  context: RuleContext,
  byProfile = true,
): Finding {
  const notes: Evidence[] = [];
  const agreeing = rule.profiles.filter((profile: Profile) => {
    if (profile === context.profile || !byProfile) return true;
    const own = checkSubject(rule, subject, { ...context, profile });
    if (own.outcome === checked.outcome) return true;
    if (profile === 'article-2020' && context.profile === 'all') {
      notes.push({
        resource: subject.resource,
        pointer: '',
        value: own.outcome,
        note: `in Microsoft's 2020 article: ${own.because}`,
      });
    }
    return false;
  });
  const made = finding(rule, subject, { ...checked, because: `${checked.because}${inheritedNote(subject, context)}` });
  return {
    ...made,
    profiles: agreeing.length === rule.profiles.length ? rule.profiles : agreeing,
    evidence: notes.length === 0 ? made.evidence : [...made.evidence, ...notes],
  };
}

function finding(rule: Rule, subject: Subject, checked: CheckedResult): Finding {
  return {
    id: findingId(rule.id, subject.resource, subject.where),
    rule: rule.id,
    title: rule.title,
    problem: checked.unless === undefined ? rule.problem : `${rule.problem}, unless ${otherwiseWords(checked.unless)}`,
    severity: milder(rule.severity, checked.severity),
    profiles: [],
    outcome: checked.outcome,
    resource: subject.resource,
    where: subject.where ?? null,
    because: flat(checked.because),
    evidence: checked.evidence ?? [],
    fix: fixOf(rule),
    gaps: checked.gaps.length === 0 ? none : checked.gaps,
    ...(checked.unless === undefined ? {} : { unless: checked.unless }),
    ...(checked.unset === undefined ? {} : { unset: checked.unset }),
  };
}

/**
 * The same text as one piece: put together from many it takes several times the memory as long as nothing reads it. What is read
 * decides, or the compiler leaves the reading out.
 */
const flat = (text: string): string => (text.charCodeAt(0) === 0 ? text.slice() : text);

// Tens of thousands of findings share what is the same in all.
const none: readonly never[] = [];
const fixes = new WeakMap<Rule, Finding['fix']>();
function fixOf(rule: Rule): Finding['fix'] {
  const known = fixes.get(rule) ?? { kind: rule.fixKind, undo: rule.undo };
  fixes.set(rule, known);
  return known;
}

/** The rule's severity is the ceiling. */
const milder = (ceiling: Severity, own: Severity | undefined): Severity =>
  own !== undefined && severities.indexOf(own) > severities.indexOf(ceiling) ? own : ceiling;

/** What counts as a passed gate: not applicable does. */
export const isPassed = (outcome: Outcome): boolean => outcome === 'pass' || outcome === 'notApplicable';

/** Whether the finding is about this resource, as its subject or as its `where`. */
export const isAbout = (one: Finding, resource: string): boolean =>
  fold(one.resource) === fold(resource) || (one.where !== null && fold(one.where) === fold(resource));
