// What is deleted because nothing uses it: its ground says what was looked for in what was read, and names the user that is deleted before
// it.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Resource } from '../../src/model/resource.ts';
import { groupIdOf, nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { madeTypes } from '../../src/rules/compute/parts/service-resources.ts';
import { rules } from '../../src/rules/index.ts';
import { resourceOf, worldSnapshot } from '../plan/worlds.ts';

const rule = 'compute.orphaned-resources';

/** The world with the lists of what the service may have created, and what else is given. */
function crowded(more: readonly Resource[] = []): Snapshot {
  const snapshot = worldSnapshot('crowded', { change: (resources) => [...resources, ...more] });
  const group = groupIdOf(snapshot.workspace ?? '');
  const collections = madeTypes.map((type) => ({
    id: `${group}/providers/${type}`,
    members: snapshot.resources.filter((one) => one.type === type).map(({ id }) => id),
  }));
  return { ...snapshot, collections: [...snapshot.collections, ...collections] };
}

function deletions() {
  const snapshot = crowded();
  const request = { targets: [rule], answers: {}, ips: [], profile: 'all' as const };
  const { steps } = buildPlan({ snapshot, rules, id: 'p', request });
  return { snapshot, steps: steps.filter(({ change }) => change.kind === 'delete') };
}

test('a deletion names every resource whose body names what is deleted, and deletes it before', () => {
  const { snapshot, steps } = deletions();
  expect(steps).toHaveLength(3);
  for (const [at, { change, advice = '' }] of steps.entries()) {
    const users = snapshot.resources.filter(
      ({ id, body }) => !sameId(id, change.resource) && JSON.stringify(body).includes(change.resource),
    );
    // The address in front of a load balancer is named by it, and does not use it.
    const own = users.filter(({ type }) => !/publicIPAddresses$/i.test(type));
    expect(advice.includes('no resource that was read refers to it'), advice).toBe(own.length === 0);
    for (const { id } of own) {
      expect(advice).toContain(`only ${nameOf(id)} uses it, which does not exist when this step is sent.`);
      expect(steps.slice(0, at).some(({ change: before }) => sameId(before.resource, id))).toBe(true);
    }
  }
  expect(steps.some(({ advice = '' }) => advice.includes('uses it, which'))).toBe(true);
});

test.each(deletions().steps.map(({ change }) => [change.resource]))(
  'what another resource refers to is in use, though its own body does not say so: %s',
  (id) => {
    const user = resourceOf({
      id: `${id.replace(/\/providers\/.*/, '')}/providers/Contoso.Things/things/user`,
      properties: { uses: { id } },
    });
    const found = audit(crowded([user]), rules).findings.filter((one) => one.rule === rule && sameId(one.resource, id));
    expect(found.map(({ outcome }) => outcome)).toEqual(['pass']);
  },
);
