// The problems of an audit: its findings grouped by the resource that their own fix changes, by the question that they ask, by what
// must be done by hand, or by what could not be read. The groups do not depend on the order of the findings. Pure.
import { partsOfRollUps } from '../audit/index.ts';
import { type Change, editChange, isDeferred } from '../model/change.ts';
import { type Edit, elementKey } from '../model/edit.ts';
import type { Effect } from '../model/effect.ts';
import { type Finding, headline, isAccepted, isOpen, isRollUp, severities } from '../model/finding.ts';
import { stringifyJson } from '../model/json.ts';
import { readNeed } from '../model/plan-need.ts';
import {
  type Problem,
  type ProblemChange,
  type ProblemKind,
  type ProblemQuestion,
  problemKinds,
  type UnknownReason,
} from '../model/problem.ts';
import { fold, nameInParent, nameOf, parentId, parseId, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean, counted } from '../model/text.ts';
import type { Proposal, Rule } from '../rules/rule.ts';
import { doesWords } from './describe.ts';
import { draftKey } from './drafts.ts';
import { blocks, gatesOf } from './gates.ts';
import { managed, managerOf } from './managers.ts';
import { inOrder } from './step-order.ts';

/** What the fix of a failing finding would do if it were planned alone. */
export interface Remedy {
  /** The changes, or the sentence why there are none. */
  readonly fix: readonly PhasedChange[] | string;
  /** What its plan does first, so that nothing is cut off. */
  readonly carries: readonly PhasedChange[];
  /** Ids of the findings that its gates wait for. */
  readonly waitsFor: readonly string[];
  /** Ids of the findings that its plan resolves first, because what it restricts would cause them. */
  readonly brings: readonly string[];
}

type PhasedChange = Pick<Proposal, 'change' | 'phase'>;

interface Placed {
  readonly kind: ProblemKind;
  /** Findings with the same key are one problem. */
  readonly key: string;
  /** The key is a sentence, which may change between scans: the problem is named by its first finding. */
  readonly isSentence?: true;
  readonly resource: string;
}

/** A problem before its neighbours are known. */
interface Group extends Placed {
  readonly id: string;
  readonly findings: readonly [Finding, ...Finding[]];
}

export interface ProblemInput {
  /** Of each failing finding that a rule can fix. */
  readonly remedies: ReadonlyMap<string, Remedy>;
  readonly rules: readonly Rule[];
  readonly index: SnapshotIndex;
  /** The effects of the fixes of findings in one plan. */
  effects(findings: readonly Finding[]): readonly Effect[];
}

export function problemsOf(findings: readonly Finding[], input: ProblemInput): Problem[] {
  const { remedies, rules, index, effects } = input;
  const holderOf = holders(new Set(rules.map(({ about }) => fold(about))), index);
  const placed = new Map<string, Placed>();
  const place = (finding: Finding): Placed => {
    const known =
      placed.get(finding.id) ?? withAcceptance(finding, placeOf(finding, remedies.get(finding.id), holderOf));
    placed.set(finding.id, known);
    return known;
  };
  const open = findings.filter(isOpen).toSorted(gravestFirst);
  const own = open.filter((one) => !isRollUp(one));
  const placedGroups = [...Map.groupBy(own, (one) => place(one).key).values()].map((members): Group => {
    const all = members as [Finding, ...Finding[]];
    const placed = place(all[0]);
    return { ...placed, id: idOf(placed, all), findings: all };
  });
  const groups = folded(placedGroups, remedies);
  const ids = new Map(groups.flatMap(({ id: problem, findings: own }) => own.map(({ id }) => [id, problem] as const)));
  const repeated = repeatedBy(open, rules);
  const problems = groups.map((group) => problemOf(group, { remedies, holderOf, index, effects, ids, repeated }));
  return problems.toSorted(
    (a, b) =>
      Number(a.accepted !== null) - Number(b.accepted !== null) ||
      Number(a.kind === 'unreadable') - Number(b.kind === 'unreadable') ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      problemKinds.indexOf(a.kind) - problemKinds.indexOf(b.kind) ||
      byText(a.id, b.id),
  );
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const gravestFirst = (a: Finding, b: Finding): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) || byText(a.id, b.id);

