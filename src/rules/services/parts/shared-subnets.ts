// Subnets that the registry, the default storage account and the computes share, and the edits that make them share one.
import { findSubnet, vnetOf } from '../../../kinds/network-view.ts';
import { computeView } from '../../../kinds/workspace-view.ts';
import type { Evidence } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId } from '../../../model/resource-id.ts';
import { strategyOf } from '../../../posture/architecture.ts';
import { reachedPrivately } from '../../../posture/endpoints.ts';
import { defaultAccountId } from '../../../posture/links.ts';
import { subnetRuleFor, unclear, uninterpretable, unreadableOf, type Wall, wallOf } from '../../parts/firewall.ts';
import { allowSubnet } from '../../parts/proposals.ts';
import { unseenSubnetRules } from '../../parts/registry.ts';
import { needs } from '../../parts/subjects.ts';
import { noted, seen, shown, subnetShown, unknown } from '../../parts/verdict.ts';
import type { Judgement, Proposal, Verdict } from '../../rule.ts';
import { builderOf, builders } from './image-build.ts';

export interface SharedSubnets {
  readonly registry: Wall;
  readonly account: Wall;
  /** Subnets of the computes that build, train and score. */
  readonly used: readonly string[];
  /** Those of them that the registry and the account allow. */
  readonly common: readonly string[];
  /** The compute that is set to build images, if it exists. */
  readonly builder: Resource | undefined;
  readonly evidence: readonly Evidence[];
}

/** The shared subnets, or the result why they are not known. Throws GapRead where something that decides was not read. */
export function sharedSubnets(registry: Wall, judgement: Judgement): SharedSubnets | Verdict {
  const { world } = judgement;
  const id = defaultAccountId(world);
  const resource = id === undefined ? undefined : world.get(id);
  if (!resource) return unknown('The default storage account of the workspace was not found.');
  const account = wallOf(resource, 'storage');
  const unseen = unseenSubnetRules(registry, world);
  if (unseen) return unseen;
  for (const firewall of [registry, account]) {
    const odd = unreadableOf(firewall, firewall.at.subnets);
    if (odd !== undefined || firewall.rules === 'malformed') {
      return uninterpretable(firewall, 'virtual network rules', odd ?? firewall.at.rules);
    }
  }
  const used = needs(registry.resource.id, judgement);
  const workspace = world.workspace();
  return {
    registry,
    account,
    used,
    common: used.filter((subnet) => subnetRuleFor(registry, subnet) && allows(account, subnet, judgement)),
    builder: workspace && builderOf(workspace, world),
    evidence: [
      noted(registry.resource.id, [...used], 'compute subnets'),
      seen(account.resource, account.at.subnets, 'virtual network rules of the account'),
      seen(registry.resource, registry.at.subnets, 'virtual network rules of the registry'),
    ],
  };
}

/** Does the account allow a subnet: by a rule, privately, or because all networks can connect? */
function allows(account: Wall, subnet: string, { world }: Judgement): boolean {
  if (account.access === 'open' || subnetRuleFor(account, subnet)) return true;
  return (
    strategyOf(account.resource.id, world) === 'private-endpoint' &&
    reachedPrivately(account.resource.id, vnetOf(subnet), world)
  );
}

export const isShared = ({ common }: SharedSubnets, subnet: string | undefined): boolean =>
  common.some((one) => sameId(one, subnet));

/** The subnet to share: that of the build compute, else one that is partly allowed, else that of a suitable cluster. */
export function subnetToShare(shared: SharedSubnets, judgement: Judgement): string | undefined {
  const { builder, used, registry, account } = shared;
  if (builder) return computeView(builder).subnet;
  const likely = builders(judgement.world).map((compute) => computeView(compute).subnet);
  const partly = used.filter((subnet) => subnetRuleFor(registry, subnet) ?? allows(account, subnet, judgement));
  return [...partly, ...likely, ...used].find((subnet) => subnet !== undefined);
}

/** Both allow this subnet, and it gets the service endpoints that are missing. */
export function shareSubnet(subnet: string, shared: SharedSubnets, judgement: Judgement): Proposal[] | string {
  const { registry, account } = shared;
  const { world } = judgement;
  if (!findSubnet(world, subnet)) return `${subnetShown(subnet)} does not exist, so no rule can allow it.`;
  const toAccount = allows(account, subnet, judgement) ? [] : accountRule(account, subnet, judgement);
  if (typeof toAccount === 'string') return toAccount;
  const toRegistry = allowSubnet(registry, subnet, judgement);
  return typeof toRegistry === 'string' ? toRegistry : [...toAccount, ...toRegistry];
}

function accountRule(account: Wall, subnet: string, judgement: Judgement): Proposal[] | string {
  if (strategyOf(account.resource.id, judgement.world) === 'service-endpoint') {
    return allowSubnet(account, subnet, judgement);
  }
  return `The ${account.name} uses private endpoints, and ${shown(vnetOf(subnet))} has none (see storage.private-endpoints).`;
}

/** The result for a firewall that is not closed; undefined otherwise. */
export const notClosed = (firewall: Wall): Verdict | undefined =>
  unclear(firewall) ??
  (firewall.access === 'open'
    ? {
        outcome: 'notApplicable',
        because: `The ${firewall.name} allows all networks.`,
        evidence: [seen(firewall.resource, firewall.at.action, 'default action')],
      }
    : undefined);
