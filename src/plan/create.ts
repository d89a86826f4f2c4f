// The plan that makes one thing which no finding asked for. Before anything is sent the audit looks at the snapshot as it would be
// with the new thing in it: what then fails around it decides whether it may be made. Sends nothing, reads nothing.
import { audit, compareReports, isAbout } from '../audit/index.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import type { CreateChange, EditChange } from '../model/change.ts';
import { previewOf } from '../model/compare.ts';
import type { Finding, Report, UndoClass } from '../model/finding.ts';
import type { Gate, Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { nameInParent, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { Rule } from '../rules/rule.ts';
import { effectsOfSteps, irreversibleIn, ownsNothing, withEffects } from './effects.ts';
import { gatesOf, gathered, planGaps, shiftGates } from './gates.ts';
import { applyChange, resourceIn } from './simulate.ts';
import { undoClassOf } from './undo-class.ts';

/** What is asked to be made, and what has to hold around it. */
export interface Creation {
  readonly change: CreateChange;
  readonly advice?: string;
  /** What the service takes only once it is there, as a change to it: `after` is what it looks like by then. */
  readonly afterwards?: (after: Resource) => {
    readonly change: EditChange;
    readonly advice?: string;
    readonly undo: UndoClass;
  };
  /** What was looked at beside the rules. */
  readonly gates?: readonly Gate[];
  /** Ids of what it is put into: their findings are looked at as its own are. */
  readonly around: readonly string[];
  /** Rules whose failing finding stops it; `worst`: only at the rule's own severity. */
  readonly stops: readonly { readonly rule: string; readonly worst?: true }[];
  /** Rules (`nsg.` for a group) whose failing finding is a warning. */
  readonly warns: readonly string[];
  readonly profile: ProfileChoice;
}

export interface CreationInput {
  readonly snapshot: Snapshot;
  readonly rules: readonly Rule[];
  readonly creation: Creation;
  readonly id: string;
}

export function creationPlan({ snapshot, rules, creation, id }: CreationInput): Plan {
  const { change, advice, profile } = creation;
  const kind = resourceTypeOf(typeOf(change.resource));
  const before = audit(snapshot, rules, profile);
  const made = applyChange(snapshot, change);
  const shown = resourceIn(made, change.resource);
  const next = shown === undefined ? undefined : creation.afterwards?.(shown);
  const after = audit(next === undefined ? made : applyChange(made, next.change), rules, profile);
  const compared = compareReports(before, after);
  const refusal = kind.write(change, null);
  const unwritable: Gate[] = typeof refusal === 'string' ? [{ kind: 'state', outcome: 'fail', detail: refusal }] : [];
  const loss = kind.deletionLoss?.({ ...change, kind: 'delete' }) ?? null;
  const own = { change, undo: undoClassOf(change, snapshot), ...(advice === undefined ? {} : { advice }) };
  const drafts = [own, ...(next === undefined ? [] : [next])].map((step) => ({
    ...{ change: step.change, phase: 3 as const, findings: [], needs: [] },
    ...{ az: kind.az(step.change), undo: step.undo },
    ...(step.advice === undefined ? {} : { advice: step.advice }),
  }));
  const steps = withEffects(drafts, snapshot, { isOwn: ownsNothing, rules, findings: [] });
  return {
    id,
    snapshot: snapshot.id,
    source: snapshot.source,
    workspace: snapshot.workspace,
    architecture: before.architecture.answer,
    verb: 'fix',
    of: null,
    steps,
    gates: gathered([
      ...unwritable,
      ...gatesOf(change, indexSnapshot(snapshot)),
      ...(creation.gates ?? []),
      ...surroundings(after, creation, rules),
      ...shiftGates(before, after),
    ]),
    skipped: [],
    preview: previewOf(compared),
    gaps: planGaps(snapshot),
    effects: effectsOfSteps(steps, snapshot),
    irreversible: [
      ...(loss === null ? [] : [`${nameInParent(change.resource)}: undo deletes it; ${loss}`]),
      ...irreversibleIn(drafts, snapshot),
    ],
  };
}

/** What the audit says around the new thing, as gates. */
function surroundings(after: Report, { change, around, stops, warns }: Creation, rules: readonly Rule[]): Gate[] {
  const near = after.findings.filter((one) => [change.resource, ...around].some((id) => isAbout(one, id)));
  const worst = (one: Finding): boolean => rules.find(({ id }) => id === one.rule)?.severity === one.severity;
  return near.flatMap((finding): Gate[] => {
    const stop = stops.find(({ rule }) => rule === finding.rule);
    const warn = warns.some((rule) => (rule.endsWith('.') ? finding.rule.startsWith(rule) : finding.rule === rule));
    if (!stop && !warn) return [];
    const detail = `${finding.rule}: ${finding.because}`;
    if (finding.outcome === 'unknown') return [{ kind: 'rule', outcome: 'unknown', detail }];
    if (finding.outcome !== 'fail') return [];
    const stopped = stop !== undefined && (stop.worst !== true || worst(finding));
    return [{ kind: 'rule', outcome: stopped ? 'fail' : 'warn', detail }];
  });
}