function placeOf(finding: Finding, remedy: Remedy | undefined, holderOf: HolderOf): Placed {
  const { rule, resource, outcome } = finding;
  const subject = `${rule}@${fold(resource)}`;
  if (outcome === 'unknown') {
    const [gap] = finding.gaps;
    return gap === undefined
      ? { kind: 'unreadable', key: `unreadable:${finding.because}`, isSentence: true, resource }
      : { kind: 'unreadable', key: `unreadable:${fold(gap)}`, resource: gap };
  }
  if (remedy === undefined) return { kind: 'manual', key: `manual:${subject}`, resource };
  if (typeof remedy.fix === 'string') {
    const kind = readNeed(remedy.fix) === null ? 'manual' : 'input';
    return { kind, key: `${kind}:${remedy.fix}`, isSentence: true, resource };
  }
  const kind = finding.fix.kind === 'auto' ? 'fix' : 'input';
  const changes = remedy.fix.map(({ change }) => change);
  const changed = changedResource(finding, changes, holderOf);
  return { kind, key: `${kind}:${changed.key}`, resource: changed.id };
}

/**
 * A group that goes with the change of another is a part of that: what is blocked only once an account is closed is no problem of its
 * own. It joins the gravest whose plan resolves all of it first.
 */
function folded(groups: readonly Group[], remedies: ReadonlyMap<string, Remedy>): Group[] {
  /** The groups whose plan resolves a finding first. */
  const bringers = new Map<string, Set<Group>>();
  for (const group of groups) {
    for (const id of group.findings.flatMap((one) => remedies.get(one.id)?.brings ?? [])) {
      bringers.set(id, (bringers.get(id) ?? new Set()).add(group));
    }
  }
  const goalsOf = (group: Group): Group[] =>
    [...(bringers.get(group.findings[0].id) ?? [])].filter(
      (other) =>
        other !== group &&
        isAccepted(other.findings[0]) === isAccepted(group.findings[0]) &&
        group.findings.every(({ id }) => bringers.get(id)?.has(other)),
    );
  const goals = new Map(groups.map((group) => [group, goalsOf(group)] as const));
  // Of a chain, the last stays, and so does what has only such goals.
  const goalOf = (group: Group): Group | undefined => goals.get(group)?.find((one) => goals.get(one)?.length === 0);
  const parts = Map.groupBy(groups, goalOf);
  return (parts.get(undefined) ?? []).map((group) => {
    const more = (parts.get(group) ?? []).flatMap(({ findings }) => findings);
    return more.length === 0 ? group : { ...group, findings: [...group.findings, ...more] };
  });
}

/** What is accepted is a problem apart: it is not counted, and `fix --all` leaves it as it is. */
const withAcceptance = (finding: Finding, place: Placed): Placed =>
  isAccepted(finding) ? { ...place, key: `${place.key}${acceptedEnd}` } : place;
const acceptedEnd = '#accepted';

/** What asks or says the same is named by its first finding, as the sentence may be another one in the next scan. */
function idOf({ key, kind, isSentence }: Placed, findings: readonly Finding[]): string {
  if (isSentence !== true) return key;
  // Very many findings may be one problem: they are not sorted for it.
  let first = findings[0]?.id ?? '';
  for (const { id } of findings) if (id < first) first = id;
  return `${kind}:${first}${key.endsWith(acceptedEnd) ? acceptedEnd : ''}`;
}

/**
 * The resource that a fix changes: the subject of the finding where it is among them, or where something is created for it; else the
 * second half of the pair; else the only one.
 */
function changedResource({ resource, where }: Finding, changes: readonly Change[], holderOf: HolderOf): Holder {
  const subject = { id: resource, key: fold(resource) };
  const changed = new Map(changes.map((change) => holderOf(change) ?? subject).map((one) => [one.key, one]));
  const [first = subject, second] = changed.values();
  const other = where === null ? undefined : changed.get(fold(where));
  return changed.get(subject.key) ?? other ?? (second === undefined ? first : subject);
}

/**
 * The resource that a change is counted to: a security rule to its NSG, a route to its table, a resource that is created to the one it
 * is created in. Undefined for a new resource that is in none.
 */
function holders(standalone: ReadonlySet<string>, index: SnapshotIndex): HolderOf {
  const search = ({ kind }: Change, own: string | undefined): Holder | undefined => {
    for (let id = own; id !== undefined; id = parentId(id)) {
      const isThere = kind !== 'create' || id !== own;
      const isPart = parentId(id) !== undefined && !standalone.has(fold(typeOf(id)));
      if (isThere && !isPart && index.peek(id).state === 'read') return { id, key: fold(id) };
    }
    return undefined;
  };
  // Many findings change one resource.
  const known = new Map<string, Map<string | undefined, Holder | undefined>>();
  return (change) => {
    const own = isDeferred(change) ? parentId(change.resource) : change.resource;
    const alike = known.get(change.kind) ?? new Map<string | undefined, Holder | undefined>();
    known.set(change.kind, alike);
    if (!alike.has(own)) alike.set(own, search(change, own));
    return alike.get(own);
  };
}
interface Holder {
  readonly id: string;
  /** In lower case. */
  readonly key: string;
}
type HolderOf = (change: Change) => Holder | undefined;

