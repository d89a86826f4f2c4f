// Trying fixes on a world: each target's changes of a phase, all of them or none, merged into the writes that the plan has so far;
// one whose gate another may still open, or whose change another may make, waits for it. Sends nothing, reads nothing.
import { architectureOf, outOfScopeReason } from '../audit/index.ts';
import { type Change, editChange, isDeferred } from '../model/change.ts';
import { type Edit, EditConflict, type Same, setMember } from '../model/edit.ts';
import { type Finding, worstUndo } from '../model/finding.ts';
import { isObject, type JsonObject, sameJson } from '../model/json.ts';
import type { Gate, Phase, Skipped } from '../model/plan.ts';
import { nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import { holdsCut } from '../model/secrets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { Proposal, RuleContext } from '../rules/rule.ts';
import { deferredText, foundBy } from './deferred.ts';
import { dependantGates, hubRisk } from './dependants.ts';
import { type Drafts, type DraftWrite, draftKey, union } from './drafts.ts';
import { effectsIn, namedBy, ownsNothing, refusedEffect } from './effects.ts';
import { blocks, gatesOf } from './gates.ts';
import { contradicts, mergeEdits } from './merge.ts';
import type { PlanInput } from './request.ts';
import { applyChange, resourceIn, withEarlier } from './simulate.ts';
import { acceptedEffects, type FixTarget, gatedFrom, proposalsOf, ruleContextOf, ruleGates } from './targets.ts';
import { undoClassOf } from './undo-class.ts';

const phases: readonly Phase[] = [0, 1, 2, 3, 4, 5];
export const closing: Phase = 5;

/** Why nothing may be restricted: what decides the architecture could not be read, and it is not declared. */
export function unknownArchitecture(snapshot: Snapshot): string | undefined {
  const { answer, by } = architectureOf(indexSnapshot(snapshot));
  if (answer !== 'unknown') return undefined;
  return `Access is not restricted while the architecture is unknown (${by}). Declare it with \`bastide assume architecture VALUE\`.`;
}

/** What a plan has come to so far: the world it leads to, its writes, the gates it passed. */
export interface AttemptState {
  readonly snapshot: Snapshot;
  readonly drafts: Drafts;
  readonly gates: readonly Gate[];
}

/** What the attempt for one finding adds to that. Nothing is copied: with thousands of writes that would take their square. */
interface Trial {
  readonly before: AttemptState;
  /** The world with what it adds. */
  readonly snapshot: Snapshot;
  readonly drafts: Drafts;
  readonly gates: readonly Gate[];
}

type Attempt =
  | { readonly state: 'accepted'; readonly next: Trial }
  | { readonly state: 'refused'; readonly reason: string; readonly gates: readonly Gate[] }
  /** Another finding's changes may still open the gate, or be the ones whose effects this one may not have. */
  | { readonly state: 'waiting'; readonly reason: string; readonly gates: readonly Gate[] };

export interface Tried {
  readonly state: AttemptState;
  /** Of each finding that was given up, why. */
  readonly stopped: ReadonlyMap<string, string>;
  readonly skipped: readonly Skipped[];
  readonly refusals: readonly Gate[];
}

/** Asks every target's fix phase by phase; one whose gate another may still open waits for it. */
export function* tryAll(targets: readonly FixTarget[], input: PlanInput, from: AttemptState): StepwiseTask<Tried> {
  const skipped: Skipped[] = [];
  const refusals: Gate[] = [];
  const stopped = new Map<string, string>();
  const drafts = new Map(from.drafts);
  const gates = [...from.gates];
  let snapshot = from.snapshot;
  let isChanged = false;
  const accept = (next: Trial) => {
    isChanged ||= next.drafts.size > 0;
    for (const [key, draft] of next.drafts) drafts.set(key, draft);
    gates.push(...next.gates);
    snapshot = next.snapshot;
  };
  const stop = (target: FixTarget, reason: string, gates: readonly Gate[]) => {
    if (target.broughtFor.length === 0) skipped.push({ finding: target.finding.id, reason });
    stopped.set(target.finding.id, reason);
    refusals.push(...gates);
  };
  for (const phase of phases) {
    let queue = targets.filter(({ finding }) => !stopped.has(finding.id));
    while (queue.length > 0) {
      const waiting: { target: FixTarget; attempt: Attempt & { state: 'waiting' } }[] = [];
      for (const target of queue) {
        const attempt = tryTarget(target, phase, { snapshot, drafts, gates }, input);
        if (attempt.state === 'accepted') accept(attempt.next);
        else if (attempt.state === 'refused') stop(target, attempt.reason, attempt.gates);
        else waiting.push({ target, attempt });
        yield;
      }
      if (waiting.length === queue.length) {
        for (const { target, attempt } of waiting) stop(target, attempt.reason, attempt.gates);
        break;
      }
      queue = waiting.map(({ target }) => target);
    }
  }
  return { state: { snapshot, drafts: isChanged ? drafts : from.drafts, gates }, stopped, skipped, refusals };
}

/** One finding's changes of one phase: all of them or none. */
function tryTarget(target: FixTarget, phase: Phase, state: AttemptState, input: PlanInput): Attempt {
  let next: Trial = { before: state, snapshot: state.snapshot, drafts: new Map(), gates: [] };
  const passed: Gate[] = [];
  const context = ruleContextOf(target, indexSnapshot(state.snapshot), input);
  const silent = outOfScopeReason(target.rule, subjectOf(target.finding), context);
  if (silent !== undefined) {
    if (isServed(target, phase, context, state)) return { state: 'accepted', next };
    const reason = `The plan first turns the managed network on. ${silent} Run the fix again afterwards.`;
    return { state: 'refused', reason, gates: [] };
  }
  for (const answers of target.answers) {
    const index = indexSnapshot(next.snapshot);
    const proposals = proposalsOf({ ...target, answers: [answers] }, ruleContextOf(target, index, input));
    // The fix could be planned at the start; a sentence now means that the plan has done its work already.
    if (typeof proposals === 'string') continue;
    const mine = proposals.filter((proposal) => proposal.phase === phase);
    const guess = phase === closing && mine.length > 0 ? unknownArchitecture(input.snapshot) : undefined;
    if (guess !== undefined) return { state: 'refused', reason: guess, gates: [] };
    if (phase >= gatedFrom && mine.length > 0) {
      const stuck = ruleGates(target, mine, index, input);
      const closed = stuck.filter(blocks);
      const [first] = closed;
      if (first) return { state: 'waiting', reason: `Blocked: ${first.detail}`, gates: closed };
      passed.push(...stuck);
    }
    for (const proposal of mine) {
      const added = addProposal(next, proposal, target, input);
      if ('reason' in added) return { state: added.isEffect === true ? 'waiting' : 'refused', ...added };
      next = added;
    }
  }
  return { state: 'accepted', next: { ...next, gates: [...next.gates, ...passed] } };
}

/** Has the plan changes of this fix, and has it none for this phase or a later one? */
function isServed(target: FixTarget, phase: Phase, context: RuleContext, { drafts }: AttemptState): boolean {
  if (!drafts.values().some(({ findings }) => findings.includes(target.finding.id))) return false;
  const proposals = proposalsOf(target, context);
  return typeof proposals === 'string' || proposals.every((one) => one.phase < phase);
}

const subjectOf = ({ resource, where }: Finding) => ({ resource, ...(where === null ? {} : { where }) });

function addProposal(
  state: Trial,
  { change, phase, advice = '' }: Proposal,
  target: FixTarget,
  input: PlanInput,
): Trial | { reason: string; gates: readonly Gate[]; isEffect?: true } {
  const { rule, finding } = target;
  const { snapshot: early, rules } = input;
  const kind = resourceTypeOf(typeOf(change.resource));
  const current = resourceIn(state.snapshot, change.resource) ?? null;
  const draftIn = (of: Phase) => {
    const key = draftKey(of, change.resource);
    return state.drafts.get(key) ?? state.before.drafts.get(key);
  };
  const open = draftIn(phase);
  const others = phases.flatMap((one) => (one === phase ? [] : (draftIn(one) ?? [])));
  const clash = (pointer: string) => ({
    reason: `The plan already sets ${pointer} of ${nameOf(change.resource)} to another value. Run this fix separately.`,
    gates: [],
  });
  // Fixes of different letters for one resource are never in one plan.
  const strategyScope = new Set(
    [open, ...others].flatMap((draft) => draft?.findings ?? []).map((id) => id.split('@')[0]),
  );
  const foreign = rules.find(
    ({ id, for: those }) => strategyScope.has(id) && !those.some((one) => rule.for.includes(one)),
  );
  if (foreign !== undefined) {
    const reason = `The plan changes ${nameOf(change.resource)} for ${foreign.id}, which applies to another architecture. Run this fix again afterwards.`;
    return { reason, gates: [] };
  }
  const isPlaceholder = kind.requestKey !== undefined && !resourceIn(early, change.resource);
  const found = isPlaceholder && current ? foundBy(current, early) : undefined;
  if (isPlaceholder && (found === undefined || change.kind !== 'edit')) {
    const reason = `The ${kind.label} at ${nameOf(parentId(change.resource) ?? change.resource)} is created by this plan, and Azure assigns its name. Run this fix again afterwards.`;
    return { reason, gates: [] };
  }
  if (change.kind === 'delete' && others.some((draft) => draft.change.kind === 'create')) {
    return { reason: `The plan creates ${nameOf(change.resource)}. Run this fix again afterwards.`, gates: [] };
  }
  const drafts = [...state.before.drafts.values(), ...state.drafts.values()];
  const twin = drafts.find((draft) => draft.findings.includes(finding.id) && isAsked(change, draft));
  if (twin !== undefined) {
    const reason = `The plan creates ${nameOf(twin.change.resource)} for this check, which still fails. The same again does not help.`;
    return { reason, gates: [] };
  }
  const undo = undoClassOf(change, state.snapshot);
  const accepted = acceptedEffects(target, input);
  const named = namedBy([finding], input.rules, indexSnapshot(state.snapshot), input.request.ips);
  const effects = () => effectsIn({ change, undo, before: state.snapshot, isOwn: input.isOwn ?? ownsNothing, named });
  if (accepted !== 'all') {
    const reason = refusedEffect(effects(), accepted, rule);
    if (reason !== undefined) return { reason, gates: [], isEffect: true };
  }
  let merged: Change = change;
  const start = open?.start ?? current?.body ?? {};
  if (change.kind === 'edit') {
    if (!current) return { reason: `${change.resource} was not read, so it is not changed.`, gates: [] };
    if (open && open.change.kind !== 'edit') return clash('/');
    const apart = change.edits.find((edit) => others.some((draft) => contradicts(draft.change.edits, edit, kind.same)));
    if (apart) return clash(apart.pointer);
    const plain = fitted(start, open?.change.edits ?? [], change.edits, kind.same);
    const again = typeof plain === 'string' && open?.findings.includes(finding.id);
    const edits = again ? lastWord(start, open?.change.edits ?? [], change.edits, kind.same) : plain;
    if (typeof edits === 'string') return edits === '' ? clash('/') : clash(edits);
    if (
      edits.length === (open?.change.edits.length ?? 0) &&
      edits.every((edit, position) => edit === open?.change.edits[position])
    ) {
      return open ? withDraft(state, { ...open, findings: union(open.findings, [finding.id]) }) : state;
    }
    merged = found === undefined ? editChange(current.id, edits) : { ...editChange(current.id, edits), found };
  } else if (open) return clash('/');
  if (sendsCut(merged)) {
    const reason = `The fix would send a secret of ${nameOf(change.resource)} that is not kept, so it is not changed.`;
    return { reason, gates: [] };
  }
  const index = indexSnapshot(state.snapshot);
  const gates = [...gatesOf(merged, index), ...dependantGates(change, effects, index, input.request.answers)];
  const closed = gates.filter(blocks);
  const [first] = closed;
  if (first) return { reason: first.detail, gates: closed };
  const before = current && { ...current, body: start };
  const refusal = kind.write(merged, before);
  if (typeof refusal === 'string') return { reason: refusal, gates: [] };
  const draft: DraftWrite = {
    phase,
    change: merged,
    start,
    findings: union(open?.findings ?? [], [finding.id]),
    needs: union(open?.needs ?? [], phase >= gatedFrom ? rule.gates : []),
    advice: union(
      union(open?.advice ?? [], isDeferred(merged) ? [deferredText(merged)] : advice === '' ? [] : [advice]),
      hubRisk(merged.resource, index),
    ),
    undo: worstUndo([...(open ? [open.undo] : []), undo]),
  };
  const placed = withDraft(state, draft);
  const base = before ? withEarlier(state.snapshot, [before]) : state.snapshot;
  return { ...placed, snapshot: applyChange(base, merged), gates: [...state.gates, ...gates] };
}

/** Does a draft create the same under another name? Of rules the place among others is no difference. */
const isAsked = (change: Change, { change: draft }: DraftWrite): boolean =>
  change.kind === 'create' &&
  draft.kind === 'create' &&
  sameId(typeOf(change.resource), typeOf(draft.resource)) &&
  sameId(parentId(change.resource), parentId(draft.resource)) &&
  !sameId(change.resource, draft.resource) &&
  sameJson(withoutPlace(change.body), withoutPlace(draft.body));
const withoutPlace = ({ properties, ...rest }: JsonObject): JsonObject => ({
  ...rest,
  properties: isObject(properties) ? { ...properties, priority: null } : (properties ?? null),
});

/** Would the change send what stands in the place of a secret? */
const sendsCut = (change: Change): boolean =>
  change.kind === 'create'
    ? holdsCut(change.body)
    : change.edits.some((edit) => edit.op !== 'remove' && holdsCut(edit.after));

/** What a finding asks for again, in a later round, replaces what it asked for before. */
function lastWord(start: JsonObject, edits: readonly Edit[], more: readonly Edit[], same: Same) {
  const again = more.flatMap(({ op, pointer }) => (op === 'set' ? [pointer] : []));
  const kept = edits.filter(({ op, pointer }) => op !== 'set' || !again.includes(pointer));
  const fromStart = more.map((edit) => (edit.op === 'set' ? setMember(start, edit.pointer, edit.after) : edit));
  return fitted(start, kept, fromStart, same);
}

/** The edits joined, or the pointer they disagree on ('' when they do not fit the body). */
function fitted(start: JsonObject, edits: readonly Edit[], more: readonly Edit[], same: Same) {
  try {
    const merged = mergeEdits(start, edits, more, same);
    return merged.ok ? merged.edits : merged.pointer;
  } catch (error) {
    if (error instanceof EditConflict) return '';
    throw error;
  }
}

const withDraft = (state: Trial, draft: DraftWrite): Trial => ({
  ...state,
  drafts: new Map(state.drafts).set(draftKey(draft.phase, draft.change.resource), draft),
});
