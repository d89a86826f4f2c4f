// The effects of a whole plan: what flowed in the first world against what flows in the last.
import { expect, test } from 'vitest';
import { currentEffects } from '../../src/model/effect.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from './worlds.ts';

/** Both endpoints share a zone; one is deleted, and the record leads to the one that is kept. */
test.each([
  ['pe-stmldata-blob', ['vnet-far/snet-pe to stmldata, TCP 443: blocked from now on.'], /no address in vnet-ml until/],
  ['pe-stmldata-blob-far', [], /no address in vnet-ml and vnet-far until/],
])('a name that is written again for %s alone', (keep, cutOff, interrupted) => {
  const { effects } = buildPlan({
    ...{ snapshot: worldSnapshot('records'), rules, id: 'p' },
    request: { targets: ['dns.endpoint-collision'], answers: { keep }, ips: [], profile: 'all' },
  });
  const current = currentEffects(effects);
  const of = (kind: string) => current.filter((one) => one.kind === kind);
  expect(of('cutsOff').map(({ detail }) => detail)).toEqual(cutOff);
  expect(of('cutsOff').every(({ automatic }) => !automatic)).toBe(true);
  expect(of('interrupts').map(({ detail }) => detail)).toEqual([expect.stringMatching(interrupted)]);
  // What the kept endpoint serves today is not opened by writing its record again.
  expect(of('opens').filter(({ detail }) => detail.startsWith('vnet-far/'))).toEqual([]);
});

test('a service endpoint past a forced tunnel opens everything behind its tags, of the paired region too', () => {
  const { effects } = buildPlan({
    ...{ snapshot: worldSnapshot('tunnelled'), rules, id: 'p' },
    request: { targets: ['storage.subnet-service-endpoint'], answers: {}, ips: [], profile: 'all' },
  });
  const opens = currentEffects(effects).filter(({ kind }) => kind === 'opens');
  const wide = opens.flatMap(({ detail, automatic }) => {
    const [tag] = /\bStorage\.[a-z]+/i.exec(detail) ?? [];
    return tag === undefined ? [] : [[tag.toLowerCase(), automatic]];
  });
  // No finding names the accounts of others.
  expect(wide).toEqual([
    ['storage.westeurope', false],
    ['storage.northeurope', false],
  ]);
});

test('rules of a firewall open the tags, addresses and hosts that they name, and no Internet', () => {
  const { effects } = buildPlan({
    ...{ snapshot: worldSnapshot('tunnelled'), rules, id: 'p' },
    request: { targets: ['firewall.current-rules'], answers: {}, ips: [], profile: 'all' },
  });
  const opens = currentEffects(effects).flatMap((one) =>
    one.kind === 'opens' && one.reason === 'flow' && one.data.from.name.includes('snet-low')
      ? [`${one.data.to.name.toLowerCase()} ${one.data.traffic}`]
      : [],
  );
  expect(opens).toContain('azureactivedirectory TCP 80, 443');
  expect(opens).toContain('storage.westeurope TCP 443, 445');
  expect(opens).toContain('pypi.org TCP 443');
  expect(opens.filter((one) => /internet|^addresses/.test(one))).toEqual([]);
});
