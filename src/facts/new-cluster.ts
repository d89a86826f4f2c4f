// What blocks the creation of a Kubernetes cluster in a subnet, beyond the rules about an existing one: free addresses,
// locks, policies, routes, quotas. Each answer is a gate; an unread resource is unknown.

import type { Gate } from '../model/plan.ts';
import { attempt } from '../model/readable.ts';
import { fold, groupIdOf, isWithin, nameOf, sameId, subscriptionOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean, counted } from '../model/text.ts';
import { aksAddresses } from '../net/address-plan.ts';
import { locksOf } from '../resource-types/lock.ts';
import { findSubnet, vnetOf, vnetView } from '../resource-types/network-view.ts';
import { assignmentView } from '../resource-types/policy-view.ts';
import {
  machineSizesIn,
  machineSizesOf,
  networkUsagesOf,
  plainRegion,
  usagesIn,
} from '../resource-types/service-answers.ts';
import { lockView } from '../resource-types/workspace-view.ts';
import { policiesAgainst } from './policies.ts';
import { capacityOf, demandIn } from './subnet-capacity.ts';
import { tunnelOf } from './tunnel.ts';

export interface NewCluster {
  readonly subnet: string;
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly size: string;
  /** Is it for production, which requires a minimum number of cores? */
  readonly forProduction: boolean;
  /** Front ends that use an address of the subnet. */
  readonly frontEnds: number;
}

/** The minimum of a production cluster (Microsoft Learn, "Deploy a model to Azure Kubernetes Service", read 2026). */
const coresForProduction = 12;
const madeTypes = [
  'Microsoft.ContainerService/managedClusters',
  'Microsoft.Network/loadBalancers',
  'Microsoft.Network/publicIPAddresses',
];
const counters = [
  { says: 'public addresses', names: ['PublicIPAddresses', 'StandardSkuPublicIpAddresses'] },
  { says: 'load balancers', names: ['LoadBalancers', 'StandardSkuLoadBalancers'] },
];

const gate = (kind: Gate['kind'], outcome: Gate['outcome'], detail: string): Gate => ({ kind, outcome, detail });
const shown = (id: string): string => clean(nameOf(id), 120);

export function clusterGates(plan: NewCluster, index: SnapshotIndex): Gate[] {
  const all: readonly (readonly [Gate['kind'], (plan: NewCluster, index: SnapshotIndex) => Gate[]])[] = [
    ['state', addresses],
    ['lock', locks],
    ['policy', policies],
    ['state', routes],
    ['state', quotas],
    ['state', cores],
  ];
  return all.flatMap(([kind, look]) => {
    return attempt(
      () => look(plan, index),
      (error) => [gate(kind, 'unknown', error.gap.reason)],
    );
  });
}

/** Flat networking: every node and every pod of its maximum uses an address, and an upgrade adds a node. */
function addresses({ subnet, nodes, podsPerNode, frontEnds }: NewCluster, index: SnapshotIndex): Gate[] {
  const where = shown(subnet);
  if (!findSubnet(index, subnet)) return [gate('state', 'fail', `The subnet ${where} does not exist.`)];
  const room = capacityOf(subnet, index);
  if (room === undefined) return [gate('state', 'unknown', `The number of free addresses in ${where} is not known.`)];
  const own = aksAddresses({ nodes, maxPods: podsPerNode, flat: true }) + frontEnds;
  const others = demandIn(subnet, index).reduce((sum, one) => sum + one.addresses, 0);
  const left = room.free.count - others;
  const besides = others > 0 ? ` and ${others} more ${others === 1 ? 'is' : 'are'} reserved` : '';
  return own <= left
    ? [gate('state', 'pass', `The cluster needs ${own} of ${counted(left, 'address', 'addresses')} left in ${where}.`)]
    : [
        gate(
          'state',
          'fail',
          `The cluster needs ${own} addresses of ${where}, which has ${Math.max(0, room.free.count)} free${besides}: (nodes + 1) × (1 + ${podsPerNode} pods)${frontEnds > 0 ? ', and one for the load balancer' : ''}.`,
        ),
      ];
}

