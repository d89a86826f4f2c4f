// Registry, storage and computes in one subnet (rules-catalogue, `acr.same-vnet-subnet`): which subnets the three share, and
// the rules that make them share one.
import { findSubnet, vnetOf } from '../../kinds/network-view.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { defaultAccountId } from '../../posture/links.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';
import { subnetRuleFor, unclear, unreadableOf, type Wall, wallOf } from './firewall.ts';
import { builderOf, builders } from './image-build.ts';
import { admitSubnet } from './proposals.ts';
import { unseenSubnetRules } from './registry.ts';
import { needs } from './subjects.ts';
import { noted, seen, shown, subnetShown, unknown } from './verdict.ts';

export interface Shared {
  readonly registry: Wall;
  readonly account: Wall;
  /** Subnets of the computes that build, train and score. */
  readonly used: readonly string[];
  /** Those of them that both stores admit. */
  readonly common: readonly string[];
  /** The compute that is set to build images, where it stands. */
  readonly builder: Resource | undefined;
  readonly evidence: readonly Evidence[];
}

/**
 * The three sets, or the verdict that stands in their way. Throws GapRead where the account, the computes or an endpoint that
 * decides were not read.
 */
export function sharedSubnets(registry: Wall, judgement: Judgement): Shared | Verdict {
  const { world } = judgement;
  const id = defaultAccountId(world);
  const resource = id === undefined ? undefined : world.get(id);
  if (!resource) return unknown('The default storage account of the workspace is not known.');
  const account = wallOf(resource, 'storage');
  const unseen = unseenSubnetRules(registry, world);
  if (unseen) return unseen;
  for (const wall of [registry, account]) {
    const odd = unreadableOf(wall, wall.at.subnets);
    if (odd !== undefined || wall.rules === 'malformed') {
      return unknown(`The subnet rules of the ${wall.name} hold something that cannot be understood.`, [
        seen(wall.resource, odd ?? wall.at.rules, 'not a subnet rule'),
      ]);
    }
  }
  const used = needs(registry.resource.id, judgement);
  const workspace = world.workspace();
  return {
    registry,
    account,
    used,
    common: used.filter((subnet) => subnetRuleFor(registry, subnet) && letsIn(account, subnet, judgement)),
    builder: workspace && builderOf(workspace, world),
    evidence: [
      noted(registry.resource.id, [...used], 'subnets of the computes'),
      seen(account.resource, account.at.subnets, 'subnets the account admits'),
      seen(registry.resource, registry.at.subnets, 'subnets the registry admits'),
    ],
  };
}

/** Does the account let a subnet in: by a rule, privately, or because it lets everybody in? */
function letsIn(account: Wall, subnet: string, { world }: Judgement): boolean {
  if (account.door === 'open' || subnetRuleFor(account, subnet)) return true;
  return (
    strategyOf(account.resource.id, world) === 'private-endpoint' &&
    reachedPrivately(account.resource.id, vnetOf(subnet), world)
  );
}

export const isShared = ({ common }: Shared, subnet: string | undefined): boolean =>
  common.some((one) => sameId(one, subnet));

/** Where the three are to meet: at the builder; without one, where most of it stands already, else at a cluster that could build. */
export function meetingPlace(shared: Shared, judgement: Judgement): string | undefined {
  const { builder, used, registry, account } = shared;
  if (builder) return computeView(builder).subnet;
  const likely = builders(judgement.world).map((compute) => computeView(compute).subnet);
  const half = used.filter((subnet) => subnetRuleFor(registry, subnet) ?? letsIn(account, subnet, judgement));
  return [...half, ...likely, ...used].find((subnet) => subnet !== undefined);
}

/** Both stores admit this subnet, which gets the service endpoints it lacks. */
export function meetAt(subnet: string, shared: Shared, judgement: Judgement): Proposal[] | string {
  const { registry, account } = shared;
  const { world } = judgement;
  if (!findSubnet(world, subnet)) return `${subnetShown(subnet)} does not exist, so it cannot be admitted.`;
  const toAccount = letsIn(account, subnet, judgement) ? [] : accountRule(account, subnet, judgement);
  if (typeof toAccount === 'string') return toAccount;
  const toRegistry = admitSubnet(registry, subnet, judgement);
  return typeof toRegistry === 'string' ? toRegistry : [...toAccount, ...toRegistry];
}

function accountRule(account: Wall, subnet: string, judgement: Judgement): Proposal[] | string {
  if (strategyOf(account.resource.id, judgement.world) === 'service-endpoint') {
    return admitSubnet(account, subnet, judgement);
  }
  return `The ${account.name} is reached by private endpoints, and ${shown(vnetOf(subnet))} reaches it by none (storage.private-endpoints).`;
}

/** The verdict for a registry that is not closed, or undefined. */
export const notClosed = (wall: Wall): Verdict | undefined =>
  unclear(wall) ??
  (wall.door === 'open'
    ? {
        outcome: 'notApplicable',
        because: `The ${wall.name} is open.`,
        evidence: [seen(wall.resource, wall.at.action, 'default action')],
      }
    : undefined);
