// aks.ip-plan: the subnets of a cluster hold its nodes and pods when it is as large as it may get.
import { poolLimit } from '../../kinds/agent-pool.ts';
import { networkProfile } from '../../kinds/managed-cluster-view.ts';
import { findSubnet, subnetView } from '../../kinds/network-view.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import { clean } from '../../model/text.ts';
import { usableAddresses } from '../../net/address-plan.ts';
import { largestFitting, needOf, type Seats, seatsIn } from '../parts/cluster-room.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { type Attached, attachedOf, nodeSubnets, placeless, podSubnets } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, noted, pass, quoted, seen, subnetShown, together, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const subnetsOf = (one: Attached): string[] => onceEach([...nodeSubnets(one), ...podSubnets(one)]);
const sum = (seats: readonly Seats[], subnet: string, one: Attached): number =>
  seats.reduce((total, seat) => total + needOf(seat, seat.nodes, subnet, one), 0);

function usableIn(id: string, { world }: Judgement): number | undefined {
  const subnet = findSubnet(world, id);
  return subnet && usableAddresses(subnetView(subnet).prefixes);
}

function judgeSubnet(id: string, one: Attached, judgement: Judgement): Verdict {
  const { cluster, view, name } = one;
  const subnet = findSubnet(judgement.world, id);
  if (!subnet)
    return notApplicable(`The subnet ${subnetShown(id)} does not exist; workspace.network-preexists speaks of that.`);
  const seats = seatsIn(id, one);
  const usable = usableIn(id, judgement);
  const formula =
    view.plugin === 'azure' && !view.overlay
      ? '(nodes + surge) × (1 + pods of a node)'
      : 'nodes + surge, since pods take no addresses of it';
  const need = seats === undefined ? null : sum(seats, id, one);
  const evidence = [
    seen(cluster, networkProfile, 'kind of networking'),
    ...view.pools.map(({ pointer }) => seen(cluster, pointer, 'pool')),
    seen(subnet, '/properties/addressPrefix', 'range of the subnet'),
    noted(id, need, `addresses needed: ${formula}`),
    noted(id, usable ?? null, 'addresses that can be had'),
  ];
  if (seats === undefined || need === null)
    return unknown(`How large the pools of the ${name} may get is not shown.`, evidence);
  if (usable === undefined) return unknown(`How many addresses ${subnetShown(id)} has is not shown.`, evidence);
  return need <= usable
    ? pass(`The ${name} needs at most ${need} of the ${usable} addresses of ${subnetShown(id)}.`, evidence)
    : fail(`The ${name} may need ${need} addresses of ${subnetShown(id)}, which has ${usable}: ${formula}.`, evidence);
}

/** Smaller limits for the pools of one subnet, the one that may grow furthest first, or the sentence why none helps. */
function shrink(id: string, one: Attached, judgement: Judgement, answers: Answers): Proposal[] | string {
  const seats = seatsIn(id, one);
  const usable = usableIn(id, judgement);
  const name = subnetShown(id);
  if (seats === undefined || usable === undefined)
    return `How many addresses ${name} has, or the cluster needs of it, is not shown.`;
  let need = sum(seats, id, one);
  const floorOf = ({ pool }: Seats): number => Math.max(pool.count ?? 0, 1);
  const growing = seats
    .filter((seat) => seat.grows && seat.nodes > floorOf(seat))
    .toSorted((a, b) => b.nodes - floorOf(b) - (a.nodes - floorOf(a)));
  const given = answers.nodes === undefined ? undefined : Number(answers.nodes);
  if (given !== undefined && (growing.length !== 1 || !Number.isInteger(given) || given < 1)) {
    return growing.length === 1
      ? `${quoted(answers.nodes)} is no number of nodes.`
      : 'The answer nodes is for one pool that grows by itself.';
  }
  const made: Proposal[] = [];
  for (const seat of growing) {
    if (need <= usable) break;
    const own = needOf(seat, seat.nodes, id, one);
    const room = usable - (need - own);
    const least = floorOf(seat);
    const wanted = given ?? largestFitting(seat, least, room, id, one) ?? least;
    if (wanted < least) return `The pool has ${least} nodes now, so it cannot be told to have at most ${wanted}.`;
    const proposal = lowered(seat, wanted, one, judgement);
    if (typeof proposal === 'string') return proposal;
    made.push(proposal);
    need += needOf(seat, wanted, id, one) - own;
  }
  return need <= usable
    ? made
    : `The nodes that stand, with their pods, do not fit into ${name} already: add a pool in a larger subnet (az aks nodepool add --vnet-subnet-id), then delete the old one.`;
}

function lowered({ pool }: Seats, nodes: number, { cluster }: Attached, { world }: Judgement): Proposal | string {
  const found = world.peek(`${cluster.id}/agentPools/${pool.name}`);
  const name = clean(pool.name, 40);
  if (found.state !== 'read') return `The pool ${name} was not read.`;
  try {
    const change = editChange(found.resource.id, [setMember(found.resource.body, poolLimit, nodes)]);
    const risk = `The pool ${name} grows to ${nodes} nodes and no further: deployments that need more wait.`;
    return { change, phase: 3, risk };
  } catch (error) {
    if (error instanceof EditConflict) return `The limit of the pool ${name} is not in a form that can be edited.`;
    throw error;
  }
}

export const aksIpPlan = clusterRule(
  {
    id: 'aks.ip-plan',
    title: 'Subnet is large enough for nodes and pods',
    severity: 'high',
    explain: {
      why: 'With flat networking every pod takes an address of the subnet, thirty for each node unless told otherwise, and an upgrade adds a node. Once the addresses are gone nodes do not come up and upgrades fail half way.',
      fix: 'Lowers the largest number of nodes of pools that grow by themselves until all fits (answer nodes=NUMBER for the only one). The range of a used subnet cannot be changed: for more room add a pool in a larger one.',
      breaks: 'Deployments that need more nodes than the new limit wait. An undo gives the old limit back.',
      links: [links.kubernetesAddresses, links.kubernetesNetwork],
    },
    fixKind: 'guided',
    undo: 'exact',
    fix: (finding, judgement, answers) =>
      proposalsOn(finding, judgement, (compute) => {
        const one = attachedOf(compute, judgement.world);
        if (one === undefined || one === 'gone') return 'The cluster does not exist.';
        const all: Proposal[] = [];
        for (const id of subnetsOf(one)) {
          const made = shrink(id, one, judgement, answers);
          if (typeof made === 'string') return made;
          all.push(...made);
        }
        return all;
      }),
  },
  (one, judgement) => {
    const nowhere = placeless(one);
    if (nowhere) return nowhere;
    if (one.view.plugin === undefined || !['azure', 'kubenet', 'none'].includes(one.view.plugin)) {
      return unknown(`How the pods of the ${one.name} get their addresses is not shown.`, [
        seen(one.cluster, `${networkProfile}/networkPlugin`, 'kind of networking'),
      ]);
    }
    return together(
      'high',
      subnetsOf(one).map((id) => () => judgeSubnet(id, one, judgement)),
    );
  },
);
