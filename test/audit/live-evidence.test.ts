// What Azure answers at a running machine goes to the findings it can speak about: those of security groups and of routes there.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { withLive } from '../../src/audit/live.ts';
import { rules } from '../../src/rules/index.ts';
import { grouped } from '../rules/samples-nsg.ts';
import { route, tabled } from '../rules/samples-udr.ts';
import { group, ids, snapshotOf } from '../support/snapshot.ts';

const card = `${group}/providers/Microsoft.Network/networkInterfaces/nic-live`;
const gap = {
  id: card,
  reason: 'The machine does not run.',
  action: 'Microsoft.Network/networkInterfaces/effectiveRouteTable/action',
};

const snapshot = {
  ...snapshotOf((scene) => {
    grouped([])(scene);
    tabled([route('all', '0.0.0.0/0', 'VirtualAppliance')])(scene);
  }),
  live: {
    questions: 1,
    nowhere: [],
    cards: [
      {
        ...{ subnet: ids.train, card, machine: 'vm-live', address: '10.0.1.4', at: '2026-01-01T12:00:00Z' },
        ...{ group: null, groups: null, routes: null, flows: [], gaps: [gap] },
      },
    ],
  },
};

test('findings about groups and routes of that subnet carry the answer first; others stay as they were', () => {
  const before = audit(snapshot, rules).findings;
  const after = withLive(snapshot, before);
  const told = new Set<string>();
  for (const [index, finding] of after.entries()) {
    const was = before[index];
    const area = finding.rule.split('.')[0] ?? '';
    if (finding.evidence.length === was?.evidence.length) continue;
    told.add(area);
    expect(finding.evidence[0]).toMatchObject({ resource: card });
    expect(finding.evidence[0]?.note).toContain(gap.reason);
    expect(finding.evidence.slice(1)).toEqual(was?.evidence);
  }
  expect([...told].toSorted()).toEqual(['nsg', 'udr']);
});
