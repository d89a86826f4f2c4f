// What several workspaces share: one row a resource, by the findings that fail in two of them or more.
import { expect, test } from 'vitest';
import type { FleetProblem } from '../../src/model/fleet.ts';
import { sharedCauses } from '../../src/plan/index.ts';

const nsg = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/nsg-hub';
const table = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/rt';

function problem(workspace: string, resource: string, ...rules: [string, 'high' | 'critical' | 'low'][]): FleetProblem {
  const findings = rules.map(([rule, severity]) => ({
    ...{ id: `${rule}@${resource}#${workspace}`, rule, severity, resource, because: '', problem: `${rule} fails` },
  }));
  return { workspace, resource, headline: '', severity: 'high', findings };
}

test('a resource is one row, with the workspaces of every finding that is shared', () => {
  const rows = sharedCauses([
    problem('/a', nsg, ['nsg.one', 'high'], ['nsg.two', 'critical']),
    problem('/b', nsg.toLowerCase(), ['nsg.one', 'high']),
    problem('/c', nsg, ['nsg.one', 'high'], ['nsg.three', 'low']),
    problem('/d', nsg, ['nsg.three', 'low']),
    problem('/a', table, ['udr.one', 'critical']),
    problem('/a', table, ['udr.two', 'critical']),
  ]);
  expect(rows).toEqual([
    {
      resource: nsg,
      headline: 'nsg-hub: nsg.one fails, and 1 more problem',
      severity: 'high',
      rules: ['nsg.one', 'nsg.three'],
      workspaces: ['/a', '/b', '/c', '/d'],
    },
  ]);
});

test('the worst rows come first, then those of the most workspaces', () => {
  const rows = sharedCauses([
    ...['/a', '/b', '/c'].map((one) => problem(one, nsg, ['nsg.one', 'low'])),
    ...['/a', '/b'].map((one) => problem(one, table, ['udr.one', 'critical'])),
  ]);
  expect(rows.map(({ resource }) => resource)).toEqual([table, nsg]);
});

test('what is equal is in the order of names: rows, findings and workspaces', () => {
  const rows = sharedCauses(
    ['/c', '/a', '/b'].flatMap((one) => [
      problem(one, table, ['udr.b', 'high'], ['udr.c', 'high'], ['udr.a', 'high']),
      problem(one, nsg, ['nsg.one', 'high']),
    ]),
  );
  expect(rows.map(({ resource, rules, workspaces }) => [resource, rules, workspaces])).toEqual([
    [nsg, ['nsg.one'], ['/a', '/b', '/c']],
    [table, ['udr.a', 'udr.b', 'udr.c'], ['/a', '/b', '/c']],
  ]);
});
