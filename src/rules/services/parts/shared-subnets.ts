// Subnets that the registry, the default storage account and the computes share, and the edits that make them share one.

import { strategyOf } from '../../../facts/architecture.ts';
import { defaultAccountId } from '../../../facts/links.ts';
import { reachedPrivately } from '../../../facts/reach.ts';
import type { Evidence } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId } from '../../../model/resource-id.ts';
import { findSubnet, vnetOf } from '../../../resource-types/network-view.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import {
  firewallIn,
  type ServiceFirewall,
  subnetRuleFor,
  unclear,
  uninterpretable,
  unreadableOf,
} from '../../parts/firewall.ts';
import { allowSubnet } from '../../parts/proposals.ts';
import { needs } from '../../parts/subjects.ts';
import { displayName, evidenceAt, noted, subnetShown, unknown } from '../../parts/verdict.ts';
import type { CheckResult, Proposal, RuleContext } from '../../rule.ts';
import { builderOf, builders } from './image-build.ts';
import { unseenSubnetRules } from './registry.ts';

export interface SharedSubnets {
  readonly registry: ServiceFirewall;
  readonly account: ServiceFirewall;
  /** Subnets of the computes that build, train and score. */
  readonly used: readonly string[];
  /** Those of them that the registry and the account allow. */
  readonly common: readonly string[];
  /** The compute that is set to build images, if it exists. */
  readonly builder: Resource | undefined;
  readonly evidence: readonly Evidence[];
}

/** The shared subnets, or the result why they are not known. Throws UnreadableError where something that decides was not read. */
export function sharedSubnets(registry: ServiceFirewall, context: RuleContext): SharedSubnets | CheckResult {
  const { index } = context;
  const id = defaultAccountId(index);
  const resource = id === undefined ? undefined : index.get(id);
  if (!resource) return unknown('The default storage account of the workspace was not found.');
  const account = firewallIn(resource, 'storage', { index, assumeDenyByDefault: false });
  const unseen = unseenSubnetRules(registry, index);
  if (unseen) return unseen;
  for (const firewall of [registry, account]) {
    const odd = unreadableOf(firewall, firewall.at.subnets);
    if (odd !== undefined || firewall.rules === 'malformed') {
      return uninterpretable(firewall, 'virtual network rules', odd ?? firewall.at.rules);
    }
  }
  const used = needs(registry.resource.id, context);
  const workspace = index.workspace();
  return {
    registry,
    account,
    used,
    common: used.filter((subnet) => subnetRuleFor(registry, subnet) && allows(account, subnet, context)),
    builder: workspace && builderOf(workspace, index),
    evidence: [
      noted(registry.resource.id, [...used], 'compute subnets'),
      evidenceAt(account.resource, account.at.subnets, 'virtual network rules of the account'),
      evidenceAt(registry.resource, registry.at.subnets, 'virtual network rules of the registry'),
    ],
  };
}

/** Does the account allow a subnet: by a rule, privately, or because all networks can connect? */
function allows(account: ServiceFirewall, subnet: string, { index }: RuleContext): boolean {
  if (account.access === 'open' || subnetRuleFor(account, subnet)) return true;
  return (
    strategyOf(account.resource.id, index) === 'private-endpoint' &&
    reachedPrivately(account.resource.id, subnet, index)
  );
}

export const isShared = ({ common }: SharedSubnets, subnet: string | undefined): boolean =>
  common.some((one) => sameId(one, subnet));

/** The subnet to share: that of the build compute, else one that is partly allowed, else that of a suitable cluster. */
export function subnetToShare(shared: SharedSubnets, context: RuleContext): string | undefined {
  const { builder, used, registry, account } = shared;
  if (builder) return computeView(builder).subnet;
  const likely = builders(context.index).map((compute) => computeView(compute).subnet);
  const partly = used.filter((subnet) => subnetRuleFor(registry, subnet) ?? allows(account, subnet, context));
  return [...partly, ...likely, ...used].find((subnet) => subnet !== undefined);
}

/** Both allow this subnet, and it gets the service endpoints that are missing. */
export function shareSubnet(subnet: string, shared: SharedSubnets, context: RuleContext): Proposal[] | string {
  const { registry, account } = shared;
  const { index } = context;
  if (!findSubnet(index, subnet)) return `${subnetShown(subnet)} does not exist, so no rule can allow it.`;
  const toAccount = allows(account, subnet, context) ? [] : accountRule(account, subnet, context);
  if (typeof toAccount === 'string') return toAccount;
  const toRegistry = allowSubnet(registry, subnet, context);
  return typeof toRegistry === 'string' ? toRegistry : [...toAccount, ...toRegistry];
}

function accountRule(account: ServiceFirewall, subnet: string, context: RuleContext): Proposal[] | string {
  if (strategyOf(account.resource.id, context.index) === 'service-endpoint') {
    return allowSubnet(account, subnet, context);
  }
  return `The ${account.name} uses private endpoints, and ${displayName(vnetOf(subnet))} has none (see storage.private-endpoints).`;
}

/** The result for a firewall that does not deny by default; undefined otherwise. */
export const notClosed = (firewall: ServiceFirewall): CheckResult | undefined =>
  unclear(firewall) ??
  (firewall.access === 'open'
    ? {
        outcome: 'notApplicable',
        because: `The ${firewall.name} allows all networks.`,
        evidence: [evidenceAt(firewall.resource, firewall.at.action, 'default action')],
      }
    : undefined);
