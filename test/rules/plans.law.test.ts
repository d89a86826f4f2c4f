// The fixes as a plan makes them, phase by phase: every failing sample with a fix that works alone is planned, and what the plan
// leads to is what its preview says.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { findingId } from '../../src/model/finding.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Answers } from '../../src/rules/rule.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { ids, snapshotOf } from '../support/snapshot.ts';
import { noFix } from './no-fix.ts';
import { samples, subjectOf } from './samples.ts';

const fixable = samples.filter(
  ({ rule, says, profile }) =>
    says === 'fail' && profile === undefined && rules.find(({ id }) => id === rule)?.fixKind === 'auto',
);
/** Where the fix is more than a sentence, and nothing can be planned even so. */
const unplannable =
  /dev-client-ip a private address|IPv6 address|own region|rules hidden|201 entries|public-network-access P, (neither said, )?no endpoint|image-build-compute (no nodes|an instance|a cluster that failed)|one group may not be read, and the other stops it|and a network manager denies it|and Kubernetes nodes|aks.storage-same-vnet endpoints elsewhere|default-action-deny open, and the list may not be read/;
const isUnplanned = (name: string): boolean => name in noFix || unplannable.test(name);
/** What only the operator can decide, where the fix would be planned without. */
function answersOf(name: string): Answers {
  if (/^acr\..* Basic$/.test(name)) return { sku: 'Premium' };
  // Public access that is off is enabled only where the operator says so.
  if (/public-network-access (Disabled|[SP], secured)/.test(name)) return { way: 'open' };
  // Its zone holds the record of the endpoint elsewhere, which a second endpoint would overwrite.
  if (name === 'aks.storage-same-vnet endpoints elsewhere') return { subnet: 'vnet-ml/snet-pe' };
  return name === 'vm.ssh-inbound-azureml no group, and a Standard address' ? { group: 'make' } : {};
}

describe.each(partOf(fixable, 6).map((sample) => [`${sample.rule} ${sample.when}`, sample] as const))(
  '%s',
  (name, sample) => {
    test('a plan resolves it', () => {
      const snapshot = snapshotOf(sample.change);
      const id = findingId(sample.rule, subjectOf(sample), sample.where);
      // Every fix, also those that --all leaves out for their effects.
      const given = { targets: 'all', answers: answersOf(name), ips: [], profile: 'all' } as const;
      const request = { ...given, allowEffects: isUnplanned(name) ? [] : effectKinds };
      const plan = buildPlan({ snapshot, rules, request, id: 'plan' });
      if (isUnplanned(name)) {
        expect(plan.skipped.map(({ finding }) => finding)).toContain(id);
        return;
      }
      expect(plan.preview.resolves, JSON.stringify([plan.skipped, plan.gates])).toContain(id);
      const after = applyChanges(
        snapshot,
        plan.steps.map(({ change }) => change),
      );
      const left = audit(after, rules).findings.filter(({ outcome, fix }) => outcome === 'fail' && fix.kind === 'auto');
      const explained = new Set(plan.skipped.map(({ finding }) => finding));
      expect(left.map((finding) => finding.id).filter((one) => !explained.has(one))).toEqual([]);
      const again = buildPlan({ snapshot: after, rules, request, id: 'again' });
      expect(again.steps.map(({ change }) => change.edits)).toEqual([]);
    });
  },
);

inEveryRun(() => {
  test('an allow-list that the service would refuse is fixed along with whatever else is written to the workspace', () => {
    const snapshot = snapshotOf((scene) => {
      Object.assign(scene.bodies[ids.workspace].properties, {
        publicNetworkAccess: 'Disabled',
        ipAllowlist: ['203.0.113.7', '10.0.0.4'],
      });
    });
    const request = { targets: ['workspace.serverless-subnet'], answers: {}, ips: [], profile: 'all' } as const;
    const plan = buildPlan({ snapshot, rules, request, id: 'plan' });
    expect(plan.steps.map(({ change }) => change.edits.map(({ op, pointer }) => [op, pointer]))).toEqual([
      [['remove', '/properties/ipAllowlist']],
      [['set', '/properties/serverlessComputeSettings']],
    ]);
  });
});
