// aks.ip-plan: the subnets of a cluster have enough addresses for its nodes and pods at their maximum number.

import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean, counted } from '../../model/text.ts';
import { aksAddresses, usableAddresses } from '../../net/address-plan.ts';
import { poolLimit } from '../../resource-types/agent-pool.ts';
import { networkProfile, type PoolView } from '../../resource-types/managed-cluster-view.ts';
import { findSubnet, subnetView } from '../../resource-types/network-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import {
  evidenceAt,
  fail,
  notApplicable,
  noted,
  pass,
  quoted,
  subnetShown,
  unknown,
  worstOf,
} from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { type AttachedCluster, aksRule, allSubnets, placedClusters } from './parts/clusters.ts';

/** Pods of a node where the pool sets no number (Microsoft Learn, "AKS IP address planning", read 2026-04). */
const defaultPods = 30;

interface PoolDemand {
  readonly pool: PoolView;
  /** Maximum number of nodes, without those that an upgrade adds. */
  readonly nodes: number;
  /** Whether the pool autoscales, so that its maximum can be lowered. */
  readonly autoscales: boolean;
}

/** Nodes that an upgrade adds: `3`, or `33%` of the pool rounded up; 1 without a setting. */
function surgeOf({ surge }: PoolView, nodes: number): number {
  const share = /^(\d{1,3})%$/.exec(surge ?? '')?.[1];
  if (share !== undefined) return Math.max(1, Math.ceil((nodes * Number(share)) / 100));
  return /^\d{1,4}$/.test(surge ?? '') ? Math.max(1, Number(surge)) : 1;
}

const maxNodes = ({ autoScales, maxCount, count }: PoolView): number | undefined =>
  autoScales ? (maxCount ?? count) : count;

/** The pools with nodes or pods in a subnet; undefined where one does not show its size. */
function demandsIn(subnet: string, { view }: AttachedCluster): readonly PoolDemand[] | undefined {
  const here = view.pools.filter((pool) => sameId(pool.subnet, subnet) || sameId(pool.podSubnet, subnet));
  const demands = here.flatMap((pool): PoolDemand[] => {
    const nodes = maxNodes(pool);
    return nodes === undefined || !Number.isFinite(nodes) || nodes < 0
      ? []
      : [{ pool, nodes, autoscales: pool.autoScales && pool.maxCount !== undefined }];
  });
  return demands.length === here.length ? demands : undefined;
}

/** Addresses of the subnet that one pool needs with `nodes` nodes. */
function addressesFor({ pool }: PoolDemand, nodes: number, subnet: string, { view }: AttachedCluster): number {
  const surge = surgeOf(pool, nodes);
  const flat = view.plugin === 'azure' && !view.overlay;
  const own = sameId(pool.subnet, subnet)
    ? aksAddresses({ nodes, surge, maxPods: pool.maxPods ?? defaultPods, flat: flat && pool.podSubnet === undefined })
    : 0;
  const pods = flat && sameId(pool.podSubnet, subnet) ? (nodes + surge) * (pool.maxPods ?? defaultPods) : 0;
  return own + pods;
}

const totalFor = (demands: readonly PoolDemand[], subnet: string, one: AttachedCluster): number =>
  demands.reduce((total, demand) => total + addressesFor(demand, demand.nodes, subnet, one), 0);

/** The largest number of nodes from `least` up for which `room` addresses are enough; undefined where there is none. */
function largestFitting(
  demand: PoolDemand,
  least: number,
  room: number,
  subnet: string,
  one: AttachedCluster,
): number | undefined {
  if (addressesFor(demand, least, subnet, one) > room) return undefined;
  let [fits, over] = [least, demand.nodes + 1];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (addressesFor(demand, middle, subnet, one) <= room) fits = middle;
    else over = middle;
  }
  return fits;
}

function usableIn(id: string, { index }: RuleContext): number | undefined {
  const subnet = findSubnet(index, id);
  return subnet && usableAddresses(subnetView(subnet).prefixes);
}

function checkSubnet(id: string, one: AttachedCluster, context: RuleContext): CheckResult {
  const { cluster, view, name } = one;
  const subnet = findSubnet(context.index, id);
  if (!subnet) return notApplicable(`Subnet ${subnetShown(id)} does not exist (see workspace.network-preexists).`);
  const demands = demandsIn(id, one);
  const usable = usableIn(id, context);
  const formula =
    view.plugin === 'azure' && !view.overlay
      ? '(nodes + surge) × (1 + pods per node)'
      : 'nodes + surge (pods use no address of the subnet)';
  const need = demands === undefined ? null : totalFor(demands, id, one);
  const evidence = [
    evidenceAt(cluster, networkProfile, 'network profile'),
    ...view.pools.map(({ pointer }) => evidenceAt(cluster, pointer, 'node pool')),
    evidenceAt(subnet, '/properties/addressPrefix', 'address prefix of the subnet'),
    noted(id, need, `addresses needed: ${formula}`),
    noted(id, usable ?? null, 'usable addresses'),
  ];
  if (need === null) return unknown(`The maximum size of the node pools of ${name} is not known.`, evidence);
  if (usable === undefined) return unknown(`The number of addresses of ${subnetShown(id)} is not known.`, evidence);
  const said = `${name} needs up to ${counted(need, 'address', 'addresses')} of ${subnetShown(id)}, which has ${counted(usable, 'usable address', 'usable addresses')}`;
  return need <= usable ? pass(`${said}.`, evidence) : fail(`${said}: ${formula}.`, evidence);
}

