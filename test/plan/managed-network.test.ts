// Provisioning a managed network: what Azure makes by itself is one list, and what needs a permission is certain only where it was read.
import { describe, expect, test } from 'vitest';
import { isObject } from '../../src/model/json.ts';
import { updateAt, valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { outboundRulesPointer } from '../../src/resource-types/managed-network.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from './worlds.ts';

const rule = 'workspace.managed-network-provisioned';
const planOn = (snapshot: Snapshot) =>
  buildPlan({
    ...{ snapshot, rules, id: 'p' },
    request: { targets: [rule], answers: { provision: 'yes' }, ips: [], profile: 'all' },
  });
const changesOf = (plan: ReturnType<typeof planOn>) => plan.steps.map(({ change }) => change);
const resolvedBy = (plan: ReturnType<typeof planOn>) => new Set(plan.preview.resolves.map((id) => id.split('@')[0]));
interface RuleBody {
  readonly type?: string;
  readonly status?: string;
  readonly destination?: { readonly serviceResourceId?: string; readonly subresourceTarget?: string };
}
/** The private endpoint rules of the workspace in the world that a plan leads to. */
function endpointsAfter(plan: ReturnType<typeof planOn>, start: Snapshot): readonly RuleBody[] {
  const world = applyChanges(start, changesOf(plan));
  const body = world.resources.find(({ id }) => id === start.workspace)?.body ?? {};
  const all = valueAt(body, outboundRulesPointer) as unknown as Readonly<Record<string, RuleBody>>;
  return Object.values(all).filter(({ type }) => type === 'PrivateEndpoint');
}

describe('a managed network that is not provisioned', () => {
  const read = worldSnapshot('managed');
  const unread = { ...read, collections: read.collections.filter(({ id }) => !id.includes('roleAssignments')) };

  test('its endpoints that make costs are those of the world that it leads to', () => {
    const premium = (one: Resource): Resource =>
      fold(one.type).endsWith('/registries')
        ? { ...one, body: { ...one.body, sku: { name: 'Premium' } } }
        : fold(one.type).endsWith('/workspaces')
          ? {
              ...one,
              body: updateAt(one.body, ['properties', 'managedNetwork'], (network) =>
                isObject(network) ? { ...network, isolationMode: 'AllowOnlyApprovedOutbound' } : network,
              ) as Resource['body'],
            }
          : one;
    for (const start of [read, worldSnapshot('managed', { change: (all) => all.map(premium) })]) {
      const plan = planOn(start);
      const all = endpointsAfter(plan, start);
      const billed = plan.effects.filter(({ kind, detail }) => kind === 'costs' && detail.includes('private endpoint'));
      for (const { destination } of all) {
        const to = `to ${nameOf(destination?.serviceResourceId ?? '')} (${destination?.subresourceTarget})`;
        expect(billed.filter(({ detail }) => detail.includes(to)).length, to).toBe(1);
      }
      expect(all.map(({ destination }) => destination?.subresourceTarget)).toContain('amlworkspace');
      if (start !== read) expect(all.map(({ destination }) => destination?.subresourceTarget)).toContain('registry');
    }
  });
  test('the roles that its endpoints need come first, and then it is certain', () => {
    const plan = planOn(read);
    const kinds = changesOf(plan).map(({ resource }) => (/roleAssignments/i.test(resource) ? 'role' : 'provision'));
    expect(kinds).toEqual([...kinds.filter((one) => one === 'role'), 'provision']);
    expect(kinds).toContain('role');
    expect(resolvedBy(plan)).toContain('workspace.managed-network-approver');
    expect(new Set(endpointsAfter(plan, read).map(({ status }) => status))).toEqual(new Set(['Active']));
  });
  test.each([
    ['roles that were not read', unread],
    ['roles that the caller may not assign', worldSnapshot('managed', { notActions: ['*/roleAssignments/write'] })],
  ])('with %s, no endpoint is promised', (_name, snapshot) => {
    const plan = planOn(snapshot);
    expect(changesOf(plan).some(({ resource }) => /roleAssignments/i.test(resource))).toBe(false);
    expect([...resolvedBy(plan)]).toEqual([rule]);
    expect(new Set(endpointsAfter(plan, snapshot).map(({ status }) => status))).toEqual(new Set([undefined]));
  });
});
