// storage.same-vnet-as-compute, storage.adls2-compute-same-vnet: the account allows the networks of the training computes, by
// virtual network rules or private endpoints.

import { strategyOf } from '../../facts/architecture.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import { subnetUses, unreadUses } from '../../facts/needs.ts';
import { blockedBecause, reachedPrivately } from '../../facts/reach.ts';
import { needSentence, type PlanNeed } from '../../model/plan-need.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { defineRule } from '../define.ts';
import {
  overrulingName,
  perimeterUnknown,
  type ServiceFirewall,
  storageFirewalls,
  subnetsPointer,
  unclear,
  unreadableOf,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { allowSubnet, inTurn } from '../parts/proposals.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  subnetShown,
  unknown,
} from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, Rule, RuleContext, Subjects } from '../rule.ts';
import { chosenAction, lakeFirewalls } from './parts/access.ts';

const trainingSubnets = ({ index }: RuleContext): string[] =>
  subnetUses(index).flatMap(({ role, subnet }) => (role === 'training' ? [subnet] : []));

/** Subnets of training computes without access to the account. Throws UnreadableError where an unread endpoint decides. */
function missingSubnets(firewall: ServiceFirewall, context: RuleContext, overruled = firewall.overruled): string[] {
  const own = (overruled ? [] : firewall.acls.subnetRules).map(({ id }) => vnetOf(id));
  return onceEach(trainingSubnets(context)).filter(
    (subnet) =>
      !own.some((id) => sameId(id, vnetOf(subnet))) && !reachedPrivately(firewall.resource.id, subnet, context.index),
  );
}

function check(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const { index } = context;
  const { name, resource } = firewall;
  const subnets = trainingSubnets(context);
  const [unread] = unreadUses(index).filter(({ role }) => role === 'training');
  if (subnets.length === 0) {
    if (unread) throw new UnreadableError(unread.gap);
    return notApplicable('No training compute is in a virtual network.');
  }
  const hasNone = firewall.acls.subnetRules.length === 0 && customerEndpoints(resource.id, index).length === 0;
  if (hasNone && firewall.access !== 'closed') {
    return (
      unclear(firewall) ??
      notApplicable(`The ${name} allows all networks and has neither virtual network rules nor private endpoints.`)
    );
  }
  const missing = missingSubnets(firewall, context);
  const networks = [...new Set(subnets.map((subnet) => fold(vnetOf(subnet))))];
  const evidence = [
    evidenceAt(resource, subnetsPointer, 'virtual network rules'),
    noted(resource.id, networks, 'networks of the training computes'),
  ];
  if (missing.length > 0) {
    const odd = unreadableOf(firewall, subnetsPointer);
    return odd === undefined && firewall.rules !== 'hidden' && firewall.rules !== 'malformed'
      ? fail(missingSentence(missing, firewall, context), evidence)
      : unknown(`The virtual network rules of the ${name} have an entry that cannot be interpreted.`, evidence);
  }
  if (unread) throw new UnreadableError(unread.gap);
  // A perimeter that was not read may overrule the virtual network rules.
  const needsRules = firewall.access === 'perimeter' && missingSubnets(firewall, context, true).length > 0;
  if (needsRules) return perimeterUnknown(firewall);
  return pass(`The ${name} has a rule or a private endpoint for every network of the training computes.`, evidence);
}

function missingSentence(missing: readonly string[], firewall: ServiceFirewall, context: RuleContext): string {
  const { name, resource } = firewall;
  const [blocked] = missing.flatMap((subnet) => {
    const because = blockedBecause(resource.id, subnet, context.index);
    return because === undefined
      ? []
      : [`${subnetShown(subnet)} does not reach the private endpoint of the ${name}. ${because}`];
  });
  const networks = onceEach(missing.map(vnetOf)).map(displayName);
  if (blocked !== undefined) return blocked;
  return firewall.overruled
    ? `Training computes in ${listed(networks)} have no private endpoint to the ${name}, and ${overrulingName(firewall)} overrules its virtual network rules.`
    : `Training computes in ${listed(networks)} have neither a virtual network rule nor a private endpoint to the ${name}.`;
}

/** Creating the computes again is no change of a plan, so it is told and not offered. */
const recreating =
  'The subnet of a compute is set when it is created. To move it, create it again in a network of the account with az ml compute create --vnet-name and --subnet. Then delete the old one.';
const choices: PlanNeed = {
  kind: 'choice',
  options: [{ name: 'action', value: 'allow', says: 'add rules for the compute subnets to the account' }],
};

function fix(firewall: ServiceFirewall, context: RuleContext, answers: Answers): readonly Proposal[] | string {
  const action = chosenAction(answers);
  if (action === 'recreate') return recreating;
  if (strategyOf(firewall.resource.id, context.index) !== 'service-endpoint') {
    const blocked = missingSubnets(firewall, context).some((subnet) =>
      blockedBecause(firewall.resource.id, subnet, context.index),
    );
    return blocked
      ? `The ${firewall.name} uses private endpoints, and a path to one is blocked: compute.endpoint-path shows the fix.`
      : `The ${firewall.name} uses private endpoints: add one in the network of the computes instead of a virtual network rule.`;
  }
  const subnets = missingSubnets(firewall, context);
  const made = inTurn(
    firewall,
    subnets.map((subnet) => (here: ServiceFirewall) => allowSubnet(here, subnet, context)),
  );
  return typeof made === 'string' || action === 'allow' ? made : `${needSentence(choices)} ${recreating}`;
}

const sameNetworkRule = (
  subjects: Subjects<ServiceFirewall>,
  draft: Pick<Rule, 'id' | 'title' | 'problem' | 'rollsUp'> & { readonly why: string },
): Rule => {
  const { why, ...own } = draft;
  return defineRule({
    ...own,
    severity: 'high',
    for: ['service-endpoint', 'private-endpoint'],
    explain: {
      why,
      fix: 'With --answer action=allow: adds virtual network rules for the compute subnets. The other way is to create the computes again in a network of the account.',
      breaks: 'Adding the service endpoint briefly interrupts open storage connections of that subnet.',
      links: [links.secureWorkspace, links.secureTraining],
    },
    answers: { action: ['allow', 'recreate'], way: ['admit', 'recreate'] },
    fixKind: 'guided',
    instead: 'storage.private-endpoints',
    subjects,
    check,
    fix,
  });
};

export const storageSameVnetAsCompute = sameNetworkRule(storageFirewalls, {
  id: 'storage.same-vnet-as-compute',
  title: 'Storage account allows the network of training compute',
  problem: 'Training compute is outside the networks of the account',
  why: 'Virtual network rules and private endpoints decide which networks can connect to a storage account. If these networks contain no computes, jobs cannot reach the account.',
});

export const storageAdls2ComputeSameVnet = sameNetworkRule(lakeFirewalls, {
  id: 'storage.adls2-compute-same-vnet',
  title: 'Data lake account allows the network of training compute',
  problem: 'Training compute is outside the networks of the data lake',
  rollsUp: ['storage.same-vnet-as-compute'],
  why: 'Training on a dataset reads the data lake from the nodes, so the account must allow the network of the nodes.',
});