/** Lower maximums for the pools of one subnet, the one that can grow most first, or the reason why there is no fix. */
function shrink(id: string, one: AttachedCluster, context: RuleContext, answers: Answers): Proposal[] | string {
  const demands = demandsIn(id, one);
  const usable = usableIn(id, context);
  const name = subnetShown(id);
  if (demands === undefined || usable === undefined)
    return `The number of addresses of ${name}, or the number that the cluster needs, is not known.`;
  let need = totalFor(demands, id, one);
  const least = ({ pool }: PoolDemand): number => Math.max(pool.count ?? 0, 1);
  const growing = demands
    .filter((demand) => demand.autoscales && demand.nodes > least(demand))
    .toSorted((a, b) => b.nodes - least(b) - (a.nodes - least(a)));
  const given = answers.nodes === undefined ? undefined : Number(answers.nodes);
  if (given !== undefined && (growing.length !== 1 || !Number.isInteger(given) || given < 1)) {
    return growing.length === 1
      ? `${quoted(answers.nodes)} is not a number of nodes.`
      : 'The answer nodes=NUMBER applies only where one node pool autoscales.';
  }
  const made: Proposal[] = [];
  for (const demand of growing) {
    if (need <= usable) break;
    const own = addressesFor(demand, demand.nodes, id, one);
    const floor = least(demand);
    const wanted = given ?? largestFitting(demand, floor, usable - (need - own), id, one) ?? floor;
    if (wanted < floor) return `The node pool has ${counted(floor, 'node')} now; its maximum cannot be ${wanted}.`;
    const proposal = withMaximum(demand, wanted, one, context);
    if (typeof proposal === 'string') return proposal;
    made.push(proposal);
    need += addressesFor(demand, wanted, id, one) - own;
  }
  return need <= usable
    ? made
    : `The current nodes and pods already need more addresses than ${name} has. Add a node pool in a larger subnet (az aks nodepool add --vnet-subnet-id), then delete this one.`;
}

function withMaximum(
  { pool }: PoolDemand,
  nodes: number,
  { cluster }: AttachedCluster,
  { index }: RuleContext,
): Proposal | string {
  const found = index.peek(`${cluster.id}/agentPools/${pool.name}`);
  const name = clean(pool.name, 40);
  if (found.state !== 'read') return `Node pool ${name} could not be read.`;
  try {
    const change = editChange(found.resource.id, [setMember(found.resource.body, poolLimit, nodes)]);
    const advice = `Node pool ${name} scales to at most ${counted(nodes, 'node')}; deployments that need more stay pending.`;
    return { change, phase: 3, advice };
  } catch (error) {
    if (error instanceof EditConflict) return `The maximum of node pool ${name} has an unexpected value.`;
    throw error;
  }
}

export const aksIpPlan = defineRule({
  ...aksRule,
  id: 'aks.ip-plan',
  answers: { nodes: 'NUMBER' },
  title: 'Subnet has enough addresses for nodes and pods',
  problem: 'Subnet is too small for the maximum nodes and pods',
  severity: 'high',
  explain: {
    why: 'With Azure CNI, each pod uses an address of the subnet: 30 for each node by default. An upgrade adds nodes. Without free addresses, nodes do not start and upgrades fail midway.',
    fix: 'Lowers the maximum of autoscaling node pools until all addresses fit (answer nodes=NUMBER where one pool autoscales). The range of a subnet in use cannot be changed: for more addresses, add a node pool in a larger subnet.',
    breaks: 'Deployments that need more nodes than the new maximum stay pending. An undo restores the old maximum.',
    links: [links.kubernetesAddresses, links.kubernetesNetwork],
  },
  fixKind: 'guided',
  subjects: placedClusters,
  check(one, context) {
    if (one.view.plugin === undefined || !['azure', 'kubenet', 'none'].includes(one.view.plugin)) {
      return unknown(`The network plugin of ${one.name} is not known.`, [
        evidenceAt(one.cluster, `${networkProfile}/networkPlugin`, 'network plugin (networkPlugin)'),
      ]);
    }
    return worstOf(
      'high',
      allSubnets(one).map((id) => () => checkSubnet(id, one, context)),
    );
  },
  fix(one, context, answers) {
    const all: Proposal[] = [];
    for (const id of allSubnets(one)) {
      const made = shrink(id, one, context, answers);
      if (typeof made === 'string') return made;
      all.push(...made);
    }
    return all;
  },
});
