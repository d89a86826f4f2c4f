// udr.storage-reachable: compute reaches Azure Storage although Internet traffic is tunneled.

import { zoneNames } from '../../facts/dns.ts';
import { firewallInPath, firewallVerdict } from '../../facts/firewall.ts';
import { subnetPrefixes } from '../../facts/flows.ts';
import { defaultAccountId } from '../../facts/links.ts';
import { connectsPrivately } from '../../facts/reach.ts';
import { endpointStanding, endpointsPointer } from '../../facts/service-endpoints.ts';
import { serviceTagsOf } from '../../facts/service-tags.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import { regionalTag } from '../../net/index.ts';
import { findSubnet, subnetView } from '../../resource-types/network-view.ts';
import { servicePolicyView } from '../../resource-types/service-endpoint-policy.ts';
import { links } from '../parts/links.ts';
import { displayName, evidenceAt, fail, listed, noted, pass, subnetShown, unknown, worstOf } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { completed, listsAlias, machineLearningAlias, serviceEndpoint } from '../services/parts/service-endpoints.ts';
import { notTunnelled, type RoutePlace, regionOf, routeRule, tunnelEvidence } from './parts/place.ts';

const kinds = ['blob', 'queue', 'table'];
/** Compute uses accounts of Microsoft as well, whose names are not known, so every host of the cloud counts. */
const hostsOf = ({ context: { index } }: RoutePlace): string[] =>
  kinds.flatMap((kind) => zoneNames(kind, index)).map((zone) => zone.replace(/^privatelink\./, '*.'));

/** The host names of the default account, and whether private endpoints serve them; they never serve accounts of Microsoft. */
function ownNames(place: RoutePlace): Evidence[] {
  const { index } = place.context;
  const account = defaultAccountId(index);
  if (account === undefined) return [];
  const names = hostsOf(place).map((host) => host.replace('*', displayName(account)));
  const privately = connectsPrivately(account, place.subnet, index, kinds);
  return [noted(account, names, `host names of the default account${privately ? ' (private endpoints)' : ''}`)];
}

/** By the service endpoint of the subnet, which bypasses the tunnel, unless a policy does not allow accounts of Microsoft. */
function byEndpoint(subnet: Resource, place: RoutePlace, evidence: readonly Evidence[]): CheckResult {
  const name = subnetShown(subnet.id);
  const policies = subnetView(subnet).endpointPolicies;
  const allowed = policies.flatMap((id) => {
    const policy = place.context.index.get(id);
    return policy ? servicePolicyView(policy).definitions.flatMap(({ resources }) => resources) : [];
  });
  if (policies.length > 0 && !listsAlias(allowed)) {
    return fail(
      `The service endpoint policy of ${name} does not allow ${machineLearningAlias}: storage accounts of Microsoft are blocked.`,
      [...evidence, noted(policies[0] ?? subnet.id, allowed, 'allowed by its service endpoint policies')],
    );
  }
  return pass(`${name} reaches Azure Storage by its service endpoint, which bypasses the tunnel.`, evidence);
}

/** By the firewall at an address: a rule for the regional tag, or for the three kinds of host names. */
function byFirewall(address: string, firewall: Resource | undefined, place: RoutePlace): CheckResult {
  const { index } = place.context;
  const hosts = hostsOf(place);
  const asked = listed(hosts);
  if (!firewall) {
    return unknown(
      `Whether the appliance at ${clean(address, 60)} allows ${asked} is unknown: its rules are not in Azure. Ask its operator.`,
    );
  }
  const tag = regionalTag(serviceTagsOf(index), 'Storage', regionOf(place));
  const source = subnetPrefixes(place.subnet, index);
  const question = { source, protocol: 'Tcp', ports: ['443'], to: [tag], hosts } as const;
  const { verdict } = firewallVerdict(question, firewall, index);
  const evidence = [noted(firewall.id, verdict, `${asked} in ${tag} on TCP 443`)];
  const name = displayName(firewall.id);
  if (verdict === 'allowed') return pass(`${name} allows Azure Storage.`, evidence);
  return verdict === 'unknown'
    ? unknown(`Whether ${name} allows ${asked} is unknown: it depends on rules that could not be resolved.`, evidence)
    : fail(`${name} denies ${asked}, or part of it: compute cannot reach Azure Storage.`, evidence);
}

function check(place: RoutePlace): CheckResult {
  const silent = notTunnelled(place);
  if (silent) return silent;
  const { index } = place.context;
  const subnet = findSubnet(index, place.subnet);
  if (!subnet) return unknown(`${subnetShown(place.subnet)} could not be read.`);
  const { standing, pointer } = endpointStanding(subnet, 'storage', index, regionOf(place));
  const evidence = [evidenceAt(subnet, pointer ?? endpointsPointer, 'service endpoints'), ...tunnelEvidence(place)];
  if (standing === 'ready') return byEndpoint(subnet, place, evidence);
  const hops = firewallInPath(place.subnet, index);
  const hosts = listed(hostsOf(place));
  const verdict =
    hops.length === 0
      ? unknown(`Whether the gateway of ${subnetShown(subnet.id)} leads to ${hosts} is unknown. Ask its operator.`)
      : worstOf(
          'high',
          hops.map(
            ({ address, firewall }) =>
              () =>
                byFirewall(address, firewall, place),
          ),
        );
  return { ...verdict, evidence: [...evidence, ...(verdict.evidence ?? []), ...ownNames(place)] };
}

export const udrStorageReachable = routeRule({
  id: 'udr.storage-reachable',
  title: 'Azure Storage is reachable through the tunnel',
  problem: 'Azure Storage denied by the appliance or endpoint policy',
  severity: 'high',
  explain: {
    why: 'Compute uses blob, queue and table storage of the region, including storage accounts of Microsoft. When an appliance denies this traffic, nodes do not become ready, or jobs fail.',
    fix: 'Adds a Microsoft.Storage service endpoint to the subnet, which sends storage traffic directly, not through the appliance. Where a service endpoint policy does not allow accounts of Microsoft, adds the alias /services/Azure/MachineLearning.',
    breaks:
      'Open storage connections from the subnet are cut while routes change, including running jobs. IP rules that allowed these machines stop matching. The appliance no longer sees this traffic.',
    links: [links.secureTraining, links.serviceEndpoints, links.routes],
  },
  fixKind: 'guided',
  check,
  fix(place) {
    const { index } = place.context;
    const subnet = findSubnet(index, place.subnet);
    if (!subnet) return `${subnetShown(place.subnet)} does not exist.`;
    if (endpointStanding(subnet, 'storage', index, regionOf(place)).standing !== 'ready')
      return serviceEndpoint(subnet, 'Microsoft.Storage', index);
    const [id] = subnetView(subnet).endpointPolicies;
    const policy = id === undefined ? undefined : index.get(id);
    return policy ? completed(policy, []) : [];
  },
});
