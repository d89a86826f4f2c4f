// How computes get into an account, vault or registry by its strategy, and what stands at its private side (rules-catalogue 3.13,
// `storage.private-endpoints`). Shared by the rules that ask for "the way in".
import { outboundRulesPointer, outboundRuleView } from '../../kinds/managed-network.ts';
import { vnetOf } from '../../kinds/network-view.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints, reachedPrivately } from '../../posture/endpoints.ts';
import { accountGroups } from '../../posture/groups.ts';
import { outboundRules } from '../../posture/managed-network.ts';
import { knownNeedsOf, subnetUses, unreadNeedsOf } from '../../posture/needs.ts';
import type { Judgement, Verdict } from '../rule.ts';
import { subnetRuleFor, type Wall } from './firewall.ts';
import { admitsSubnet } from './firewall-verdicts.ts';
import { needs } from './subjects.ts';
import { fail, listed, notApplicable, pass, seen, subnetShown, together, unknown } from './verdict.ts';

/** The verdict of the way in of an account's strategy: subnet rules under S, private endpoints under P, outbound rules under M. */
export function wayIn(wall: Wall, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (strategyOf(wall.resource.id, world) !== 'service-endpoint') return privateWayIn(wall, world);
  const subnets = knownNeedsOf(wall.resource.id, world);
  // A compute that could not be read may need more; it does not take back what fails for those that were.
  const unread = unreadNeedsOf(wall.resource.id, world).map(({ gap }) => (): Verdict => {
    throw new GapRead(gap);
  });
  if (subnets.length + unread.length === 0) {
    return notApplicable(`No compute sits in a subnet that needs the ${wall.name}.`);
  }
  return together('critical', [...subnets.map((subnet) => () => admitsSubnet(wall, subnet, world, 'high')), ...unread]);
}

const connections = '/properties/privateEndpointConnections';
const groupsOf = (wall: Wall, world: World): readonly string[] =>
  wall.service === 'storage' ? accountGroups(wall.resource.id, world) : [wall.service];

/** Does every group in use have an approved endpoint, or, under a managed network, an active outbound rule? */
export function privateWayIn(wall: Wall, world: World): Verdict {
  const groups = groupsOf(wall, world);
  if (strategyOf(wall.resource.id, world) === 'managed-network') return managedWayIn(wall, world, groups);
  const ends = customerEndpoints(wall.resource.id, world);
  const evidence = [seen(wall.resource, connections, 'private endpoint connections')];
  const missing = groups.filter((group) => !ends.some((end) => end.groups?.includes(fold(group))));
  if (missing.length === 0)
    return pass(`The ${wall.name} has approved private endpoints for ${listed(groups)}.`, evidence);
  if (ends.some((end) => end.groups === undefined)) {
    return unknown(
      `An approved private endpoint of the ${wall.name} could not be read, so its groups are not known.`,
      evidence,
    );
  }
  return fail(`The ${wall.name} has no approved private endpoint for ${listed(missing)}.`, evidence);
}

function managedWayIn(wall: Wall, world: World, groups: readonly string[]): Verdict {
  const workspace = world.workspace();
  if (!workspace) return unknown('The managed network of the workspace is not known.');
  const evidence = [seen(workspace, outboundRulesPointer, 'outbound rules of the managed network')];
  const active = activeGroups(wall.resource.id, world);
  const missing = groups.filter((group) => !active.includes(fold(group)));
  return missing.length === 0
    ? pass(`The managed network reaches the ${wall.name} privately for ${listed(groups)}.`, evidence)
    : fail(`The managed network has no active outbound rule to the ${wall.name} for ${listed(missing)}.`, evidence);
}

/** Groups of the active PrivateEndpoint outbound rules to a resource. Throws GapRead when the rules were not shown. */
const activeGroups = (target: string, world: World): string[] =>
  outboundRules(world)
    .map(outboundRuleView)
    .filter((rule) => rule.type === 'PrivateEndpoint' && rule.status === 'Active' && sameId(rule.target, target))
    .map((rule) => rule.group ?? '');

/** Groups in use that have no private way in by the strategy of the account or vault: what its fix is to give it. */
export function missingGroups(wall: Wall, world: World): readonly string[] {
  const groups = groupsOf(wall, world);
  const { id } = wall.resource;
  const there =
    strategyOf(id, world) === 'managed-network'
      ? activeGroups(id, world)
      : customerEndpoints(id, world).flatMap((end) => end.groups ?? []);
  return groups.filter((group) => !there.includes(fold(group)));
}

/** Is there any private way at all: an approved customer endpoint, or an active outbound rule? Throws GapRead when not shown. */
export function anyPrivateWay(wall: Wall, world: World): boolean {
  if (customerEndpoints(wall.resource.id, world).length > 0) return true;
  return strategyOf(wall.resource.id, world) === 'managed-network' && activeGroups(wall.resource.id, world).length > 0;
}

/** Subnets that are admitted by a rule and cannot reach the resource privately: they lose it when public access is off. */
export function stranded(wall: Wall, judgement: Judgement): string[] {
  const { world } = judgement;
  if (wall.acls.subnetRules.length === 0) return [];
  const databricks = wall.service === 'vault' ? [] : subnetUses(world).filter(({ role }) => role === 'databricks');
  const users = [...needs(wall.resource.id, judgement), ...databricks.map(({ subnet }) => subnet)];
  return users.filter(
    (subnet) => subnetRuleFor(wall, subnet) && !reachedPrivately(wall.resource.id, vnetOf(subnet), world),
  );
}

/** The pairing of the public switch with the rules: the verdict of both `public-network-access` rules. */
export function publicSwitch(wall: Wall, judgement: Judgement): Verdict {
  const { world } = judgement;
  const { name, resource } = wall;
  const evidence = [
    seen(resource, '/properties/publicNetworkAccess', 'public network access'),
    seen(resource, '/properties/networkAcls/defaultAction', 'default action'),
  ];
  if (wall.view.publicNetworkAccess !== 'Disabled') {
    if (wall.door === 'open') return notApplicable(`The ${name} is open, which another rule speaks of.`, evidence);
    const byRules = strategyOf(resource.id, world) === 'service-endpoint';
    const note = byRules ? '' : '; with private endpoints in place it could be switched off';
    return pass(`Public access to the ${name} is on and its firewall denies by default${note}.`, evidence);
  }
  const privately = anyPrivateWay(wall, world);
  if (wall.rules === 'hidden' && !privately) {
    return fail(
      `Public access to the ${name} is off and it has no private endpoint: no rule can let anybody in.`,
      evidence,
    );
  }
  const cut = stranded(wall, judgement);
  if (cut.length > 0) {
    return fail(
      `Public access to the ${name} is off, yet ${listed(cut.map(subnetShown))} rel${cut.length === 1 ? 'ies' : 'y'} on a subnet rule, which uses the public endpoint.`,
      evidence,
    );
  }
  if (!privately) {
    return fail(
      `Public access to the ${name} is off and it has no private endpoint: only trusted services get in.`,
      evidence,
    );
  }
  const inside = privateWayIn(wall, world);
  const all = [...evidence, ...(inside.evidence ?? [])];
  if (inside.outcome === 'pass')
    return pass(`Public access to the ${name} is off, and its private endpoints stand.`, all);
  return inside.outcome === 'unknown' ? unknown(inside.because, all) : notApplicable(inside.because, all);
}
