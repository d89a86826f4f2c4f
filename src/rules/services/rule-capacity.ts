// storage.rule-capacity, acr.rule-capacity: the rules that a plan adds fit the limits of the service.
import { endpointConnectionsOf } from '../../kinds/network-acls.ts';
import { coveredBy, parseRange } from '../../net/ipv4.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { defineRule } from '../define.ts';
import {
  addressesPointer,
  allowedRanges,
  registryFirewalls,
  storageFirewalls,
  subnetRuleFor,
  subnetsPointer,
  uninterpretable,
  unreadableOf,
  type Wall,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { unseenSubnetRules } from '../parts/registry.ts';
import { needs } from '../parts/subjects.ts';
import { fail, pass, seen } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';
import { connectionsPointer } from './parts/access.ts';

/** Subnets that need a virtual network rule and have none. */
const missingRules = (firewall: Wall, judgement: Judgement): number =>
  strategyOf(firewall.resource.id, judgement.world) === 'service-endpoint'
    ? needs(firewall.resource.id, judgement).filter((id) => !subnetRuleFor(firewall, id)).length
    : 0;

function storageFits(firewall: Wall, judgement: Judgement): Verdict {
  const { world, profile } = judgement;
  const limit = profile === 'seed-2020' ? 100 : 400;
  const odd = unreadableOf(firewall, subnetsPointer) ?? unreadableOf(firewall, addressesPointer);
  if (firewall.rules === 'malformed' || odd !== undefined) return uninterpretable(firewall, 'network rules', odd ?? '');
  const missing = missingRules(firewall, judgement);
  const allowed = allowedRanges(firewall);
  const clients = (world.snapshot.intents.devClientIps ?? []).filter((client) => {
    const range = parseRange(client);
    return range.ok && !coveredBy(range.value, allowed);
  }).length;
  const subnets = firewall.acls.subnetRules.length;
  const addresses = firewall.acls.ipRules.length;
  const evidence = [
    seen(firewall.resource, subnetsPointer, `virtual network rules: ${subnets}, missing ${missing}, limit ${limit}`),
    seen(firewall.resource, addressesPointer, `IP rules: ${addresses}, missing ${clients}, limit ${limit}`),
  ];
  const counted = `${subnets + missing} virtual network rules and ${addresses + clients} IP rules; the limit is ${limit} each.`;
  return subnets + missing <= limit && addresses + clients <= limit
    ? pass(`The ${firewall.name} needs ${counted}`, evidence)
    : fail(`The ${firewall.name} needs ${counted}`, evidence);
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

function registryFits(firewall: Wall, judgement: Judgement): Verdict {
  const { resource, name, at, acls } = firewall;
  const unseen = unseenSubnetRules(firewall, judgement.world);
  if (unseen) return unseen;
  const [odd] = firewall.unreadable;
  if (firewall.rules === 'malformed' || odd !== undefined)
    return uninterpretable(firewall, 'network rules', odd ?? at.rules);
  const missing = missingRules(firewall, judgement);
  const present = acls.subnetRules.length;
  const addresses = acls.ipRules.length;
  const endpoints = endpointConnectionsOf(resource).length;
  const evidence = [
    seen(resource, at.subnets, `virtual network rules: ${present}, missing ${missing}, limit ${limits.subnets}`),
    seen(resource, at.addresses, `IP rules: ${addresses}, limit ${limits.addresses}`),
    seen(resource, connectionsPointer, `private endpoints: ${endpoints}, limit ${limits.endpoints}`),
  ];
  const counted = `${present + missing} virtual network rules, ${addresses} IP rules and ${endpoints} private endpoints`;
  const allowed = `the limits are ${limits.subnets}, ${limits.addresses} and ${limits.endpoints}.`;
  return present + missing <= limits.subnets && addresses <= limits.addresses && endpoints <= limits.endpoints
    ? pass(`The ${name} needs ${counted}; ${allowed}`, evidence)
    : fail(`The ${name} needs ${counted}; ${allowed}`, evidence);
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
