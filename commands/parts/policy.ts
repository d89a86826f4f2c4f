// `export --as policy`: which findings have to stay as they are, from a plan, a history entry or the workspace, and the Azure Policy
// document that holds them.
import { findingsByTarget, isAbout } from '../../src/audit/index.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { undidText } from '../../src/model/entry.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { clean } from '../../src/model/text.ts';
import { applyChanges } from '../../src/plan/index.ts';
import {
  type NotExpressed,
  type PolicyDocument,
  type PolicyEffect,
  policyDocument,
  policyTable,
  type ToHold,
} from '../../src/policy/index.ts';
import { unmoved } from '../../src/render/export/index.ts';
import { jsonDigest } from '../../src/session/digest.ts';
import type { PlanRequest, Session } from '../../src/session/session.ts';
import { unknownEntry } from '../../src/session/undo.ts';

/** What is to be held: what a plan fixes, what an entry of the history fixed, or what holds in the workspace. */
export type PolicySource =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'entry'; readonly findings: readonly string[] }
  /** `plan`: what the request would fix, beside what passes already. */
  | { readonly kind: 'request'; readonly request: PlanRequest; readonly plan: Plan };

/** Ids of the findings that an entry of the history fixed. Throws Failure: exit 2 for an unknown entry, 4 for one that fixes nothing. */
export async function fixedBy(session: Session, id: string): Promise<readonly string[]> {
  const entries = await session.history();
  const entry = entries.find((one) => fold(one.id) === fold(id.trim()));
  if (entry === undefined) throw unknownEntry(id);
  const why =
    entry.undoneBy !== null
      ? undidText(entry, entries)
      : entry.verb === 'undo'
        ? 'it is an undo'
        : entry.steps.some(({ state }) => state === 'done')
          ? undefined
          : 'none of its steps was applied';
  if (why !== undefined) {
    throw new Failure(
      'nothing-fixed',
      exitStatus.notSent,
      `History entry ${clean(entry.id, 80)} has nothing to export as policy: ${why}.`,
      'Run `bastide history`, and name an entry that fixed something.',
    );
  }
  return [...new Set(entry.steps.flatMap(({ state, findings }) => (state === 'done' ? findings : [])))];
}

/** The document for what a source has fixed, or will have. Throws Failure (exit 4) for a plan whose settings have moved since. */
export function policiesFor(
  context: Pick<CommandContext, 'rules'> & { readonly flags: Pick<CommandContext['flags'], 'profile'> },
  session: Session,
  snapshot: Snapshot,
  { source, effect }: { readonly source: PolicySource; readonly effect: PolicyEffect },
): PolicyDocument {
  const { profile } = context.flags;
  const before = byId(session.judged(snapshot, profile).findings);
  const plan = source.kind === 'entry' ? undefined : source.plan;
  const then = plan === undefined ? snapshot : planned(plan, snapshot);
  const after = then === snapshot ? before : byId(session.judged(then, profile).findings);
  const findings: ToHold[] = [];
  const notExpressed: NotExpressed[] = [];
  const reasons = new Map(plan?.skipped.map(({ finding, reason }) => [fold(finding), reason]));
  for (const id of wanted(source, context, [...before.values()])) {
    const was = before.get(fold(id));
    const is = after.get(fold(id)) ?? was;
    const rule = is?.rule ?? id.slice(0, id.indexOf('@'));
    const reason = is === undefined ? 'Its resource no longer exists.' : whyNot(is, after, reasons.get(fold(id)));
    if (is === undefined || reason !== undefined) notExpressed.push({ finding: id, rule, reason: reason ?? '' });
    else findings.push({ finding: is, isFixed: was?.outcome === 'pass' });
  }
  return policyDocument({
    ...{ workspace: snapshot.workspace, effect, findings, notExpressed },
    ...{ table: policyTable, index: indexSnapshot(then), digest: jsonDigest },
  });
}

/** The snapshot with what of a plan is not there yet. Throws Failure (exit 4) where a setting has moved since. */
const planned = (plan: Plan, snapshot: Snapshot): Snapshot =>
  applyChanges(
    snapshot,
    unmoved(plan, snapshot, 'requests').flatMap(({ step, request }) =>
      'why' in request && request.done ? [] : [step.change],
    ),
  );

const byId = (findings: readonly Finding[]) => new Map(findings.map((finding) => [fold(finding.id), finding]));

/** What a finding has to be in the state to be held: passing, or gone with the resource that a plan replaces. */
function whyNot(
  finding: Finding,
  after: ReadonlyMap<string, Finding>,
  skipped: string | undefined,
): string | undefined {
  if (!after.has(fold(finding.id))) return undefined;
  const because = skipped ?? finding.because;
  if (finding.outcome === 'fail') return `The finding still fails, so there is no setting to keep: ${because}`;
  if (finding.outcome === 'unknown') return `The outcome is unknown, so the setting to keep is not known: ${because}`;
  return finding.outcome === 'notApplicable' ? `The rule does not apply: ${because}` : undefined;
}

/** Ids of the findings to be held, each once. */
function wanted(
  source: PolicySource,
  { rules }: Pick<CommandContext, 'rules'>,
  findings: readonly Finding[],
): readonly string[] {
  if (source.kind === 'entry') return source.findings;
  const { steps, preview } = source.plan;
  const fixed = [...preview.resolves, ...steps.flatMap((step) => step.findings)];
  if (source.kind === 'plan') return [...new Set(fixed)];
  const { targets, resource } = source.request;
  const fixable = new Set(rules.flatMap(({ id, fixKind }) => (fixKind === 'none' ? [] : [id])));
  const named =
    targets === 'all'
      ? findings.filter(({ rule, outcome }) => outcome === 'pass' && fixable.has(rule))
      : targets.flatMap((target) => findingsByTarget({ findings }, rules, target));
  const about = named.filter((finding) => resource === undefined || isAbout(finding, resource));
  return [...new Set([...about.map(({ id }) => id), ...fixed])];
}
