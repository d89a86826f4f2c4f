// The law of limiting outbound: a plan that turns an open subnet into a limited one never blocks what training needs, whatever
// the existing rules are. Each state of the plan is checked by a plain reader of names, which shares nothing with the product.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringifyJson } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChange, buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { group, ids, type Loose, snapshotOf } from '../support/snapshot.ts';

const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-train`;

interface Flow {
  readonly tag: string;
  readonly protocol: 'Tcp' | 'Udp';
  readonly port: number;
}
const tcp = (tag: string, port = 443): Flow => ({ tag, protocol: 'Tcp', port });
/** What today's list of required outbound traffic names, for a workspace in West Europe. */
const required: readonly Flow[] = [
  tcp('Storage.WestEurope'),
  tcp('Storage.WestEurope', 445),
  tcp('AzureContainerRegistry.WestEurope'),
  tcp('AzureMachineLearning'),
  tcp('AzureMachineLearning', 18881),
  { tag: 'AzureMachineLearning', protocol: 'Udp', port: 5831 },
  tcp('AzureResourceManager'),
  tcp('AzureActiveDirectory', 80),
  tcp('AzureActiveDirectory'),
  tcp('MicrosoftContainerRegistry.WestEurope'),
  tcp('BatchNodeManagement.WestEurope'),
  tcp('AzureFrontDoor.Frontend'),
  tcp('AzureFrontDoor.FirstParty'),
  tcp('AzureMonitor'),
];
/** Some host of the Internet that no tag names. */
const stranger: Flow = tcp('somewhere else');

const holds = (ports: readonly string[], port: number): boolean =>
  ports.some((text) => {
    const [from = '', to = from] = text.split('-');
    return text === '*' || (Number(from) <= port && port <= Number(to));
  });
const names = (written: string, tag: string): boolean => {
  const [name, wanted] = [written.toLowerCase(), tag.toLowerCase()];
  return name === '*' || name === 'internet' || name === wanted || wanted.startsWith(`${name}.`);
};

/** First match wins; after all rules Azure allows the Internet. A subnet without a group blocks nothing. */
function passes(snapshot: Snapshot, { tag, protocol, port }: Flow): boolean {
  const raw = (id: string): Loose => {
    const found = snapshot.resources.find((one) => one.id.toLowerCase() === id.toLowerCase());
    return found && JSON.parse(stringifyJson(found.body));
  };
  const at = raw(ids.train).properties.networkSecurityGroup?.id;
  if (at === undefined) return true;
  const first = raw(at)
    .properties.securityRules.map((rule: Loose) => rule.properties)
    .filter((rule: Loose) => rule.direction === 'Outbound')
    .sort((a: Loose, b: Loose) => a.priority - b.priority)
    .find(
      (rule: Loose) =>
        (rule.protocol === '*' || rule.protocol === protocol) &&
        names(rule.destinationAddressPrefix, tag) &&
        holds(rule.destinationPortRanges ?? [rule.destinationPortRange], port),
    );
  return first?.access !== 'Deny';
}

interface Written {
  readonly access: string;
  readonly protocol: string;
  readonly to: string;
  readonly ports: string;
}
const someRule: fc.Arbitrary<Written> = fc.record({
  access: fc.constantFrom('Allow', 'Deny'),
  protocol: fc.constantFrom('*', 'Tcp', 'Udp'),
  to: fc.constantFrom('Internet', '*', ...required.map(({ tag }) => tag), 'Storage', 'BatchNodeManagement'),
  ports: fc.constantFrom('*', '443', '80-445', '5831'),
});

/** The workspace, outbound to be limited, its training subnet with these rules at numbers 300, 400 and so on; null: no group. */
const scene = (written: readonly Written[] | null): Snapshot =>
  snapshotOf(({ bodies, intents }) => {
    Object.assign(intents, { outboundMode: 'limited' });
    if (written === null) return;
    const at = bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train);
    at.properties.networkSecurityGroup = { id: nsg };
    const securityRules = written.map(({ access, protocol, to, ports }, index) => ({
      id: `${nsg}/securityRules/rule-${index}`,
      name: `rule-${index}`,
      properties: {
        ...{ priority: 300 + 100 * index, direction: 'Outbound', access, protocol },
        ...{
          sourceAddressPrefix: '*',
          sourcePortRange: '*',
          destinationAddressPrefix: to,
          destinationPortRange: ports,
        },
      },
    }));
    bodies[nsg] = { id: nsg, name: 'nsg-train', location: 'westeurope', properties: { securityRules } };
  });

/** Every state of a plan for the outbound rules, the first and the last included. */
function statesOf(start: Snapshot): { readonly states: readonly Snapshot[]; readonly mended: boolean } {
  const request = { targets: ['nsg.outbound-*'], answers: {}, ips: [], profile: 'all' } as const;
  const plan = buildPlan({ snapshot: start, rules, request, id: 'plan' });
  const states = [start];
  for (const { change } of plan.steps) states.push(applyChange(states.at(-1) ?? start, change));
  return { states, mended: plan.preview.resolves.some((id) => id.startsWith('nsg.outbound-deny-internet@')) };
}

function neverCloses(states: readonly Snapshot[]): void {
  for (const flow of required) {
    const seen = states.map((state) => passes(state, flow));
    expect([flow, seen.indexOf(false, Math.max(0, seen.indexOf(true)))]).toEqual([flow, seen.includes(true) ? -1 : 0]);
  }
}

describe('a plan that limits outbound', () => {
  test.each([
    ['a group with Azure’s own rules', []],
    ['no group at all', null],
  ] as const)('%s: ends limited, and keeps every required flow in every state', (_name, written) => {
    const start = scene(written);
    const { states, mended } = statesOf(start);
    expect(mended).toBe(true);
    expect(required.filter((flow) => states.some((state) => !passes(state, flow)))).toEqual([]);
    expect(passes(start, stranger)).toBe(true);
    expect(passes(states.at(-1) ?? start, stranger)).toBe(false);
  });

  test('whatever rules exist: what passes is never blocked, and a limited end allows all required traffic', () => {
    fc.assert(
      fc.property(fc.array(someRule, { maxLength: 5 }), (written) => {
        const start = scene(written);
        const { states, mended } = statesOf(start);
        neverCloses(states);
        const end = states.at(-1) ?? start;
        if (mended) expect(required.filter((flow) => !passes(end, flow))).toEqual([]);
        if (mended) expect(passes(end, stranger)).toBe(false);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
