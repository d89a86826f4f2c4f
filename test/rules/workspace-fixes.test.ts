// The choices that fixes of the workspace leave to the operator: what is offered, what is taken, what is said where nothing can
// be sent.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { findingId } from '../../src/model/finding.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { applyChanges } from '../../src/plan/simulate.ts';
import { rules } from '../../src/rules/index.ts';
import type { Answers, Proposal } from '../../src/rules/rule.ts';
import {
  cluster,
  connection,
  ids,
  type Loose,
  type Scene,
  snapshotOf,
  withEndpoint,
  withZone,
} from '../support/snapshot.ts';

type SampleChange = (scene: Scene) => void;
const properties = (scene: Scene): Loose => scene.bodies[ids.workspace].properties;

function proposed(rule: string, change: SampleChange, answers: Answers = {}, profile: 'all' | 'article-2020' = 'all') {
  const snapshot = snapshotOf(change);
  const id = findingId(rule, ids.workspace);
  const finding = audit(snapshot, rules, profile).findings.find((one) => one.id === id);
  const { fix } = rules.find((one) => one.id === rule) ?? {};
  if (finding?.outcome !== 'fail' || !fix) throw new Error(`${rule} does not fail: ${finding?.because}`);
  const made = fix(finding, { index: indexSnapshot(snapshot), profile, assumeDenyByDefault: false }, answers);
  const after = (proposals: readonly Proposal[]) =>
    applyChanges(
      snapshot,
      proposals.toSorted((a, b) => a.phase - b.phase).map((one) => one.change),
    );
  return { made, after: () => after(made as readonly Proposal[]) };
}
const workspaceAfter = (rule: string, change: SampleChange, pointer: string, answers: Answers = {}) =>
  valueAt(
    proposed(rule, change, answers)
      .after()
      .resources.find(({ id }) => id === ids.workspace)?.body,
    pointer,
  );

describe('workspace.serverless-subnet', () => {
  const pinned = '/properties/serverlessComputeSettings';
  const off: SampleChange = (scene) => {
    properties(scene).publicNetworkAccess = 'Disabled';
    scene.bodies[`${ids.workspace}/computes/second`] = cluster('second', ids.second);
  };
  const pin = (change: SampleChange, answers: Answers = {}) =>
    workspaceAfter('workspace.serverless-subnet', change, pinned, answers);

  test('takes the first training subnet, or the one named', () => {
    const to = (subnet: string) => ({ serverlessComputeCustomSubnet: subnet, serverlessComputeNoPublicIP: true });
    expect(pin(off)).toEqual(to(ids.train));
    expect(pin(off, { serverless: 'VNET-ML/snet-second' })).toEqual(to(ids.second));
    expect(pin(off, { serverless: ids.second.toLowerCase() })).toEqual(to(ids.second));
  });
  test('passes by a subnet that failed or belongs to a service', () => {
    const broken: SampleChange = (scene) => {
      off(scene);
      scene.bodies[ids.vnet].properties.subnets[0].properties.provisioningState = 'Failed';
    };
    expect(valueAt(pin(broken), '/serverlessComputeCustomSubnet')).toBe(ids.second);
  });
  test('keeps the existing subnet, and what else is set', () => {
    const there: SampleChange = (scene) => {
      off(scene);
      scene.intents = { architecture: 'private-endpoint' };
      properties(scene).serverlessComputeSettings = { serverlessComputeCustomSubnet: ids.far, more: 1 };
    };
    expect(pin(there)).toEqual({ serverlessComputeCustomSubnet: ids.far, more: 1, serverlessComputeNoPublicIP: true });
  });
  test('says which subnets there are, and what to do where there is none', () => {
    const { made } = proposed('workspace.serverless-subnet', off, { serverless: 'vnet-ml/snet-pe' });
    expect(made).toMatch(/not a subnet of training compute: .*vnet-ml\/snet-train and vnet-ml\/snet-second/);
    const nowhere: SampleChange = (scene) => {
      properties(scene).publicNetworkAccess = 'Disabled';
      scene.bodies[`${ids.workspace}/computes/cpu-cluster`] = cluster('cpu-cluster', null);
    };
    expect(proposed('workspace.serverless-subnet', nowhere).made).toMatch(/az ml workspace update/);
  });
});

