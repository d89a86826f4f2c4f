// storage.subnet-service-endpoint, keyvault.subnet-service-endpoint, acr.subnet-service-endpoint: compute subnets have the
// service endpoint that virtual network rules depend on. acr.service-endpoint-clients: who cannot use those of a registry.
// acr.service-endpoint-preview: that those of a registry are a preview without a future.

import { containerSubnets, usesAci } from '../../facts/container-instances.ts';
import { findSubnet } from '../../resource-types/network-view.ts';
import { defineRule } from '../define.ts';
import {
  type FirewallSubnetPair,
  registryFirewallSubnetPairs,
  registryFirewalls,
  type ServiceFirewall,
  storageFirewallSubnetPairs,
  uninterpretable,
  vaultFirewallSubnetPairs,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { evidenceAt, fail, notApplicable, noted, pass, subnetShown } from '../parts/verdict.ts';
import type { CheckResult, Proposal, Rule, RuleContext, Subjects } from '../rule.ts';
import { noRegistryEndpoints, unseenSubnetRules } from './parts/registry.ts';
import { endpointFor, hasServiceEndpoint, serviceEndpoint } from './parts/service-endpoints.ts';

/** The region matters for storage only. */
const locationOf = ({ service, view }: ServiceFirewall): string | undefined =>
  service === 'storage' ? view.location : undefined;

function check({ firewall, subnet }: FirewallSubnetPair, { index }: RuleContext): CheckResult {
  const none = firewall.service === 'registry' ? noRegistryEndpoints(index) : undefined;
  return none ?? hasServiceEndpoint(index, subnet, firewall.service, locationOf(firewall));
}

function fix({ firewall, subnet: id }: FirewallSubnetPair, { index }: RuleContext): Proposal[] | string {
  const subnet = findSubnet(index, id);
  if (!subnet) return `${subnetShown(id)} does not exist.`;
  const location = locationOf(firewall);
  return serviceEndpoint(subnet, endpointFor(firewall.service, subnet.id, location, index), index, location);
}

const impact = (what: string) =>
  `Open ${what} connections from every machine of the subnet are dropped while routes change, including those of running jobs. IP rules that allowed these machines no longer match.`;

const serviceEndpointRule = (
  subjects: Subjects<FirewallSubnetPair>,
  draft: Pick<Rule, 'id' | 'title' | 'problem' | 'explain' | 'instead'>,
): Rule =>
  defineRule({
    ...draft,
    severity: 'high',
    for: ['service-endpoint'],
    subjects,
    check,
    fix,
  });

export const storageSubnetServiceEndpoint = serviceEndpointRule(storageFirewallSubnetPairs, {
  id: 'storage.subnet-service-endpoint',
  title: 'Compute subnet has a Microsoft.Storage service endpoint',
  problem: 'Subnet has no Microsoft.Storage service endpoint',
  explain: {
    why: 'Azure rejects a virtual network rule for a subnet without the service endpoint. An existing rule has no effect after the endpoint is removed.',
    fix: 'Adds Microsoft.Storage to the service endpoints of the subnet. If the account is in a region that it does not cover, replaces it by Microsoft.Storage.Global.',
    breaks: impact('storage'),
    links: [links.serviceEndpoints, links.manageSubnet, links.storageSubnets],
  },
  instead: 'storage.private-endpoints',
});

export const keyvaultSubnetServiceEndpoint = serviceEndpointRule(vaultFirewallSubnetPairs, {
  id: 'keyvault.subnet-service-endpoint',
  title: 'Compute subnet has a Microsoft.KeyVault service endpoint',
  problem: 'Subnet has no Microsoft.KeyVault service endpoint',
  explain: {
    why: 'Azure rejects a virtual network rule for a subnet without the service endpoint. If that check was skipped, the rule has no effect.',
    fix: 'Adds Microsoft.KeyVault to the service endpoints of the subnet.',
    breaks: impact('key vault'),
    links: [links.serviceEndpoints, links.manageSubnet, links.vaultServiceEndpoints],
  },
  instead: 'keyvault.private-endpoint',
});

export const acrSubnetServiceEndpoint = serviceEndpointRule(registryFirewallSubnetPairs, {
  id: 'acr.subnet-service-endpoint',
  title: 'Subnet has a Microsoft.ContainerRegistry service endpoint',
  problem: 'Subnet has no Microsoft.ContainerRegistry service endpoint',
  explain: {
    why: 'Azure rejects a virtual network rule for a subnet without the service endpoint.',
    fix: 'Adds Microsoft.ContainerRegistry to the service endpoints of the subnet.',
    breaks: impact('registry'),
    links: [links.registrySubnets, links.serviceEndpoints, links.manageSubnet],
  },
  instead: 'acr.private-endpoint',
});

function servesContainers(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const { resource, name, at, acls } = firewall;
  const evidence = [
    evidenceAt(resource, at.subnets, 'virtual network rules'),
    ...containerSubnets(index).map(({ id }) => noted(id, id, 'subnet of container instances')),
  ];
  if (!usesAci(index)) return pass('No model is deployed to container instances in a virtual network.', evidence);
  const unseen = unseenSubnetRules(firewall, index);
  if (unseen) return unseen;
  if (acls.subnetRules.length > 0) {
    return fail(
      `Container instances cannot pull from the ${name}: its virtual network rules need service endpoints, which they cannot use.`,
      evidence,
    );
  }
  const [odd] = firewall.unreadable;
  return firewall.rules === 'malformed' || odd !== undefined
    ? uninterpretable(firewall, 'virtual network rules', odd ?? at.rules)
    : pass(`The ${name} has no virtual network rules, which container instances cannot use.`, evidence);
}

export const acrServiceEndpointClients = defineRule({
  id: 'acr.service-endpoint-clients',
  title: 'Registry with service endpoints serves VMs and AKS only',
  problem: 'Container instances cannot use registry service endpoints',
  severity: 'medium',
  profiles: ['current'],
  for: ['service-endpoint'],
  explain: {
    why: 'Service endpoints of a registry support virtual machines and Kubernetes nodes. A container instance is denied although a rule allows its subnet.',
    fix: 'None: use a private endpoint (architecture private-endpoint), or deploy elsewhere and set the assumption usesAci=false.',
    links: [links.registrySubnets],
  },
  instead: 'acr.private-endpoint',
  subjects: registryFirewalls,
  check: servesContainers,
});

export const acrServiceEndpointPreview = defineRule({
  id: 'acr.service-endpoint-preview',
  title: 'Registry service endpoints are a preview (informational)',
  problem: 'Registry relies on service endpoints in preview',
  severity: 'info',
  profiles: ['current'],
  for: ['service-endpoint'],
  explain: {
    why: "Service endpoints of a registry, which Microsoft's 2020 article on virtual networks uses, are a preview that Microsoft does not develop further. Microsoft recommends private endpoints, and supports only virtual machines and Kubernetes nodes as clients.",
    fix: 'None. The rules work as they are; plan for private endpoints (architecture private-endpoint).',
    links: [links.registrySubnets, links.registryPrivateLink],
  },
  instead: 'acr.private-endpoint',
  subjects: registryFirewalls,
  check(firewall, { index }) {
    const { resource, name, at, acls } = firewall;
    const evidence = [evidenceAt(resource, at.subnets, 'virtual network rules')];
    return (
      noRegistryEndpoints(index) ??
      unseenSubnetRules(firewall, index) ??
      (acls.subnetRules.length === 0
        ? notApplicable(`The ${name} has no virtual network rules.`, evidence)
        : pass(
            `Virtual network rules of the ${name} are a preview without further development; private endpoints are recommended.`,
            evidence,
          ))
    );
  },
});
