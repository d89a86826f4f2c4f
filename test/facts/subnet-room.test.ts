// Addresses that computes may still ask of a subnet: Kubernetes pools grow to their most nodes where they scale by themselves.
import { expect, test } from 'vitest';
import { demandIn } from '../../src/facts/subnet-capacity.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { aks, nodes, served } from '../rules/samples-aks.ts';
import { type Loose, snapshotOf } from '../support/snapshot.ts';

/** What one pool of two nodes, with thirty pods each, may still ask of its subnet. */
function growth(pool: Loose): number {
  const snapshot = snapshotOf((scene) => {
    served(scene);
    const base = { name: 'one', count: 2, maxPods: 30, vnetSubnetID: nodes };
    scene.bodies[aks].properties.agentPoolProfiles = [{ ...base, ...pool }];
  });
  return demandIn(nodes, indexSnapshot(snapshot)).reduce((sum, { addresses }) => sum + addresses, 0);
}

test('each further node of a pool that scales takes its own address and one for each pod', () => {
  const fixed = growth({ enableAutoScaling: false, maxCount: 5 });
  expect(growth({ enableAutoScaling: true, minCount: 1, maxCount: 5 }) - fixed).toBe(3 * 31);
});

test('a pool that does not scale grows by nothing, whatever its limits say', () => {
  expect(growth({ enableAutoScaling: false, maxCount: 9 })).toBe(growth({ enableAutoScaling: false }));
});
