// The filter says what operators type: text, its opposite, and a few members by name.
import { expect, test } from 'vitest';
import { matches } from '../../src/app/screens/resources/filter.ts';
import type { Finding } from '../../src/model/finding.ts';

const finding: Finding = {
  id: 'storage.default-deny@/subscriptions/s/stmlsim',
  rule: 'storage.default-deny',
  title: 'The storage firewall admits every network',
  severity: 'high',
  profiles: ['current'],
  outcome: 'fail',
  resource: '/subscriptions/s/stmlsim',
  where: null,
  because: 'defaultAction is Allow.',
  evidence: [],
  fix: { kind: 'auto', undo: 'exact' },
  gaps: [],
};

test.each([
  '',
  'FIREWALL',
  'stmlsim',
  'sev:high',
  'rule:storage',
  'fix:auto',
  'is:fail',
  '!vault',
  '!sev:low',
  'firewall sev:high',
  '!',
])('%j keeps it', (filter) => expect(matches(finding, filter)).toBe(true));
test.each(['vault', '!firewall', 'sev:low', 'fix:none', 'is:pass', 'firewall sev:low', '!sev:high'])(
  '%j leaves it out',
  (filter) => expect(matches(finding, filter)).toBe(false),
);