/** The roll-ups that are shown under each finding: under the gravest of those that they repeat. */
function repeatedBy(open: readonly Finding[], rules: readonly Rule[]): ReadonlyMap<string, readonly Finding[]> {
  const parts = partsOfRollUps(open, rules);
  const found = open.filter(isRollUp).map((one) => {
    const alike = (parts.get(one.id) ?? []).filter(
      (other) => !isRollUp(other) && other.gaps.every((gap, at) => sameId(gap, one.gaps[at])),
    );
    const part = alike.find((other) => isAccepted(other) === isAccepted(one)) ?? alike[0];
    return [part?.id ?? '', one] as const;
  });
  return new Map([...Map.groupBy(found, ([id]) => id)].map(([id, those]) => [id, those.map(([, one]) => one)]));
}

interface Around extends Omit<ProblemInput, 'rules'> {
  readonly holderOf: HolderOf;
  /** The problem of each finding. */
  readonly ids: ReadonlyMap<string, string>;
  readonly repeated: ReadonlyMap<string, readonly Finding[]>;
}

function problemOf(group: Group, around: Around): Problem {
  const { id, kind, resource, findings } = group;
  const [gravest] = findings;
  const rollUps = findings.flatMap((one) => around.repeated.get(one.id) ?? []);
  const remedies = findings.flatMap((one) => around.remedies.get(one.id) ?? []);
  const sentences = remedies.flatMap(({ fix }) => (typeof fix === 'string' ? [fix] : []));
  const [sentence] = sentences;
  const proposed = remedies.flatMap(({ fix }) => (typeof fix === 'string' ? [] : fix));
  const carried = remedies.flatMap(({ carries }) => carries);
  const changes = mergedByResource(proposed.map(({ change }) => change));
  const blocking = remedies.flatMap(({ waitsFor }) => waitsFor.flatMap((one) => around.ids.get(one) ?? []));
  const all = [...findings, ...rollUps];
  return {
    id,
    resource,
    headline: headlineOf(group, around.index),
    accepted: gravest.accepted ?? null,
    severity: severities.find((severity) => all.some((one) => one.severity === severity)) ?? gravest.severity,
    kind,
    ...(kind === 'unreadable' ? { why: whyUnknown(group, around.index) } : {}),
    findings: findings.map((one) => one.id),
    rollUps: rollUps.map((one) => one.id),
    ...changesOf(resource, proposed, carried, around),
    question: kind === 'input' && sentence !== undefined ? questionOf(sentence) : null,
    because: kind === 'manual' && sentence !== undefined ? sentence : gravest.because,
    // Computed for a problem that is looked at, and kept: each takes a plan.
    get effects() {
      const effects = around.effects(findings);
      Object.defineProperty(this, 'effects', { value: effects, enumerable: true });
      return effects;
    },
    ...managed(managerOf(resource, around.index.snapshot)),
    gates: gatesFor(changes, around),
    blockedBy: [...new Set(blocking)].filter((one) => one !== id).toSorted(byText),
    resolves: kind === 'fix' || kind === 'input' ? all.map((one) => one.id) : [],
  };
}

/** The data of its gravest finding, as all of them have the same cause. */
function whyUnknown({ resource, findings: [{ gaps, unset }] }: Group, index: SnapshotIndex): UnknownReason {
  if (unset !== undefined) return { reason: 'assumption-not-set', data: { name: unset } };
  return { reason: gaps.length === 0 || index.peek(resource).state === 'read' ? 'undecided' : 'not-read' };
}

/** The resource, what is wrong, how many findings. */
function headlineOf(group: Group, index: SnapshotIndex): string {
  const { kind, resource, findings, isSentence } = group;
  const [gravest] = findings;
  const rest = findings.length - 1;
  const where = isSentence === true ? namesOf(findings) : readName(resource);
  const alike = findings.every(({ rule }) => rule === gravest.rule);
  if (kind === 'unreadable') {
    const checks = `${counted(findings.length, 'check')} ${rest === 0 ? 'is' : 'are'} unknown`;
    // What was read may still not be known, for a reason of another kind.
    return whyUnknown(group, index).reason !== 'not-read'
      ? `${where}: ${checks} (${headline(gravest)}${alike ? '' : `, and ${rest} more`})`
      : `${where}: not accessible, ${checks}`;
  }
  const more =
    rest === 0 ? '' : alike ? ` (${counted(rest + 1, 'finding')})` : `, and ${counted(rest, 'more finding')}`;
  return `${where}: ${headline(gravest)}${more}`;
}

