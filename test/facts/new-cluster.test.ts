// What blocks a new Kubernetes cluster in a subnet: each gate at both sides of its limit, and what is not shown is unknown.
import { describe, expect, test } from 'vitest';
import { clusterGates, type NewCluster } from '../../src/facts/new-cluster.ts';
import type { Gate } from '../../src/model/plan.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { route, tabled } from '../rules/samples-udr.ts';
import {
  cluster,
  group,
  ids,
  type Loose,
  missing,
  refused,
  reports,
  type Scene,
  snapshotOf,
  subnet,
  subscription,
} from '../support/snapshot.ts';

const usual: NewCluster = {
  ...{ subnet: ids.second, nodes: 3, podsPerNode: 30, size: 'standard_d2_v2' },
  ...{ forProduction: false, frontEnds: 0 },
};
const gatesOf = (plan: Partial<NewCluster> = {}, change: (scene: Scene) => void = () => {}): Gate[] =>
  clusterGates({ ...usual, ...plan }, indexSnapshot(snapshotOf(change)));
/** What is not a pass, as it is told. */
const told = (gates: readonly Gate[]): string[] =>
  gates.filter(({ outcome }) => outcome !== 'pass').map(({ kind, outcome, detail }) => `${kind} ${outcome}: ${detail}`);

test('nothing blocks a small cluster in an empty subnet', () => {
  expect(gatesOf().map(({ detail }) => detail)).toEqual([
    'The cluster needs 124 of 251 addresses left in snet-second.',
    '3 nodes of standard_d2_v2 have 6 cores.',
  ]);
  expect(told(gatesOf())).toEqual([]);
});

describe('addresses', () => {
  test('the largest cluster during an upgrade must fit beside what other computes may still ask for', () => {
    const inSecond = (scene: Scene): void => {
      scene.bodies[`${ids.workspace}/computes/other`] = cluster('other', ids.second);
    };
    for (const others of [0, 4]) {
      for (const nodes of [1, 2, 6, 7, 8, 40]) {
        for (const podsPerNode of [10, 30, 110]) {
          for (const frontEnds of [0, 1]) {
            const need = (nodes + 1) * (podsPerNode + 1) + frontEnds;
            const [first] = gatesOf({ nodes, podsPerNode, frontEnds }, others === 0 ? undefined : inSecond);
            expect([need, first?.outcome]).toEqual([need, need <= 251 - others ? 'pass' : 'fail']);
            expect(first?.detail).toContain(`needs ${need} `);
          }
        }
      }
    }
  });
  test('exactly all of them are enough, one more is not', () => {
    const used = (count: number) => (scene: Scene) => {
      scene.bodies[reports.addresses].value.find((one: Loose) => one.id === ids.second).currentValue = count;
    };
    expect(gatesOf({}, used(127))[0]?.detail).toBe('The cluster needs 124 of 124 addresses left in snet-second.');
    expect(told(gatesOf({ frontEnds: 1 }, used(127)))).toEqual([
      'state fail: The cluster needs 125 addresses of snet-second, which has 124 free: (nodes + 1) × (1 + 30 pods), and one for the load balancer.',
    ]);
    expect(told(gatesOf({}, used(251)))[0]).toContain('which has 0 free: ');
  });
  test.each([
    [0, 'has 251 free: '],
    [1, 'has 251 free and 1 more is reserved: '],
    [4, 'has 251 free and 4 more are reserved: '],
  ])('%i that other computes may ask for are told', (others, says) => {
    const inSecond = (scene: Scene): void => {
      const other = cluster('other', ids.second);
      other.properties.properties.scaleSettings.maxNodeCount = others;
      scene.bodies[`${ids.workspace}/computes/other`] = other;
    };
    expect(told(gatesOf({ nodes: 40 }, inSecond))[0]).toContain(says);
  });
  test('a subnet that is not there, or shows no range', () => {
    expect(told(gatesOf({ subnet: `${ids.vnet}/subnets/none` }))[0]).toBe(
      'state fail: The subnet none does not exist.',
    );
    const vague = (scene: Scene) => {
      Reflect.deleteProperty(scene.bodies, reports.addresses);
      scene.bodies[ids.vnet].properties.subnets[1].properties.addressPrefix = undefined;
    };
    expect(told(gatesOf({}, vague))).toEqual([
      'state unknown: The number of free addresses in snet-second is not known.',
    ]);
  });
});

