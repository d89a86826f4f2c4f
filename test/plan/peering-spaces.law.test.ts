// A peering that Azure refuses for overlapping ranges is not offered, and stops a plan that has it; what is not known of that is said.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { peeringSpaces } from '../../src/facts/peering-spaces.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { gatesOf } from '../../src/plan/gates.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { created, group, snapshotOf } from './small-worlds.ts';
import { resourceOf, worldSnapshot } from './worlds.ts';

const networks = `${group}/providers/Microsoft.Network/virtualNetworks`;
const far = '/subscriptions/9/resourceGroups/far/providers/Microsoft.Network/virtualNetworks/vnet-x';

describe('a network that is peered with another one', () => {
  const peered = (held: JsonObject): Snapshot =>
    worldSnapshot('drifted', {
      change: (all) =>
        all.map((one) => {
          if (!one.id.endsWith('/virtualNetworks/vnet-old')) return one;
          const peering = {
            ...{ id: `${one.id}/virtualNetworkPeerings/to-x`, name: 'to-x' },
            properties: { remoteVirtualNetwork: { id: far }, peeringState: 'Connected', ...held },
          };
          const properties = { ...(one.body.properties as JsonObject), virtualNetworkPeerings: [peering] };
          return { ...one, body: { ...one.body, properties } };
        }),
    });
  const spaceOf = (prefix: string): JsonObject => ({ remoteAddressSpace: { addressPrefixes: [prefix] } });
  const planOf = (snapshot: Snapshot, answers: Readonly<Record<string, string>>) =>
    buildPlan({
      ...{ snapshot, rules, id: 'plan-1' },
      request: { targets: ['compute.endpoint-path'], answers, ips: [], profile: 'all' },
    });
  const reasons = ({ skipped }: ReturnType<typeof planOf>) => skipped.map(({ reason }) => reason).join('\n');
  const peerings = ({ steps }: ReturnType<typeof planOf>) =>
    steps.filter(({ change }) => change.resource.includes('/virtualNetworkPeerings/'));
  const refused = /vnet-ml and vnet-old cannot be peered: vnet-ml has addresses of vnet-x \(10\.0\.0\.0\/20\)/;

  test('is not offered, and not planned, where the ranges of the peer overlap', () => {
    const overlapping = peered(spaceOf('10.0.0.0/20'));
    expect(reasons(planOf(overlapping, {}))).toMatch(refused);
    expect(reasons(planOf(overlapping, {}))).not.toContain('way=peer');
    const asked = planOf(overlapping, { way: 'peer' });
    expect(peerings(asked)).toEqual([]);
    expect(reasons(asked)).toMatch(refused);
  });
  test('is offered where they do not', () => {
    const apart = peered(spaceOf('10.77.0.0/20'));
    expect(reasons(planOf(apart, {}))).toContain('way=peer');
    const asked = planOf(apart, { way: 'peer' });
    expect(peerings(asked).length).toBe(2);
    expect(asked.gates.filter(({ detail }) => detail.includes('peer'))).toEqual([]);
  });
  test('says what is not known', () => {
    const unread = peered({});
    expect(reasons(planOf(unread, {}))).toMatch(/way=peer.*Not known whether Azure accepts the peering/);
    const { gates } = planOf(unread, { way: 'peer' });
    expect(
      gates
        .filter(({ outcome }) => outcome === 'unknown')
        .map(({ detail }) => detail)
        .join(),
    ).toContain('the addresses behind the peering of vnet-old with vnet-x are not known');
  });
  test('a peering from a file is compared too', () => {
    const overlapping = peered(spaceOf('10.0.0.0/20'));
    const id = (name: string) => overlapping.resources.find((one) => one.id.endsWith(`/virtualNetworks/${name}`))?.id;
    for (const [one, other] of [
      ['vnet-ml', 'vnet-old'],
      ['vnet-old', 'vnet-ml'],
    ] as const) {
      const body = { properties: { remoteVirtualNetwork: { id: id(other) ?? '' } } };
      const gates = gatesOf(created(`${id(one)}/virtualNetworkPeerings/p`, body), indexSnapshot(overlapping));
      expect(
        gates
          .filter(({ outcome }) => outcome === 'fail')
          .map(({ detail }) => detail)
          .join(),
      ).toContain('cannot be peered');
    }
  });
});

test('two networks are refused where any two ranges that must differ share an address', () => {
  // Ranges of 10.N.0.0: of /16 or /15, the latter over two of them.
  const range = fc.record({ at: fc.integer({ min: 0, max: 7 }).map((n) => n * 2), wide: fc.boolean() });
  type Range = { readonly at: number; readonly wide: boolean };
  const textOf = ({ at, wide }: Range) => `10.${at}.0.0/${wide ? 15 : 16}`;
  const meets = (a: readonly Range[], b: readonly Range[]) => a.some((one) => b.some((other) => one.at === other.at));
  fc.assert(
    fc.property(
      fc.array(range, { minLength: 1, maxLength: 2 }),
      fc.array(range, { minLength: 1, maxLength: 2 }),
      fc.array(fc.tuple(fc.boolean(), fc.boolean(), range), { maxLength: 3 }),
      (own, theirs, peers) => {
        const network = (name: string, ranges: readonly Range[], isFirst: boolean): JsonObject => ({
          ...{ id: `${networks}/${name}`, name },
          properties: {
            addressSpace: { addressPrefixes: ranges.map(textOf) },
            virtualNetworkPeerings: peers.flatMap(([ofFirst, known, space], at) =>
              ofFirst === isFirst
                ? [
                    {
                      name: `p${at}`,
                      properties: {
                        remoteVirtualNetwork: { id: `${far}${at}` },
                        ...(known ? { remoteAddressSpace: { addressPrefixes: [textOf(space)] } } : {}),
                      },
                    },
                  ]
                : [],
            ),
          },
        });
        const [one, other] = [network('one', own, true), network('two', theirs, false)];
        const index = indexSnapshot(snapshotOf([one, other]));
        const known = peers.filter(([, isKnown]) => isKnown);
        const isRefused =
          meets(own, theirs) || known.some(([ofFirst, , space]) => meets([space], ofFirst ? theirs : own));
        const found = peeringSpaces(resourceOf(one), resourceOf(other), index);
        expect(found.refusal !== undefined).toBe(isRefused);
        if (!isRefused) expect(found.unknown.length).toBe(peers.length - known.length);
      },
    ),
    { numRuns: 300, seed: 20261201 },
  );
});
