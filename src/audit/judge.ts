// One rule checked for its subjects: first whether it applies to the architecture, then the check itself. A check that needs
// what could not be read is unknown. Knows no rule by name.
import type { Evidence, Finding, Outcome, Severity } from '../model/finding.ts';
import { findingId, severities } from '../model/finding.ts';
import type { Architecture, Profile } from '../model/intent.ts';
import { attempt, readable } from '../model/readable.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { unguarded } from '../model/unresolved.ts';
import type { GapRead, World } from '../model/world.ts';
import { architectureFor, architectureOf, notKnown, strategyOf } from '../posture/architecture.ts';
import type { Judgement, Rule, Subject, Verdict } from '../rules/rule.ts';

/** A result with the failed reads that made it unknown. */
export interface Judged extends Verdict {
  readonly gaps: readonly string[];
}

const words: Readonly<Record<Architecture, string>> = {
  'service-endpoint': 'service endpoints',
  'private-endpoint': 'private endpoints',
  'managed-network': 'a managed network',
};

function unknownFor({ gap }: GapRead): Judged {
  const evidence: Evidence = gap.open
    ? { resource: gap.id, pointer: gap.open.pointer, value: gap.open.expression, note: 'could not be resolved' }
    : { resource: gap.id, pointer: '', value: gap.action, note: 'could not be read' };
  const because = gap.action === '' ? gap.reason : `${gap.reason} Missing permission: ${gap.action}.`;
  return { outcome: 'unknown', because, evidence: [evidence], gaps: [gap.id] };
}

/** The result for this subject. Only a GapRead is caught; anything else that a rule throws is a bug. */
export function judge(rule: Rule, subject: Subject, judgement: Judgement): Judged {
  const { world } = judgement;
  return attempt(() => {
    const outside = rule.for.length < everyArchitecture ? outsideOf(rule, subject, world) : undefined;
    if (outside) return outsideLetters(rule, subject, outside, judgement);
    const verdict = rule.check(subject, judgement);
    return { ...verdict, evidence: (verdict.evidence ?? []).map(shownWhole), gaps: [] };
  }, unknownFor);
}

const everyArchitecture = Object.keys(words).length;

/** The architecture of the subject, where the rule does not apply to it. */
function outsideOf(rule: Rule, subject: Subject, world: World): Architecture | undefined {
  const follows = rule.letters === 'subject' ? strategyOf(subject.resource, world) : architectureFor(world);
  return rule.for.includes(follows) ? undefined : follows;
}

/**
 * Why a rule no longer applies to its subject once a managed network is on, which cannot be turned off; undefined where it still
 * applies, or that is not known.
 */
export function silenced(rule: Rule, subject: Subject, judgement: Judgement): string | undefined {
  return attempt(
    () => {
      const follows = outsideOf(rule, subject, judgement.world);
      return follows === 'managed-network' ? outsideLetters(rule, subject, follows, judgement).because : undefined;
    },
    () => undefined,
  );
}

/** Evidence may contain an expression that could not be resolved: the expression itself is shown. */
const shownWhole = (item: Evidence): Evidence => ({ ...item, value: unguarded(item.value) });

function outsideLetters(rule: Rule, subject: Subject, follows: Architecture, { world }: Judgement): Judged {
  const who = rule.letters === 'subject' ? clean(nameOf(subject.resource), 120) : 'the workspace';
  const instead = rule.instead === undefined ? '' : ` (see ${rule.instead})`;
  const { votes, by } = architectureOf(world);
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

/** Where the architecture comes from: an assumption, or what most resources use. */
function architectureNote(
  votes: ReturnType<typeof architectureOf>['votes'],
  follows: Architecture,
  by: string,
): string {
  if (by !== 'votes') return `architecture, from: ${by === 'intent' ? 'assumption' : by}`;
  const known = votes.filter(({ vote }) => vote !== null);
  const same = known.filter(({ vote }) => vote === follows);
  return `architecture, inferred from ${same.length} of ${known.length} resources`;
}

/** One finding per subject of a rule. */
export function findingsOf(rule: Rule, judgement: Judgement): Finding[] {
  const subjects = readable(() => rule.subjects(judgement));
  if (subjects.state === 'unreadable') return [unreadSubjects(rule, subjects.error, judgement)];
  const seen = new Set<string>();
  return subjects.value.flatMap((subject) => {
    const id = findingId(rule.id, subject.resource, subject.where);
    if (seen.has(id)) return [];
    seen.add(id);
    return [findingOf(rule, subject, judge(rule, subject, judgement), judgement)];
  });
}

/** The subjects themselves could not be read: one finding, for the workspace where there is one. */
function unreadSubjects(rule: Rule, error: GapRead, judgement: Judgement): Finding {
  const subject = { resource: judgement.world.snapshot.workspace ?? error.gap.id };
  const { answer, by } = architectureOf(judgement.world);
  const silent = rule.letters === 'workspace' && !rule.for.includes(answer) && by !== notKnown;
  const judged = silent ? outsideLetters(rule, subject, answer, judgement) : unknownFor(error);
  return { ...finding(rule, subject, judged), profiles: [...rule.profiles] };
}

/** `all`: today's outcome decides; that of the 2020 article, where it differs, is a note. */
export function findingOf(rule: Rule, subject: Subject, judged: Judged, judgement: Judgement): Finding {
  const notes: Evidence[] = [];
  const agreeing = rule.profiles.filter((profile: Profile) => {
    if (profile === judgement.profile) return true;
    const own = judge(rule, subject, { ...judgement, profile });
    if (own.outcome === judged.outcome) return true;
    if (profile === 'seed-2020' && judgement.profile === 'all') {
      notes.push({
        resource: subject.resource,
        pointer: '',
        value: own.outcome,
        note: `in the 2020 article: ${own.because}`,
      });
    }
    return false;
  });
  const made = finding(rule, subject, judged);
  return { ...made, profiles: agreeing, evidence: [...made.evidence, ...notes] };
}

function finding(rule: Rule, subject: Subject, judged: Judged): Finding {
  return {
    id: findingId(rule.id, subject.resource, subject.where),
    rule: rule.id,
    title: rule.title,
    problem: rule.problem,
    severity: milder(rule.severity, judged.severity),
    profiles: [],
    outcome: judged.outcome,
    resource: subject.resource,
    where: subject.where ?? null,
    because: judged.because,
    evidence: judged.evidence ?? [],
    fix: { kind: rule.fixKind, undo: rule.undo },
    gaps: judged.gaps,
  };
}

/** The rule's severity is the ceiling. */
const milder = (ceiling: Severity, own: Severity | undefined): Severity =>
  own !== undefined && severities.indexOf(own) > severities.indexOf(ceiling) ? own : ceiling;

/** What counts as a passed gate: not applicable does. */
export const isPassed = (outcome: Outcome): boolean => outcome === 'pass' || outcome === 'notApplicable';

/** Whether the finding is about this resource, as its subject or as its `where`. */
export const isAbout = (one: Finding, resource: string): boolean =>
  fold(one.resource) === fold(resource) || (one.where !== null && fold(one.where) === fold(resource));
