// storage.vnet-rule-compute-subnet, keyvault.vnet-rule-compute-subnet, acr.vnet-rule-compute-subnet: a virtual network rule
// allows each compute subnet. storage.vnet-rule-state: such rules are in effect.

import { removeFrom } from '../../model/edit.ts';
import { valueAt } from '../../model/pointer.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { subnetRulesOf } from '../../resource-types/network-acls.ts';
import { findSubnet } from '../../resource-types/network-view.ts';
import { registryView } from '../../resource-types/registry-view.ts';
import { defineRule, isVerdict } from '../define.ts';
import {
  type FirewallSubnetPair,
  registryFirewallSubnetPairs,
  type ServiceFirewall,
  storageFirewallSubnetPairs,
  storageFirewalls,
  subnetRuleFor,
  subnetsPointer,
  uninterpretable,
  unreadableOf,
  vaultFirewallSubnetPairs,
} from '../parts/firewall.ts';
import { allowsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { allowSubnet, firewallChange, inTurn, subnetKey, subnetRuleProposal } from '../parts/proposals.ts';
import { accounts } from '../parts/subjects.ts';
import { evidenceAt, fail, notApplicable, pass, quoted, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext, Subject, Subjects } from '../rule.ts';
import { inPremium, noRegistryEndpoints, registryEvidence, unseenSubnetRules } from './parts/registry.ts';
import { endpointFor, serviceEndpoint } from './parts/service-endpoints.ts';

export const storageVnetRuleComputeSubnet = defineRule({
  id: 'storage.vnet-rule-compute-subnet',
  title: 'Storage firewall allows each compute subnet',
  problem: 'Compute subnet blocked by storage firewall',
  severity: 'critical',
  for: ['service-endpoint'],
  explain: {
    why: 'When the default action is Deny, jobs cannot stage code, read data or write logs unless a rule allows the subnet of their nodes.',
    fix: 'Adds the Microsoft.Storage service endpoint to the subnet if it is missing, then a virtual network rule for the subnet.',
    breaks:
      'Adding the service endpoint briefly interrupts open storage connections of the subnet. IP rules that allowed its machines by public IP address no longer match.',
    links: [links.secureWorkspace, links.storageSubnets],
  },
  instead: 'storage.private-endpoints',
  subjects: storageFirewallSubnetPairs,
  check: ({ firewall, subnet }, { index }) => allowsSubnet(firewall, subnet, index, 'high'),
  fix: ({ firewall, subnet }, context) => allowSubnet(firewall, subnet, context),
});

/** With the answer `endpoint=later`, the rule is added although the subnet has no service endpoint yet. */
function allowInVault({ firewall, subnet: id }: FirewallSubnetPair, context: RuleContext, { endpoint }: Answers) {
  if (endpoint !== 'later') return allowSubnet(firewall, id, context);
  const subnet = findSubnet(context.index, id);
  if (!subnet) return `${subnetShown(id)} does not exist, so no rule can allow it.`;
  return subnetRuleFor(firewall, subnet.id)
    ? `${subnetShown(subnet.id)} has a rule; its Microsoft.KeyVault service endpoint is missing.`
    : subnetRuleProposal(firewall, { id: subnet.id, ignoreMissingVnetServiceEndpoint: true });
}

export const keyvaultVnetRuleComputeSubnet = defineRule({
  id: 'keyvault.vnet-rule-compute-subnet',
  answers: { endpoint: ['later'] },
  title: 'Key vault firewall allows each compute subnet',
  problem: 'Compute subnet blocked by key vault firewall',
  severity: 'high',
  for: ['service-endpoint'],
  explain: {
    why: 'Jobs read the credentials of datastores from the nodes they run on. When the default action is Deny, a rule must allow the subnet of these nodes.',
    fix: 'Adds the Microsoft.KeyVault service endpoint to the subnet if it is missing, then a virtual network rule for the subnet. If the subnet cannot be changed now, pass --answer endpoint=later: the rule is added, and has no effect until the service endpoint exists.',
    breaks:
      'Adding the service endpoint briefly interrupts open key vault connections of the subnet. It can take up to 15 minutes to take effect.',
    links: [links.vaultFirewall, links.vaultServiceEndpoints],
  },
  undo: 'equivalent',
  instead: 'keyvault.private-endpoint',
  subjects: vaultFirewallSubnetPairs,
  check: ({ firewall, subnet }, { index }) => allowsSubnet(firewall, subnet, index, 'medium'),
  fix: allowInVault,
});

function allowedByRegistry({ firewall, subnet }: FirewallSubnetPair, { index }: RuleContext): CheckResult {
  const none = noRegistryEndpoints(index);
  if (none) return none;
  const { sku } = registryView(firewall.resource);
  if (sku === 'Basic' || sku === 'Standard' || sku === 'Classic') {
    return fail(
      `The ${firewall.name} is ${sku}, which has no virtual network rules for ${subnetShown(subnet)} (see acr.sku-premium).`,
      registryEvidence(firewall),
      'high',
    );
  }
  return unseenSubnetRules(firewall, index) ?? allowsSubnet(firewall, subnet, index, 'high');
}

export const acrVnetRuleComputeSubnet = defineRule({
  id: 'acr.vnet-rule-compute-subnet',
  answers: { sku: ['Premium'] },
  title: 'Registry firewall allows each compute subnet',
  problem: 'Compute subnet blocked by registry firewall',
  severity: 'critical',
  for: ['service-endpoint'],
  explain: {
    why: 'Nodes pull the images of jobs and models. When the default action is Deny, a rule must allow their subnet.',
    fix: 'Adds the Microsoft.ContainerRegistry service endpoint to the subnet if it is missing, then a virtual network rule. The write uses an older api-version, which supports such rules. A registry below Premium is upgraded first: pass --answer sku=Premium.',
    breaks:
      'Adding the service endpoint briefly interrupts open registry connections of the subnet. Azure validates all rules at each write, so you need permission to join every subnet listed.',
    links: [links.registrySubnets, links.serviceEndpoints],
  },
  undo: 'equivalent',
  instead: 'acr.private-endpoint',
  subjects: registryFirewallSubnetPairs,
  check: allowedByRegistry,
  fix: ({ firewall, subnet }, context, answers) =>
    inPremium(firewall, answers, (premium) => allowSubnet(premium, subnet, context)),
});

/** A firewall and the subnet that one of its rules names. */
const ruleSubjects: Subjects<FirewallSubnetPair> = {
  list: (context) =>
    accounts(context).flatMap(({ resource }): Subject[] => {
      const found = context.index.peek(resource);
      const rules = found.state === 'read' ? subnetRulesOf(found.resource) : [];
      const named = rules.filter(
        (rule, position) => rules.findIndex((other) => sameId(other.id, rule.id)) === position,
      );
      return named.length === 0 ? [{ resource }] : named.map(({ id }) => ({ resource, where: id }));
    }),
  resolve(subject, context) {
    const firewall = storageFirewalls.resolve(subject, context);
    if (isVerdict(firewall)) return firewall;
    if (subject.where !== undefined) return { firewall, subnet: subject.where };
    const odd = unreadableOf(firewall, subnetsPointer);
    return odd === undefined && firewall.rules !== 'malformed'
      ? notApplicable(`The ${firewall.name} has no virtual network rules.`)
      : uninterpretable(firewall, 'virtual network rules', subnetsPointer);
  },
};

const ineffective = ['networksourcedeleted', 'failed', 'deprovisioning'];

function isInEffect({ firewall, subnet }: FirewallSubnetPair, { index }: RuleContext): CheckResult {
  const { resource, name, acls } = firewall;
  const rules = acls.subnetRules.filter((rule) => sameId(rule.id, subnet));
  const rule = rules.find(({ state }) => state !== undefined && fold(state) !== 'succeeded') ?? rules[0];
  const ofRule = `The rule of the ${name} for ${subnetShown(subnet)}`;
  if (!rule) return notApplicable(`The ${name} has no rule for ${subnetShown(subnet)}.`);
  const evidence = [evidenceAt(resource, rule.pointer, 'virtual network rule')];
  if (rule.state !== undefined && ineffective.includes(fold(rule.state))) {
    return fail(`${ofRule} is in state ${quoted(rule.state)} and allows no traffic.`, evidence);
  }
  if (!findSubnet(index, subnet)) return fail(`${ofRule} names a subnet that does not exist.`, evidence);
  const raw = valueAt(resource.body, `${rule.pointer}/state`);
  return raw !== undefined && raw !== null && (rule.state === undefined || fold(rule.state) !== 'succeeded')
    ? unknown(`${ofRule} is in state ${quoted(raw)}.`, evidence)
    : pass(`${ofRule} is in effect.`, evidence);
}

/**
 * Removes the ineffective rule. Where the subnet exists again, a later write adds a new rule, because the old one never takes
 * effect again; once the first write is made, only the second is planned.
 */
function replaceRule({ firewall, subnet: id }: FirewallSubnetPair, { index }: RuleContext): Proposal[] | string {
  const rules = firewall.acls.subnetRules.filter((rule) => sameId(rule.id, id));
  if (rules.length > 1) {
    return `The ${firewall.name} lists ${subnetShown(id)} more than once; remove the duplicates manually.`;
  }
  const raw = rules.map((rule) => valueAt(firewall.resource.body, rule.pointer)).find((found) => found !== undefined);
  const subnet = findSubnet(index, id);
  const remove = (here: ServiceFirewall) =>
    raw === undefined
      ? []
      : firewallChange(here, subnet ? 1 : 2, (body) => [removeFrom(body, subnetsPointer, raw, subnetKey)]);
  if (!subnet) return inTurn(firewall, [remove]);
  const { location } = firewall.view;
  const endpoint = serviceEndpoint(subnet, endpointFor('storage', id, location, index), index, location);
  if (typeof endpoint === 'string') return endpoint;
  return inTurn(firewall, [
    remove,
    () => endpoint,
    (here) => subnetRuleProposal(here, { id: subnet.id, action: 'Allow' }),
  ]);
}

export const storageVnetRuleState = defineRule({
  id: 'storage.vnet-rule-state',
  title: 'Virtual network rules are in effect',
  problem: 'Virtual network rule has no effect',
  severity: 'medium',
  explain: {
    why: 'A rule of a deleted subnet stays in the list and allows no traffic, even if the subnet is created again.',
    fix: 'Removes the rule and, if the subnet exists again, adds a new one.',
    breaks: 'None. An undo cannot restore a rule for a deleted subnet, because Azure rejects it.',
    links: [links.storageLimits, links.storageSubnets],
  },
  undo: 'partial',
  subjects: ruleSubjects,
  check: isInEffect,
  fix: replaceRule,
});
