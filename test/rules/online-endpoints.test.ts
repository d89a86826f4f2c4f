// What rules say of the online endpoints of a workspace: which of them would have to be created anew, which are reachable from
// the Internet all the same, and that a refused list is unknown; no result depends on it.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { findingId } from '../../src/model/finding.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { unresolved } from '../../src/model/unresolved.ts';
import { rules } from '../../src/rules/index.ts';
import type { Proposal } from '../../src/rules/rule.ts';
import { ids, onlineEndpoint, refused, type Scene, snapshotOf, withEndpoint } from '../support/snapshot.ts';

type SampleChange = (scene: Scene) => void;
const list = `${ids.workspace}/onlineEndpoints`;
const idOf = (name: string): string => `${list}/${name}`;
const deployed: SampleChange = (scene) => {
  scene.bodies[idOf('churn')] = onlineEndpoint('churn');
  scene.bodies[idOf('odd')] = onlineEndpoint('odd', { publicNetworkAccess: 7 });
  scene.bodies[idOf('fraud')] = onlineEndpoint('fraud', { publicNetworkAccess: 'Disabled' });
  scene.bodies[idOf('on-cluster')] = onlineEndpoint('on-cluster', { compute: `${ids.workspace}/computes/k8s` }, 'K8S');
};
const hidden: SampleChange = (scene) => scene.gaps.push(refused(list));
const wished: SampleChange = (scene) => {
  scene.intents = { architecture: 'managed-network' };
};
const private_: SampleChange = (scene) => {
  withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
  scene.intents = { architecture: 'private-endpoint' };
};
const shut: SampleChange = (scene) => {
  scene.bodies[ids.workspace].properties.publicNetworkAccess = 'Disabled';
};

function judged(rule: string, ...changes: readonly SampleChange[]) {
  const snapshot = snapshotOf((scene) => {
    for (const change of changes) change(scene);
  });
  const finding = audit(snapshot, rules).findings.find(({ id }) => id === findingId(rule, ids.workspace));
  if (!finding) throw new Error(`${rule} says nothing`);
  const fixed = (answers: Record<string, string>): string => {
    const { fix } = rules.find(({ id }) => id === rule) ?? {};
    const made = fix?.(
      finding,
      { index: indexSnapshot(snapshot), profile: 'all', assumeDenyByDefault: false },
      answers,
    );
    return ((made as readonly Proposal[])[0] as Proposal).advice ?? '';
  };
  const about = finding.evidence
    .filter(({ resource }) => resource.startsWith(list))
    .map(({ resource, value }) => [resource, value]);
  return { ...finding, about, fixed };
}

describe('turning a managed network on', () => {
  const rule = 'workspace.managed-network-mode';
  const answers = { mode: 'AllowInternetOutbound' };
  test('names the endpoints that must be made anew, and no other', () => {
    const { outcome, about, fixed } = judged(rule, wished, deployed);
    expect(outcome).toBe('fail');
    expect(about).toEqual([
      [idOf('churn'), 'Enabled'],
      [idOf('odd'), 7],
      [idOf('fraud'), 'Disabled'],
    ]);
    expect(fixed(answers)).toContain('Create again: the online endpoints churn, odd and fraud, with');
    expect(fixed(answers)).not.toContain('on-cluster');
  });
  test('says that they could not be read, and nothing where there is none', () => {
    const unread = judged(rule, wished, deployed, hidden);
    expect([unread.outcome, ...unread.about]).toEqual(['fail', [list, null]]);
    expect(unread.fixed(answers)).toContain('The online endpoints could not be read.');
    const none = judged(rule, wished);
    expect(none.about).toEqual([]);
    expect(none.fixed(answers)).not.toMatch(/Create again|could not be read/);
  });
  test('counts one whose kind the files leave open among those that may have to go', () => {
    const open: SampleChange = (scene) => {
      scene.bodies[idOf('open')] = { ...onlineEndpoint('open'), kind: unresolved("[parameters('kind')]", 'no value') };
    };
    const { outcome, fixed } = judged(rule, wished, open);
    expect(outcome).toBe('fail');
    expect(fixed(answers)).toContain('the online endpoint open, with');
  });
});

describe('denying public network access of a workspace', () => {
  const rule = 'workspace.public-network-access';
  test('leaves those of its endpoints open, which is said before and after', () => {
    const open = judged(rule, private_, deployed);
    expect(open.outcome).toBe('fail');
    expect(open.fixed({})).toContain('Access to the online endpoint churn is a separate setting');
    const closed = judged(rule, private_, deployed, shut);
    expect([closed.outcome, closed.about.map(([id]) => id)]).toEqual(['pass', [idOf('churn')]]);
    expect(closed.because).toContain('Access to the online endpoint churn is a separate setting and still public.');
  });
  test('has the same result where they may not be read, or where there are none', () => {
    const unread = judged(rule, private_, deployed, shut, hidden);
    expect([unread.outcome, ...unread.about]).toEqual(['pass', [list, null]]);
    const none = judged(rule, private_, shut);
    expect([none.outcome, none.about, none.because.endsWith(' is Disabled.')]).toEqual(['pass', [], true]);
  });
});

test('container instances beside a private endpoint: the endpoints that models can move to are shown', () => {
  const instances: SampleChange = (scene) => {
    scene.intents = { ...scene.intents, usesAci: true };
  };
  const { outcome, about } = judged('aci.private-endpoint-conflict', private_, deployed, instances);
  expect([outcome, about.map(([id]) => id)]).toEqual(['fail', ['churn', 'odd', 'fraud'].map(idOf)]);
});