describe('workspace.managed-network-mode', () => {
  const wished: SampleChange = (scene) => {
    scene.intents = { architecture: 'managed-network' };
  };
  const mode = (change: SampleChange, answers: Answers = {}) =>
    proposed('workspace.managed-network-mode', change, answers).made;
  const reachable =
    (modes: readonly string[]): SampleChange =>
    (scene) => {
      wished(scene);
      properties(scene).managedNetwork = { isolationMode: 'Disabled', changeableIsolationModes: modes };
    };
  test('offers both modes, only what Azure lists, or only what resolves the finding', () => {
    expect(mode(wished)).toMatch(/mode=AllowInternetOutbound or mode=AllowOnlyApprovedOutbound/);
    expect(mode(reachable(['allowonlyapprovedoutbound']))).toMatch(/answer mode=AllowOnlyApprovedOutbound\./);
    const limited: SampleChange = (scene) => {
      wished(scene);
      Object.assign(scene.intents, { outboundMode: 'limited' });
    };
    expect(mode(limited)).toMatch(/answer mode=AllowOnlyApprovedOutbound\./);
    expect(mode(limited, { mode: 'AllowInternetOutbound' })).toMatch(/"AllowInternetOutbound" is not one of the modes/);
  });
  test('sends nothing where Azure lists no mode', () => {
    expect(mode(reachable([]), { mode: 'AllowOnlyApprovedOutbound' })).toMatch(/Create a new workspace/);
  });
  test('sets the mode beside what is there, and says what must be created again', () => {
    const change = reachable(['AllowInternetOutbound']);
    const answers = { mode: 'allowinternetoutbound' };
    const after = workspaceAfter('workspace.managed-network-mode', change, '/properties/managedNetwork', answers);
    expect(after).toMatchObject({
      isolationMode: 'AllowInternetOutbound',
      changeableIsolationModes: ['AllowInternetOutbound'],
    });
    expect((mode(change, answers) as readonly Proposal[])[0]?.advice).toMatch(/created again/);
  });
});

describe('workspace.studio-blocked-by-secured-storage', () => {
  const shut: SampleChange = (scene) => {
    scene.bodies[ids.account].properties.networkAcls.bypass = 'None';
    withEndpoint(scene, ids.account, ['blob'], ids.pe);
  };
  test('allows the workspace by name, and makes it Reader of the endpoints', () => {
    const { made } = proposed('workspace.studio-blocked-by-secured-storage', shut);
    expect((made as readonly Proposal[]).map(({ change }) => [change.kind, change.resource.split('/').at(-3)])).toEqual(
      [
        ['edit', 'Microsoft.Storage'],
        ['create', 'Microsoft.Authorization'],
      ],
    );
  });
  test('is a choice, in 2020', () => {
    const wanted: SampleChange = (scene) => Object.assign(scene.intents, { usesStudio: true });
    expect(proposed('workspace.studio-blocked-by-secured-storage', wanted, {}, 'article-2020').made).toMatch(
      /2020 article on virtual networks has no fix/,
    );
  });
});

describe('workspace.private-endpoint', () => {
  const alone: SampleChange = (scene) => {
    scene.intents = { architecture: 'private-endpoint' };
  };
  test('asks for the subnet, and takes none that belongs to a service', () => {
    const { made } = proposed('workspace.private-endpoint', alone);
    expect(made).toMatch(/answer subnet=VNET\/NAME.*vnet-ml\/snet-pe/);
    const taken: SampleChange = (scene) => {
      alone(scene);
      scene.bodies[ids.vnet].properties.subnets[2].properties.delegations = [
        { name: 'd', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } },
      ];
    };
    expect(proposed('workspace.private-endpoint', taken, { subnet: 'snet-pe' }).made).toMatch(
      /is not a subnet that accepts/,
    );
  });
  test('makes zones, links, the endpoint and its zone group, in this order of phases', () => {
    const { made } = proposed('workspace.private-endpoint', alone, { subnet: 'snet-pe' });
    const steps = (made as readonly Proposal[]).map(({ phase, change }) => [phase, change.resource.split('/').at(-2)]);
    expect(steps).toEqual([
      [1, 'privateDnsZones'],
      [1, 'privateDnsZones'],
      [2, 'virtualNetworkLinks'],
      [2, 'virtualNetworkLinks'],
      [2, 'privateEndpoints'],
      [2, 'privateDnsZoneGroups'],
    ]);
  });
  test('approves a connection that waits instead of making a second one, without a question', () => {
    const waiting: SampleChange = (scene) => {
      alone(scene);
      for (const zone of ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net']) {
        withZone(scene, zone, [ids.vnet]);
      }
      const name = withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
      const one = connection(ids.workspace, name, 'Pending');
      properties(scene).privateEndpointConnections = [one];
      scene.bodies[one.id] = one;
    };
    const { made } = proposed('workspace.private-endpoint', waiting);
    const changes = (made as readonly Proposal[]).map(({ change }) => change);
    expect(changes.map(({ kind, resource }) => [kind, resource.split('/').at(-2)])).toEqual([
      ['create', 'privateDnsZoneGroups'],
      ['edit', 'privateEndpointConnections'],
    ]);
    expect(changes.flatMap(({ edits }) => edits)).toMatchObject([{ op: 'set', before: 'Pending', after: 'Approved' }]);
  });
});

test('closing the workspace says what happens to batch endpoints, unless there are none', () => {
  const behind: SampleChange = (scene) => {
    scene.intents = { architecture: 'private-endpoint' };
    withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
  };
  const advice = (change: SampleChange) =>
    (proposed('workspace.public-network-access', change).made as readonly Proposal[])[0]?.advice;
  expect(advice(behind)).toMatch(/Batch endpoints/);
  const none: SampleChange = (scene) => {
    behind(scene);
    Object.assign(scene.intents, { usesBatchEndpoints: false });
  };
  expect(advice(none)).not.toMatch(/Batch endpoints/);
});
