// From where SSH is open, as it is told: the Internet, a few ranges, or how many more there are.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { grouped, into } from './samples-nsg.ts';

const told = (sources: readonly string[]): string | undefined => {
  const snapshot = snapshotOf(grouped(sources.map((source, at) => into(200 + at, source, '22'))));
  const { findings } = audit(snapshot, rules);
  return findings.find(({ rule }) => rule === 'nsg.inbound-ssh')?.because;
};
const ranges = (count: number) => Array.from({ length: count }, (_, at) => `${20 + 2 * at}.0.0.0/8`);

test.each([
  [['*'], ' allows SSH (TCP 22) from the Internet: '],
  // Beside them always the address of the Azure host.
  [ranges(1), ' allows SSH (TCP 22) from 20.0.0.0/8 and 168.63.129.16: '],
  [ranges(3), ' allows SSH (TCP 22) from 20.0.0.0/8, 22.0.0.0/8, 24.0.0.0/8 and 168.63.129.16: '],
  [ranges(4), ' allows SSH (TCP 22) from 20.0.0.0/8, 22.0.0.0/8, 24.0.0.0/8, 26.0.0.0/8 and 1 more range: '],
  [ranges(9), ' 26.0.0.0/8 and 6 more ranges: '],
])('%j', (sources, says) => expect(told(sources)).toContain(says));
