// Two thousand resources ("large"): read in few requests, page by page, with the results that were planted, and planned for whole.
import { afterEach, expect, test } from 'vitest';
import { findingId } from '../../src/model/finding.ts';
import { large, largeWorld } from '../../src/simulator/worlds/large.ts';
import { type AuditJson, bastideJson, freshHome, type Home } from '../support/bastide.ts';

const homes: Home[] = [];
afterEach(() => {
  for (const made of homes.splice(0)) made.remove();
});

const demo = '--demo=large';
/** What an audit asks for: each network and list once, each account and its perimeter. Pages of the endpoints, and room for a few more lists. */
const mostRequests = 112;

interface Scanned {
  readonly collections: readonly { readonly id: string; readonly members: readonly string[] }[];
}

test('few requests, every page, exactly what was planted, and a plan that fixes all of it', async () => {
  const at = freshHome();
  homes.push(at);
  const audit = await bastideJson<AuditJson>(['audit', demo], at);
  // The endpoint that Microsoft keeps for the registry's shared private link cannot be read.
  expect(audit.result.snapshot.gaps.filter(({ code }) => code !== 'SubscriptionNotFound')).toEqual([]);
  expect(audit.result.snapshot.requests).toBeLessThanOrEqual(mostRequests);
  const failing = audit.result.findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
  const planted = large.faults.map(({ rule, resource, where }) => findingId(rule, resource, where));
  expect(planted.length).toBeGreaterThan(250);
  expect(failing.toSorted()).toEqual(planted.toSorted());

  const { result } = await bastideJson<Scanned>(['scan', demo], at);
  const endpoints = result.collections.find(({ id }) => id.endsWith('/privateEndpoints'));
  expect(endpoints?.members.length).toBe(241);

  // A service endpoint opens the way to every account that lists the subnet, and each finding names one of them.
  const plan = await bastideJson<{ preview: { resolves: string[] }; skipped: unknown[] }>(
    ['plan', '--all', '--allow-effects', 'opens', demo],
    at,
  );
  expect(plan.result.skipped).toEqual([]);
  expect(plan.result.preview.resolves.toSorted()).toEqual(planted.toSorted());
});

test('it grows with its counts', () => {
  const counts = {
    computes: 4,
    accounts: 3,
    computeSubnets: 6,
    networks: 1,
    subnets: 2,
    securityGroups: 2,
    strangers: 3,
  };
  const [small, more] = [largeWorld('small', counts), largeWorld('more', { ...counts, accounts: 6, strangers: 30 })];
  const count = (text: string) => (JSON.parse(text) as unknown[]).length;
  // An account behind two datastores; an account with its endpoint, interface, zone group and record.
  expect(count(more.resources()) - count(small.resources())).toBe(3 * 3 + 27 * 5);
  expect(more.faults.length).toBeGreaterThan(small.faults.length);
  expect(small.resources()).toBe(largeWorld('small', counts).resources());
});
