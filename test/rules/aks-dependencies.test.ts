// What a Kubernetes cluster needs of storage with private endpoints: the files of a deployment as well as the blobs of its models.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { rules } from '../../src/rules/index.ts';
import { ids, type Loose, snapshotOf, withEndpoint, withZone } from '../support/snapshot.ts';
import { served } from './samples-aks.ts';

const watched = rules.filter(({ id }) => ['aks.storage-same-vnet', 'aks.dependencies-same-vnet'].includes(id));

/** Outcomes about the workspace's storage, which only these endpoints of it allow. */
function outcomes(groups: readonly string[]): readonly string[] {
  const snapshot = snapshotOf((scene) => {
    served(scene);
    scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
    const { properties } = scene.bodies[ids.account] as Loose;
    properties.networkAcls = { ...properties.networkAcls, defaultAction: 'Deny', virtualNetworkRules: [] };
    for (const group of groups) {
      withEndpoint(scene, ids.account, [group], ids.pe);
      withZone(scene, `privatelink.${group}.core.windows.net`, [ids.vnet]);
    }
  });
  return audit(snapshot, watched)
    .findings.filter(({ where, resource }) =>
      [where, resource].some((id) => id?.toLowerCase() === ids.account.toLowerCase()),
    )
    .map(({ rule, outcome }) => `${rule} ${outcome}`)
    .toSorted();
}

describe('storage with private endpoints only', () => {
  test('blob and file: both rules pass', () => {
    expect(outcomes(['blob', 'file'])).toEqual(['aks.dependencies-same-vnet pass', 'aks.storage-same-vnet pass']);
  });
  test.each(['blob', 'file'])('%s alone: both rules fail', (group) => {
    expect(outcomes([group])).toEqual(['aks.dependencies-same-vnet fail', 'aks.storage-same-vnet fail']);
  });
});
