// Who is cut off when a service is closed: computes and endpoints of this workspace outside every network, and other workspaces.
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { put } from '../trust/random-worlds.ts';
import { resourceOf, worldSnapshot } from './worlds.ts';

const rule = 'storage.default-action-deny';
const isWorkspace = ({ type }: Resource): boolean => type === 'Microsoft.MachineLearningServices/workspaces';

/** The open world with a compute outside every network, or another workspace on the same account, or both. */
function opened({ loose = false, other = false, gap = '' }): Snapshot {
  const snapshot = worldSnapshot('open', {
    change(resources) {
      const workspace = resources.find(isWorkspace);
      if (workspace === undefined) throw new Error('no workspace');
      const clone = resourceOf({
        ...workspace.body,
        id: workspace.id.replace(/[^/]+$/, 'mlw-other'),
        name: 'mlw-other',
      });
      const cluster = resources.find(({ id }) => id.endsWith('/computes/cpu-cluster'));
      const outside = resourceOf({
        ...put(cluster?.body, ['properties', 'properties', 'subnet'], null),
        ...{ id: `${workspace.id}/computes/loose`, name: 'loose' },
      });
      return [...resources, ...(loose ? [outside] : []), ...(other ? [clone] : [])];
    },
  });
  const id = `${snapshot.workspace}/${gap}`;
  return gap === ''
    ? snapshot
    : {
        ...snapshot,
        gaps: [...snapshot.gaps, { id, reason: 'No permission.', action: 'a', status: 403 }],
        collections: snapshot.collections.filter((one) => one.id !== id),
      };
}

function planned(snapshot: Snapshot, answers: Readonly<Record<string, string>> = {}) {
  const account = snapshot.resources.find(({ id }) => id.endsWith('/storageAccounts/stmlsim'))?.id ?? '';
  const request = { targets: [rule], answers, ips: [], profile: 'all', resource: account } as const;
  const plan = buildPlan({ snapshot, rules, request, id: 'p' });
  return {
    gates: plan.gates.filter(({ kind }) => kind === 'dependants'),
    skipped: plan.skipped.map(({ reason }) => reason).join(' '),
    closes: plan.steps.some(({ findings }) => findings.some((id) => id.startsWith(rule))),
    loses: plan.effects.flatMap(({ kind, detail }) =>
      kind === 'restricts' && detail.includes('loses access to') ? [detail] : [],
    ),
  };
}

describe('closing an account', () => {
  test('nobody else uses it', () => {
    expect(planned(opened({}))).toMatchObject({ gates: [], closes: true, loses: [] });
  });

  test('another workspace is named, by a gate that warns and as an effect', () => {
    const { gates, closes, loses } = planned(opened({ other: true }));
    expect(gates).toEqual([
      { kind: 'dependants', outcome: 'warn', detail: 'Closing stmlsim cuts off: workspace mlw-other.' },
    ]);
    expect(closes).toBe(true);
    expect(loses).toEqual(['Workspace mlw-other loses access to stmlsim.']);
  });

  test('a compute of this workspace blocks it until that is accepted', () => {
    const snapshot = opened({ loose: true, other: true });
    const { closes, skipped } = planned(snapshot);
    expect(closes).toBe(false);
    expect(skipped).toContain(
      'cuts off: compute loose (no virtual network), workspace mlw-other. Pass --answer accept-cut=yes',
    );
    const accepted = planned(snapshot, { 'accept-cut': 'yes' });
    expect(accepted.closes).toBe(true);
    expect(accepted.loses.toSorted()).toEqual([
      'Compute loose (no virtual network) loses access to stmlsim.',
      'Workspace mlw-other loses access to stmlsim.',
    ]);
  });

  test('a list that could not be read is unknown', () => {
    const { gates, loses } = planned(opened({ gap: 'onlineEndpoints' }));
    expect(gates).toEqual([
      {
        ...{ kind: 'dependants', outcome: 'unknown' },
        detail: 'Who depends on stmlsim could not be read: No permission.',
      },
    ]);
    expect(loses).toEqual([]);
    const both = planned(opened({ gap: 'onlineEndpoints', other: true }));
    expect(both.gates.map(({ outcome }) => outcome).toSorted()).toEqual(['unknown', 'warn']);
    expect(both.loses).toEqual(['Workspace mlw-other loses access to stmlsim.']);
  });
});