describe('locks', () => {
  const whole = `/subscriptions/${subscription}`;
  const locked =
    (scope: string, level: string, notes?: string) =>
    (scene: Scene): void => {
      const id = `${scope}/providers/Microsoft.Authorization/locks/guard`;
      scene.bodies[id] = { id, name: 'guard', properties: { level, ...(notes === undefined ? {} : { notes }) } };
    };
  const warning = 'prevents the cluster from deleting nodes and load balancers that it no longer needs.';
  test.each<[string, string, string, string[]]>([
    [
      'read-only on the network',
      ids.vnet,
      'ReadOnly',
      ['lock fail: The lock guard on vnet-ml prevents nodes from joining snet-second.'],
    ],
    [
      'read-only on the group',
      group,
      'ReadOnly',
      ['lock fail: The lock guard on rg-ml prevents nodes from joining snet-second.'],
    ],
    ['read-only on another network', ids.farVnet, 'ReadOnly', []],
    ['against deletion of the network', ids.vnet, 'CanNotDelete', []],
    [
      'against deletion of the subscription',
      whole,
      'CanNotDelete',
      [`lock warn: The lock guard on ${subscription} ${warning}`],
    ],
  ])('%s', (_why, scope, level, says) => expect(told(gatesOf({}, locked(scope, level)))).toEqual(says));
  test('its notes are told', () => {
    expect(told(gatesOf({}, locked(ids.vnet, 'ReadOnly', 'ask us')))[0]).toContain('on vnet-ml ("ask us") prevents');
  });
  test('unread locks are unknown, and the other gates are still there', () => {
    const gates = gatesOf({ nodes: 40 }, (scene) => {
      scene.gaps.push(refused(`${whole}/providers/Microsoft.Authorization/locks`));
    });
    expect(told(gates).map((text) => text.slice(0, 40))).toEqual([
      'state fail: The cluster needs 1271 addre',
      'lock unknown: The caller may not read it',
    ]);
  });
});

describe('policies', () => {
  const assigned =
    (type: string, effect: string, parameters?: Loose) =>
    (scene: Scene): void => {
      const definition = `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyDefinitions/no`;
      const id = `${group}/providers/Microsoft.Authorization/policyAssignments/one`;
      const policyRule = Object.fromEntries([
        ['if', { field: 'type', equals: type }],
        ['then', { effect }],
      ]);
      scene.bodies[definition] = { id: definition, properties: { displayName: 'No', policyRule, parameters } };
      scene.bodies[id] = { id, name: 'one', properties: { displayName: 'One', policyDefinitionId: definition } };
    };
  const denied = [
    'policy fail: The policy "One" denies the cluster, its public IP address or its load balancer in rg-ml.',
  ];
  const definition = `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyDefinitions/no`;
  const balancers = 'Microsoft.Network/loadBalancers';
  test('a definition that was not read, or whose effect is not shown, is unknown; one that is gone denies nothing', () => {
    const unread = (scene: Scene) => {
      assigned(balancers, 'deny')(scene);
      scene.gaps.push(refused(definition));
    };
    const gone = (scene: Scene) => {
      assigned(balancers, 'deny')(scene);
      Reflect.deleteProperty(scene.bodies, definition);
      scene.gaps.push(missing(definition));
    };
    expect(told(gatesOf({}, unread))).toEqual(['policy unknown: The caller may not read it.']);
    expect(told(gatesOf({}, assigned(balancers, "[parameters('effect')]")))).toEqual([
      'policy unknown: The effect of the policy "One" depends on parameters that are not known.',
    ]);
    expect(told(gatesOf({}, gone))).toEqual([]);
  });
  test.each<[string, string, string[]]>([
    ['Microsoft.ContainerService/managedClusters', 'deny', denied],
    ['Microsoft.Network/loadBalancers', 'deny', denied],
    ['Microsoft.Network/publicIPAddresses', 'deny', denied],
    ['Microsoft.Network/networkInterfaces', 'deny', []],
    ['Microsoft.Network/loadBalancers', 'audit', []],
  ])('%s: %s', (type, effect, says) => expect(told(gatesOf({}, assigned(type, effect)))).toEqual(says));
});

