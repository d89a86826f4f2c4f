// What the fix of each failing finding would do if it were planned alone: its effects, its undo class, and whether `--all` may
// include it. A rule is auto-fixable at best; the finding says what holds here. Pure.
import { gateAnswer, guarded, isAbout } from '../audit/index.ts';
import { gatheredEffects } from '../model/effect.ts';
import type { Finding, Report } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import type { Proposal, Rule } from '../rules/rule.ts';
import { gatedFrom } from './attempt.ts';
import { dependantGates } from './dependants.ts';
import { isUnasked } from './effects.ts';
import { blocks } from './gates.ts';
import type { PlanInput } from './request.ts';
import { effectsOfProposals, type FixTarget, lockoutRules, proposalsOf, ruleContextOf } from './targets.ts';
import { undoClassOf, worst } from './undo-class.ts';

type FixInput = Pick<PlanInput, 'snapshot' | 'rules' | 'isOwn'> & { readonly profile: Report['profile'] };

/** The report with the fix of every failing finding as it is here. */
export function withFixes(report: Report, input: FixInput): Report {
  const index = indexSnapshot(input.snapshot);
  const byRule = new Map(input.rules.map((rule) => [rule.id, rule]));
  const findings = report.findings.map((finding) => {
    const rule = byRule.get(finding.rule);
    if (finding.outcome !== 'fail' || rule?.fix === undefined || rule.fixKind === 'none') return finding;
    return { ...finding, ...fixOf(finding, rule, index, input) };
  });
  return { ...report, findings };
}

function fixOf(finding: Finding, rule: Rule, index: SnapshotIndex, input: FixInput): Pick<Finding, 'fix' | 'effects'> {
  const planInput = asked(input);
  const target = targetOf(finding, rule);
  const proposals = proposalsOf(target, ruleContextOf(target, index, planInput));
  // Without an answer, or with what it needs unreadable, nothing is planned.
  if (typeof proposals === 'string') return { fix: { kind: 'guided', undo: rule.undo }, effects: [] };
  const each = proposals.map((proposal) => effectsOfProposals([proposal], input.snapshot, input));
  const effects = gatheredEffects(each.flat());
  const undo = worst(proposals.map(({ change }) => undoClassOf(change, input.snapshot)));
  const isAuto =
    rule.fixKind === 'auto' &&
    !proposals.some(({ change }, at) => dependantGates(change, each[at] ?? [], index, {}).some(blocks)) &&
    isUnasked(effects, rule) &&
    !waits(proposals, target, index, planInput, input.snapshot);
  return { fix: { kind: isAuto ? 'auto' : 'guided', undo }, effects };
}

const targetOf = (finding: Finding, rule: Rule): FixTarget => ({
  ...{ finding, rule },
  ...{ answers: [{}], woken: false, broughtFor: [] },
});

const asked = ({ snapshot, rules, isOwn, profile }: FixInput): PlanInput => ({
  ...{ snapshot, rules, id: '' },
  request: { targets: 'all', answers: {}, ips: [], profile },
  ...(isOwn === undefined ? {} : { isOwn }),
});

/** Does a gate of the fix wait for an answer, for what could not be read, or for a fix that `--all` leaves out? */
function waits(
  proposals: readonly Proposal[],
  target: FixTarget,
  index: SnapshotIndex,
  input: PlanInput,
  snapshot: Snapshot,
): boolean {
  const context = ruleContextOf(target, index, input);
  return proposals
    .filter(({ phase }) => phase >= gatedFrom)
    .some(({ change }) =>
      target.rule.gates.some((gate) => {
        const rule = input.rules.find(({ id }) => id === gate);
        if (lockoutRules.includes(gate)) return false;
        return gateAnswer(gate, change.resource, input.rules, context).findings.some((one) => {
          if (rule?.fix === undefined || one.outcome !== 'fail') return true;
          if (!isAbout(one, guarded(change.resource))) return true;
          const own = { ...targetOf(one, rule), woken: true };
          const fixes = proposalsOf(own, ruleContextOf(own, index, input));
          if (typeof fixes === 'string' || rule.fixKind !== 'auto') return true;
          return !isUnasked(effectsOfProposals(fixes, snapshot, input), rule);
        });
      }),
    );
}