function locks({ subnet }: NewCluster, index: SnapshotIndex): Gate[] {
  const subscription = subscriptionOf(subnet) ?? '';
  return index.list(locksOf(subscription)).flatMap((lock) => {
    const { scope, level, notes } = lockView(lock);
    if (!isWithin(subnet, scope)) return [];
    const name = `The lock ${shown(lock.id)} on ${shown(scope)}${notes === undefined ? '' : ` ("${clean(notes, 200)}")`}`;
    if (level === 'ReadOnly') return [gate('lock', 'fail', `${name} prevents nodes from joining ${shown(subnet)}.`)];
    return level === 'CanNotDelete' && sameId(scope, `/subscriptions/${subscription}`)
      ? [
          gate(
            'lock',
            'warn',
            `${name} prevents the cluster from deleting nodes and load balancers that it no longer needs.`,
          ),
        ]
      : [];
  });
}

function policies({ subnet }: NewCluster, index: SnapshotIndex): Gate[] {
  const group = groupIdOf(subnet);
  if (group === undefined) return [];
  return policiesAgainst(group, madeTypes, index).map(({ assignment, state, gap }) => {
    const name = `"${clean(assignmentView(assignment).title ?? nameOf(assignment.id), 120)}"`;
    return state === 'forbids'
      ? gate(
          'policy',
          'fail',
          `The policy ${name} denies the cluster, its public IP address or its load balancer in ${shown(group)}.`,
        )
      : gate(
          'policy',
          'unknown',
          gap?.reason ?? `The effect of the policy ${name} depends on parameters that are not known.`,
        );
  });
}

function routes({ subnet }: NewCluster, index: SnapshotIndex): Gate[] {
  const { kind, table } = tunnelOf(subnet, index);
  if (kind === 'none') return [];
  const by = table === undefined ? 'a route learned by its gateway' : `the route table ${shown(table.id)}`;
  const words = `${shown(subnet)} sends Internet traffic elsewhere by ${by}. Nodes start only if their outbound traffic is allowed there. Callers of a public IP address get no answer.`;
  return [gate('state', kind === 'suspectedBgp' ? 'unknown' : 'warn', words)];
}

function quotas({ subnet }: NewCluster, index: SnapshotIndex): Gate[] {
  const network = index.get(vnetOf(subnet));
  const region = network && vnetView(network).location;
  const subscription = subscriptionOf(subnet);
  if (region === undefined || subscription === undefined) return [];
  const document = index.get(networkUsagesOf(subscription, region));
  const rows = document ? usagesIn(document) : [];
  return counters.flatMap(({ says, names }) => {
    const found = rows.filter(({ name }) => names.some((one) => sameId(one, name)));
    const full = found.find(({ used, limit }) => limit - used < 1);
    if (found.length === 0)
      return [gate('state', 'unknown', `The limit for ${says} in ${plainRegion(region)} is not known.`)];
    return full === undefined
      ? []
      : [
          gate(
            'state',
            'fail',
            `${plainRegion(region)} uses ${full.used} of ${full.limit} ${says}, and the cluster needs one.`,
          ),
        ];
  });
}

/** The quota of virtual machines is not the workspace's and is not read: only the minimum is checked. */
function cores({ nodes, size, forProduction, subnet }: NewCluster, index: SnapshotIndex): Gate[] {
  const network = index.get(vnetOf(subnet));
  const region = network && vnetView(network).location;
  const document = region === undefined ? undefined : index.get(machineSizesOf(subscriptionOf(subnet) ?? '', region));
  const found = document && machineSizesIn(document).find(({ name }) => fold(name) === fold(size))?.cores;
  if (found === undefined) {
    return [
      gate(
        'state',
        'unknown',
        `The cores of ${clean(size, 60)} are not known, and neither is whether the region offers this size.`,
      ),
    ];
  }
  const total = found * nodes;
  return forProduction && total < coresForProduction
    ? [
        gate(
          'state',
          'fail',
          `${counted(nodes, 'node')} of ${clean(size, 60)} ${nodes === 1 ? 'has' : 'have'} ${counted(total, 'core')}, and a production cluster needs at least ${coresForProduction}. Use more nodes, a larger size, or --purpose dev-test.`,
        ),
      ]
    : [
        gate(
          'state',
          'pass',
          `${counted(nodes, 'node')} of ${clean(size, 60)} ${nodes === 1 ? 'has' : 'have'} ${counted(total, 'core')}.`,
        ),
      ];
}
