// Lower maximums of clusters that share a subnet: which is lowered, to how many nodes, and why none is.
import { describe, expect, test } from 'vitest';
import type { Demand } from '../../src/facts/subnet-capacity.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { lowerMaximums } from '../../src/rules/compute/parts/scale.ts';
import { cluster, ids, type Loose, snapshotOf } from '../support/snapshot.ts';

/** `a 0-4 1`: a cluster of 0 to 4 nodes that has 1. */
const clusterOf = (text: string): Loose => {
  const [name = '', range = '', current = '0'] = text.split(' ');
  const made = cluster(name, ids.train);
  const [minNodeCount, maxNodeCount] = range.split('-').map(Number);
  Object.assign(made.properties.properties, {
    scaleSettings: { minNodeCount, maxNodeCount },
    currentNodeCount: Number(current),
  });
  return made;
};
const kubernetes = (): Loose => ({
  ...cluster('k', null),
  properties: { computeType: 'Kubernetes', properties: {} },
});

function lowered(clusters: readonly string[], free: number, nodes?: string, { others = 0, builder = '' } = {}) {
  const made = clusters.map(clusterOf);
  const snapshot = snapshotOf(({ bodies }) => {
    for (const one of made) bodies[one.id] = one;
    bodies[ids.workspace].properties.imageBuildCompute = builder === '' ? null : builder;
  });
  const index = indexSnapshot(snapshot);
  const demands: Demand[] = made.map((one) => ({ compute: index.get(one.id) as Demand['compute'], addresses: 0 }));
  const other = { id: `${ids.workspace}/computes/k`, type: 'x', apiVersion: '', body: kubernetes() };
  if (others > 0) demands.push({ compute: other, addresses: others });
  const found = lowerMaximums(demands, free, nodes === undefined ? {} : { nodes }, index);
  if (typeof found === 'string') return found;
  return found.map(({ change, phase }) => {
    const [edit] = change.edits;
    expect([phase, change.edits.length, edit?.pointer]).toEqual([
      3,
      1,
      '/properties/properties/scaleSettings/maxNodeCount',
    ]);
    return `${change.resource.split('/').at(-1)} ${edit?.op === 'set' ? `${edit.before} to ${edit.after}` : ''}`;
  });
}
const larger = 'Create it again in a larger subnet (`bastide create cluster`).';

describe('lower maximums', () => {
  test.each<[string, string[], number, string[] | string]>([
    ['the one that grows most, by what the other leaves', ['b 0-8 2', 'a 0-2'], 5, ['b 8 to 5']],
    ['both, the one that grows least first', ['b 0-8 2', 'a 0-2'], 1, ['a 2 to 1', 'b 8 to 2']],
    ['none, where the other has no room for one', ['b 0-8 2', 'a 0-2'], 0, ['a 2 to 0', 'b 8 to 2']],
    ['to the nodes that run', ['a 0-4 3'], 0, ['a 4 to 3']],
    ['by one', ['a 0-4'], 3, ['a 4 to 3']],
    [
      'all fit',
      ['a 0-4'],
      4,
      'The compute clusters of the subnet already fit. Only a Kubernetes cluster needs more addresses.',
    ],
    ['down to its minimum', ['a 1-4'], 1, ['a 4 to 1']],
    ['not below it', ['a 1-4'], 0, `a needs at least 1 node (minNodeCount). ${larger}`],
    ['not below a higher one', ['a 2-4'], 1, `a needs at least 2 nodes (minNodeCount). ${larger}`],
    [
      'one that does not grow is no cluster to limit',
      ['a 0-4 4'],
      0,
      'The subnet has no compute cluster to limit. Only a Kubernetes cluster needs more addresses.',
    ],
  ])('%s', (_case, clusters, free, expected) => {
    expect(lowered(clusters, free)).toEqual(expected);
  });
  test('what other computes need is not free', () => {
    expect(lowered(['a 0-4'], 5, undefined, { others: 2 })).toEqual(['a 4 to 3']);
    expect(lowered(['a 0-4'], 2, undefined, { others: 5 })).toEqual(['a 4 to 0']);
  });
  test('the cluster that builds images keeps one node', () => {
    expect(lowered(['a 0-4'], 1, undefined, { builder: 'A' })).toEqual(['a 4 to 1']);
    expect(lowered(['a 0-4'], 0, undefined, { builder: 'A' })).toBe(
      `a needs at least 1 node to build images. ${larger}`,
    );
    expect(lowered(['a 0-4'], 0, undefined, { builder: 'b' })).toEqual(['a 4 to 0']);
  });
  test('the number of nodes may be given for one cluster', () => {
    expect(lowered(['a 0-4'], 9, '3')).toEqual(['a 4 to 3']);
    expect(lowered(['a 0-4'], 0, '0')).toEqual(['a 4 to 0']);
    expect(lowered(['a 1-4'], 9, '0')).toBe(`a needs at least 1 node (minNodeCount). ${larger}`);
    expect(lowered(['a 0-4'], 0, '4')).toContain('already fit');
    for (const odd of ['-1', '1.5', 'x']) expect(lowered(['a 0-4'], 0, odd)).toBe(`"${odd}" is not a number of nodes.`);
    expect(lowered(['a 0-4', 'b 0-4'], 0, '1')).toBe(
      'The answer nodes applies to one cluster, but a and b share the subnet.',
    );
  });
});
