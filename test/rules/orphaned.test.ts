// What is deleted because nothing uses it: its ground says what was looked for in what was read, and names the user that is deleted before
// it.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { JsonObject } from '../../src/model/json.ts';
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

const guard = '1f62aaae-184d-faf3-f607-d80426f38071-azurebatch-cloudservicenetworksecuritygroup';
function deletions(more: readonly Resource[] = [], unused = guard) {
  const snapshot = crowded(more);
  const request = { targets: [rule], answers: { unused }, ips: [], profile: 'all' as const };
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

/** In the group of the network, attached to nothing. */
const loose = (kind: string, name: string, properties: JsonObject, more: JsonObject = {}): Resource =>
  resourceOf({
    ...{ name, location: 'westeurope', properties, ...more },
    id: `${groupIdOf(crowded().workspace ?? '')}/providers/Microsoft.Network/${kind}/${name}`,
    type: `Microsoft.Network/${kind}`,
  });
const someGuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
const sources = { sourceAddressPrefix: 'BatchNodeManagement.WestEurope' };

test.each<[string, Resource, boolean]>([
  [
    'a GUID in the name',
    loose('publicIPAddresses', `pip-egress-${someGuid}`, {}, { tags: { owner: 'payments' } }),
    false,
  ],
  [
    'a GUID in the name of a load balancer',
    loose('loadBalancers', `lb-${someGuid}`, { backendAddressPools: [] }),
    false,
  ],
  ['the name of Azure Batch alone', loose('publicIPAddresses', `${someGuid}-azurebatch-publicip`, {}), false],
  [
    'a rule that names Azure Batch',
    loose('networkSecurityGroups', 'nsg-own', { securityRules: [{ name: 'one', properties: sources }] }),
    false,
  ],
  ['a tag of Azure Batch', loose('publicIPAddresses', 'pip-one', {}, { tags: { 'azure-batch-pool': 'one' } }), true],
  [
    'its manager',
    loose('publicIPAddresses', 'pip-two', {}, { managedBy: '/subscriptions/x/providers/Microsoft.Batch/one' }),
    true,
  ],
])('%s: deleted without being named only where it proves who created it', (_what, one, isProven) => {
  const isDeleted = (unused?: string): boolean =>
    deletions([one], unused).steps.some(({ change }) => sameId(change.resource, one.id));
  const others = crowded([one]);
  const finding = audit(others, rules).findings.find(
    ({ rule: id, resource }) => id === rule && sameId(resource, one.id),
  );
  expect(finding?.outcome).toBe('fail');
  expect(finding?.because.includes('is not known')).toBe(!isProven);
  expect([isDeleted(''), isDeleted(nameOf(one.id).slice(0, -1)), isDeleted(nameOf(one.id))]).toEqual([
    isProven,
    isProven,
    true,
  ]);
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