/** What findings of one cause are about: `kv-mlsim and stmlsim`, `vnet-ml/snet-dev and 2 more`. */
function namesOf(findings: readonly [Finding, ...Finding[]]): string {
  const others = new Map(findings.map(({ resource }) => [fold(resource), resource]));
  const first = readName(findings[0].resource);
  const [second] = [...others.values()].slice(1);
  if (second === undefined) return first;
  return others.size === 2 ? `${first} and ${readName(second)}` : `${first} and ${others.size - 1} more`;
}

/** The name of a resource with its parent's; of a list, what it lists of what. */
export function readName(id: string): string {
  const [path = id] = id.split('?');
  const list = nameOf(path);
  const { names, type = '' } = parseId(path);
  const isList = type.split('/').length - 1 > names.length;
  if (!isList) return clean(nameInParent(path), 120);
  const owner = names.at(-1) ?? parseId(path).resourceGroup;
  return clean(owner === undefined ? list : `${list} of ${owner}`, 120);
}

function questionOf(text: string): ProblemQuestion | null {
  const need = readNeed(text);
  if (need === null) return null;
  if (need.kind === 'text') return { name: need.name, text, choices: [] };
  return { name: [...new Set(need.options.map(({ name }) => name))].join('|'), text, choices: need.options };
}

const mergedByResource = (changes: readonly Change[]): Change[] =>
  [...Map.groupBy(changes, (one) => `${one.kind} ${fold(one.resource)}`).values()].map(merged);

/** Alike changes as one, with each setting once. */
function merged(alike: readonly Change[]): Change {
  const [first] = alike as [Change, ...Change[]];
  return first.kind === 'edit' ? { ...first, ...editChange(first.resource, onceEach(alike)) } : first;
}

/**
 * What is done to the resource, or to others where the fixes change only those; and what its plan does besides. One for each step of
 * the plan: of a phase and a resource.
 */
function changesOf(
  resource: string,
  proposed: readonly PhasedChange[],
  carried: readonly PhasedChange[],
  { holderOf }: Around,
): Pick<Problem, 'changes' | 'otherChanges'> {
  const holder = fold(resource);
  const keyOf = ({ change, phase }: PhasedChange): string => draftKey(phase, change.resource);
  const here = proposed.filter(({ change }) => (holderOf(change)?.key ?? holder) === holder);
  const own = new Set((here.length > 0 ? here : proposed).map(keyOf));
  const steps = Map.groupBy(inOrder([...proposed, ...carried]), keyOf);
  const done = new Set<string>();
  const told = [...steps].flatMap(([key, alike]) => {
    const change = withoutDone(merged(alike.map((one) => one.change)), done);
    return change === null ? [] : [{ isOwn: own.has(key), resource: change.resource, does: doesWords(change) }];
  });
  const those = (isOwn: boolean): ProblemChange[] =>
    told.filter((one) => one.isOwn === isOwn).map(({ resource: id, does }) => ({ resource: id, does }));
  return { changes: those(true), otherChanges: those(false) };
}

/** The change without what an earlier one has done; null where that is all of it. */
function withoutDone(change: Change, done: Set<string>): Change | null {
  if (change.kind !== 'edit') return change;
  const edits = change.edits.filter((edit) => {
    const key = `${fold(change.resource)} ${editKey(edit)} ${edit.op === 'set' ? stringifyJson(edit.after ?? null) : ''}`;
    const isNew = !done.has(key);
    done.add(key);
    return isNew;
  });
  return edits.length === 0 ? null : { ...change, ...editChange(change.resource, edits) };
}

/** Why something of it cannot be sent as things are. */
const gatesFor = (changes: readonly Change[], { index }: Around): string[] => [
  ...new Set(changes.flatMap((change) => gatesOf(change, index).filter(blocks)).map(({ detail }) => detail)),
];

const editKey = (edit: Edit): string => {
  if (edit.op === 'set') return `set ${edit.pointer}`;
  return `${edit.op} ${edit.pointer} ${elementKey(edit.op === 'add' ? edit.after : edit.before, edit.key)}`;
};

const onceEach = (changes: readonly Change[]): Edit[] => [
  ...new Map(changes.flatMap(({ edits }) => edits).map((edit) => [editKey(edit), edit])).values(),
];
