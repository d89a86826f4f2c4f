// Which role assignments a plan may hold: those that rules plan, in every world, and none of another role, identity or scope.
import { expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { roleGates } from '../../src/plan/roles.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from './worlds.ts';

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml';

function planned(world: string, rule: string): Change {
  const snapshot = worldSnapshot(world);
  const request = { targets: [rule], answers: {}, ips: [], profile: 'all' } as const;
  const { steps } = buildPlan({ snapshot, rules, request, id: 'p' });
  const found = steps.find(({ change }) => /\/roleAssignments\//i.test(change.resource));
  if (found === undefined) throw new Error(`${rule} assigns no role in ${world}`);
  return found.change;
}

test('what a rule plans has no gate; another role, principal, scope or condition has one', () => {
  const index = indexSnapshot(worldSnapshot('drifted'));
  const own = planned('drifted', 'workspace.studio-blocked-by-secured-storage');
  expect(roleGates(own, index)).toEqual([]);
  const { properties } = own.body as { properties: Record<string, string> };
  const other = (more: object, resource = own.resource) =>
    roleGates({ ...own, resource, body: { properties: { ...properties, ...more } } } as Change, index).map(
      ({ detail }) => detail,
    );
  const definition = (name: string) => ({
    roleDefinitionId: (properties.roleDefinitionId ?? '').replace(/[^/]+$/, name),
  });
  expect(other(definition('8e3af657-a8ff-443c-a75c-2fe8c4bcb635'))[0]).toMatch(/The role Owner on \S+ is not assigned/);
  expect(other(definition('00000000-0000-0000-0000-000000000001'))).toHaveLength(1);
  expect(other({ condition: 'x' })).toHaveLength(1);
  expect(other({ principalId: '99999999-0000-0000-0000-000000000001' })[0]).toMatch(/Its principal is no identity/);
  const name = own.resource.split('/').at(-1);
  for (const scope of [
    '/subscriptions/22222222-2222-2222-2222-222222222222',
    `${group}x`,
    '/providers/Microsoft.Management/managementGroups/root',
  ])
    expect(other({}, `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`)[0]).toMatch(
      /Its scope is no/,
    );
});
