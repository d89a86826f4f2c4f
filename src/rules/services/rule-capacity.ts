// storage.rule-capacity, acr.rule-capacity: the rules that a plan adds fit the limits of the service.

import { strategyOf } from '../../facts/architecture.ts';
import { counted } from '../../model/text.ts';
import { coveredBy, parseRange } from '../../net/ipv4.ts';
import { endpointConnectionsOf } from '../../resource-types/network-acls.ts';
import { defineRule } from '../define.ts';
import {
  addressesPointer,
  allowedRanges,
  registryFirewalls,
  type ServiceFirewall,
  storageFirewalls,
  subnetRuleFor,
  subnetsPointer,
  uninterpretable,
  unreadableOf,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { needs } from '../parts/subjects.ts';
import { evidenceAt, fail, pass } from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { connectionsPointer } from './parts/access.ts';
import { unseenSubnetRules } from './parts/registry.ts';

/** Subnets that need a virtual network rule and have none. */
const missingRules = (firewall: ServiceFirewall, context: RuleContext): number =>
  strategyOf(firewall.resource.id, context.index) === 'service-endpoint'
    ? needs(firewall.resource.id, context).filter((id) => !subnetRuleFor(firewall, id)).length
    : 0;

function storageFits(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const { index, profile } = context;
  const limit = profile === 'article-2020' ? 100 : 400;
  const odd = unreadableOf(firewall, subnetsPointer) ?? unreadableOf(firewall, addressesPointer);
  if (firewall.rules === 'malformed' || odd !== undefined) return uninterpretable(firewall, 'network rules', odd ?? '');
  const missing = missingRules(firewall, context);
  const allowed = allowedRanges(firewall);
  const clients = (index.snapshot.intents.devClientIps ?? []).filter((client) => {
    const range = parseRange(client);
    return range.ok && !coveredBy(range.value, allowed);
  }).length;
  const subnets = firewall.acls.subnetRules.length;
  const addresses = firewall.acls.ipRules.length;
  const evidence = [
    evidenceAt(
      firewall.resource,
      subnetsPointer,
      `virtual network rules: ${subnets}, missing ${missing}, limit ${limit}`,
    ),
    evidenceAt(firewall.resource, addressesPointer, `IP rules: ${addresses}, missing ${clients}, limit ${limit}`),
  ];
  const needs = `${counted(subnets + missing, 'virtual network rule')} and ${counted(addresses + clients, 'IP rule')}; the limit is ${limit} each.`;
  return subnets + missing <= limit && addresses + clients <= limit
    ? pass(`The ${firewall.name} needs ${needs}`, evidence)
    : fail(`The ${firewall.name} needs ${needs}`, evidence);
}

export const storageRuleCapacity = defineRule({
  id: 'storage.rule-capacity',
  title: 'Network rules fit the limit of the storage account',
  problem: 'Network rules exceed the limit of the storage account',
  severity: 'low',
  explain: {
    why: 'A plan must not fail halfway at the limit of the service: 100 rules of each kind in 2020, 400 today.',
    fix: 'None: merge IP rules into larger blocks, or use fewer compute subnets.',
    links: [links.storageSubnets, links.storageLimits],
  },
  subjects: storageFirewalls,
  check: storageFits,
});

/** Microsoft Learn, "container-registry-vnet", "-access-selected-networks" and "-private-link", read 2026. */
const limits = { subnets: 100, addresses: 200, endpoints: 200 } as const;

function registryFits(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const { resource, name, at, acls } = firewall;
  const unseen = unseenSubnetRules(firewall, context.index);
  if (unseen) return unseen;
  const [odd] = firewall.unreadable;
  if (firewall.rules === 'malformed' || odd !== undefined)
    return uninterpretable(firewall, 'network rules', odd ?? at.rules);
  const missing = missingRules(firewall, context);
  const present = acls.subnetRules.length;
  const addresses = acls.ipRules.length;
  const endpoints = endpointConnectionsOf(resource).length;
  const evidence = [
    evidenceAt(resource, at.subnets, `virtual network rules: ${present}, missing ${missing}, limit ${limits.subnets}`),
    evidenceAt(resource, at.addresses, `IP rules: ${addresses}, limit ${limits.addresses}`),
    evidenceAt(resource, connectionsPointer, `private endpoints: ${endpoints}, limit ${limits.endpoints}`),
  ];
  const needs = `${counted(present + missing, 'virtual network rule')}, ${counted(addresses, 'IP rule')} and ${counted(endpoints, 'private endpoint')}`;
  const allowed = `the limits are ${limits.subnets}, ${limits.addresses} and ${limits.endpoints}.`;
  return present + missing <= limits.subnets && addresses <= limits.addresses && endpoints <= limits.endpoints
    ? pass(`The ${name} needs ${needs}; ${allowed}`, evidence)
    : fail(`The ${name} needs ${needs}; ${allowed}`, evidence);
}

export const acrRuleCapacity = defineRule({
  id: 'acr.rule-capacity',
  title: 'Network rules fit the limits of the registry',
  problem: 'Network rules exceed the limits of the registry',
  severity: 'low',
  explain: {
    why: 'A plan must not fail halfway at a limit of the service: 100 virtual network rules, 200 IP rules, 200 private endpoints.',
    fix: 'None: merge IP rules into larger blocks, or use fewer compute subnets.',
    links: [links.registrySubnets, links.registryRules],
  },
  subjects: registryFirewalls,
  check: registryFits,
});
