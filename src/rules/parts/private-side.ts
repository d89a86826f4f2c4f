// The private side of an account or vault: the networks that are to reach it, whether they resolve its names, and the fixes
// that give it what is missing. Shared by the rules about private endpoints.
import { vnetOf } from '../../kinds/network-view.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { zoneNames, zoneSubscriptions } from '../../posture/dns.ts';
import { customerEndpoints, peersOf } from '../../posture/endpoints.ts';
import { unreadNeedsOf } from '../../posture/needs.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';
import type { Wall } from './firewall.ts';
import { onceEach } from './naming.ts';
import {
  chooseSubnet,
  endpointProposals,
  endpointSubnets,
  outboundRuleProposals,
  readerProposals,
} from './private-link.ts';
import { resolvesPrivately } from './private-names.ts';
import { needs } from './subjects.ts';
import { noted, shown, together, unknown } from './verdict.ts';

/** Networks of the subnets that need the resource. Throws GapRead when a compute could not be read. */
export const needingNetworks = (id: string, judgement: Judgement): string[] =>
  onceEach(needs(id, judgement).map(vnetOf));

/** Networks that hold a customer endpoint of a resource, as far as they are known. */
export const endpointNetworks = (id: string, world: World): string[] =>
  onceEach(customerEndpoints(id, world).flatMap(({ vnet }) => vnet ?? []));

/** Where an endpoint may go: the networks that need it; without any, those of the workspace's own endpoints, else all. */
function homes(id: string, judgement: Judgement): string[] {
  const { world } = judgement;
  const needing = needingNetworks(id, judgement);
  const workspace = world.snapshot.workspace;
  const beside = workspace === null || needing.length > 0 ? [] : endpointNetworks(workspace, world);
  if (needing.length > 0 || beside.length > 0) return needing.length > 0 ? needing : beside;
  return world.ofType('Microsoft.Network/virtualNetworks').map((vnet) => vnet.id);
}

/** Do the networks resolve the names of these groups? One verdict for all; `vnets` each judged once. */
export function namesResolve(wall: Wall, groups: readonly string[], vnets: readonly string[], world: World): Verdict {
  const { id } = wall.resource;
  const zones = [...new Set(groups.flatMap((group) => zoneNames(group, world)))];
  const ends = customerEndpoints(id, world).flatMap(({ connection }) => connection.endpointId ?? []);
  const holders = ends.flatMap((end) => zoneSubscriptions(end, world));
  const [unread] = strategyOf(id, world) === 'private-endpoint' ? unreadNeedsOf(id, world) : [];
  return together('high', [
    ...vnets.map((vnet) => () => {
      const subscriptions = onceEach([
        ...holders,
        ...(subscriptionOf(vnet) === undefined ? [] : [subscriptionOf(vnet) ?? '']),
      ]);
      return resolvesPrivately(vnet, zones, subscriptions, world);
    }),
    ...(unread === undefined ? [] : [() => unreadUse(unread.gap)]),
    ...customerEndpoints(id, world)
      .filter(({ groups: shownGroups, vnet }) => shownGroups === undefined || vnet === undefined)
      .map(({ connection }) => () => {
        const end = connection.endpointId ?? id;
        return unknown(`The private endpoint ${shown(end)} of the ${wall.name} could not be read.`, [
          noted(end, null, 'private endpoint'),
        ]);
      }),
  ]);
}

function unreadUse(gap: GapRead['gap']): never {
  throw new GapRead(gap);
}

/** The fix for groups that have no way in: endpoints with names and Reader on them, or rules of the managed network. */
export function giveEndpoints(
  wall: Wall,
  groups: readonly string[],
  judgement: Judgement,
  answers: Answers,
): readonly Proposal[] | string {
  const { resource: target } = wall;
  const { world } = judgement;
  if (strategyOf(target.id, world) === 'managed-network') {
    return outboundRuleProposals({ target: target.id, groups }, judgement);
  }
  const vnets = homes(target.id, judgement);
  const subnet = chooseSubnet(answers, endpointSubnets(onceEach([...vnets, ...nearby(vnets, world)]), world));
  const made = endpointProposals({ target, groups, subnet, vnets: needingNetworks(target.id, judgement) }, judgement);
  return typeof made === 'string' || wall.service !== 'storage'
    ? made
    : [...made, ...readerProposals(target, made, judgement)];
}

/** Connected peers that were read: an endpoint there serves as well. */
const nearby = (vnets: readonly string[], world: World): string[] =>
  vnets.flatMap((vnet) => peersOf(vnet, world)).filter((id) => world.peek(id).state === 'read');