describe('routes', () => {
  test('a route of Internet traffic to elsewhere is a warning', () => {
    const gates = gatesOf({ subnet: ids.train }, tabled([route('all', '0.0.0.0/0', 'VirtualAppliance')]));
    expect(told(gates).filter((text) => text.includes('Internet traffic'))).toEqual([
      'state warn: snet-train sends Internet traffic elsewhere by the route table rt-train. Nodes start only if their outbound traffic is allowed there. Callers of a public IP address get no answer.',
    ]);
    expect(told(gatesOf({ subnet: ids.train }, tabled([route('some', '20.0.0.0/8', 'VirtualAppliance')])))).toEqual([]);
  });
  test('a gateway whose routes were not read is unknown', () => {
    const behindGateway = (scene: Scene) =>
      scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
    expect(told(gatesOf({ subnet: ids.train }, behindGateway))).toEqual([
      expect.stringMatching(/^state unknown: snet-train sends Internet traffic elsewhere by a route learned/),
    ]);
  });
});

describe('quotas and cores', () => {
  const limits =
    (...rows: readonly (readonly [name: string, used: number, limit: number])[]) =>
    (scene: Scene): void => {
      scene.bodies[reports.network].value = rows.map(([name, currentValue, limit]) => ({
        ...{ currentValue, limit, unit: 'Count', name: { value: name, localizedValue: name } },
      }));
    };
  test.each<[string, (scene: Scene) => void, string[]]>([
    ['one left of each', limits(['PublicIPAddresses', 9, 10], ['LoadBalancers', 4, 5]), []],
    [
      'none left',
      limits(['PublicIPAddresses', 10, 10], ['LoadBalancers', 4, 5]),
      ['state fail: westeurope uses 10 of 10 public addresses, and the cluster needs one.'],
    ],
    [
      'none left of the standard kind',
      limits(['PublicIPAddresses', 1, 10], ['LoadBalancers', 4, 5], ['StandardSkuLoadBalancers', 7, 7]),
      ['state fail: westeurope uses 7 of 7 load balancers, and the cluster needs one.'],
    ],
    [
      'not shown',
      limits(['StandardSkuPublicIpAddresses', 1, 10], ['NetworkSecurityGroups', 1, 1]),
      ['state unknown: The limit for load balancers in westeurope is not known.'],
    ],
  ])('%s', (_why, change, says) => expect(told(gatesOf({}, change))).toEqual(says));

  test('a production cluster needs 12 cores', () => {
    for (const nodes of [1, 5, 6, 7]) {
      const gates = gatesOf({ nodes, forProduction: true, podsPerNode: 1 });
      const plural = nodes === 1 ? 'node of standard_d2_v2 has' : 'nodes of standard_d2_v2 have';
      const rest =
        nodes < 6
          ? ', and a production cluster needs at least 12. Use more nodes, a larger size, or --purpose dev-test.'
          : '.';
      expect(gates.at(-1)).toEqual({
        ...{ kind: 'state', outcome: nodes < 6 ? 'fail' : 'pass' },
        detail: `${nodes} ${plural} ${2 * nodes} cores${rest}`,
      });
      expect(told(gatesOf({ nodes, podsPerNode: 1 }))).toEqual([]);
    }
    expect(told(gatesOf({ size: 'Standard_Unheard' }))).toEqual([
      'state unknown: The cores of Standard_Unheard are not known, and neither is whether the region offers this size.',
    ]);
  });
});
