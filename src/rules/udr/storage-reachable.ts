// udr.storage-reachable: the Batch node agent reaches its queues in Azure Storage although Internet traffic is tunneled.
import { findSubnet, subnetView, vnetOf } from '../../kinds/network-view.ts';
import { servicePolicyView } from '../../kinds/service-endpoint-policy.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import { regionalTag } from '../../net/index.ts';
import { zoneNames } from '../../posture/dns.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { firewallInPath, firewallVerdict } from '../../posture/firewall.ts';
import { subnetPrefixes } from '../../posture/flows.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { endpointStanding, endpointsPointer } from '../../posture/service-endpoints.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import { links } from '../parts/links.ts';
import { completed, listsAlias, machineLearningAlias, serviceEndpoint } from '../parts/service-endpoints.ts';
import { fail, listed, noted, pass, seen, shown, subnetShown, together, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';
import { notTunnelled, type RoutePlace, regionOf, routeRule, tunnelEvidence } from './parts/place.ts';

const kinds = ['blob', 'queue', 'table'];
/** The accounts belong to Azure Batch and have no known names, so every host of the cloud counts. */
const hostsOf = ({ judgement: { world } }: RoutePlace): string[] =>
  kinds.flatMap((kind) => zoneNames(kind, world)).map((zone) => zone.replace(/^privatelink\./, '*.'));

/** The host names of the default account, and whether private endpoints serve them; they never serve the accounts of Batch. */
function ownNames(place: RoutePlace): Evidence[] {
  const { world } = place.judgement;
  const account = defaultAccountId(world);
  if (account === undefined) return [];
  const names = hostsOf(place).map((host) => host.replace('*', shown(account)));
  const privately = reachedPrivately(account, vnetOf(place.subnet), world, kinds);
  return [noted(account, names, `host names of the default account${privately ? ' (private endpoints)' : ''}`)];
}

/** By the service endpoint of the subnet, which bypasses the tunnel, unless a policy does not allow the accounts of Batch. */
function byEndpoint(subnet: Resource, place: RoutePlace, evidence: readonly Evidence[]): Verdict {
  const name = subnetShown(subnet.id);
  const policies = subnetView(subnet).endpointPolicies;
  const allowed = policies.flatMap((id) => {
    const policy = place.judgement.world.get(id);
    return policy ? servicePolicyView(policy).definitions.flatMap(({ resources }) => resources) : [];
  });
  if (policies.length > 0 && !listsAlias(allowed)) {
    return fail(
      `The service endpoint policy of ${name} does not allow ${machineLearningAlias}: Batch storage accounts are blocked.`,
      [...evidence, noted(policies[0] ?? subnet.id, allowed, 'allowed by its service endpoint policies')],
    );
  }
  return pass(`${name} reaches Azure Storage by its service endpoint, which bypasses the tunnel.`, evidence);
}

/** By the firewall at an address: a rule for the regional tag, or for the three kinds of host names. */
function byFirewall(address: string, firewall: Resource | undefined, place: RoutePlace): Verdict {
  const { world } = place.judgement;
  const hosts = hostsOf(place);
  const asked = listed(hosts);
  if (!firewall) {
    return unknown(
      `Whether the appliance at ${clean(address, 60)} allows ${asked} is unknown: its rules are not in Azure. Ask its operator.`,
    );
  }
  const tag = regionalTag(serviceTagsOf(world), 'Storage', regionOf(place));
  const source = subnetPrefixes(place.subnet, world);
  const question = { source, protocol: 'Tcp', ports: ['443'], to: [tag], hosts } as const;
  const { verdict } = firewallVerdict(question, firewall, world);
  const evidence = [noted(firewall.id, verdict, `${asked} in ${tag} on TCP 443`)];
  const name = shown(firewall.id);
  if (verdict === 'allowed') return pass(`${name} allows Azure Storage.`, evidence);
  return verdict === 'unknown'
    ? unknown(`Whether ${name} allows ${asked} is unknown: it depends on rules that could not be resolved.`, evidence)
    : fail(`${name} denies ${asked}, or part of it: the Batch node agent cannot reach its queues.`, evidence);
}

function check(place: RoutePlace): Verdict {
  const silent = notTunnelled(place);
  if (silent) return silent;
  const { world } = place.judgement;
  const subnet = findSubnet(world, place.subnet);
  if (!subnet) return unknown(`${subnetShown(place.subnet)} could not be read.`);
  const { standing, pointer } = endpointStanding(subnet, 'storage', regionOf(place));
  const evidence = [seen(subnet, pointer ?? endpointsPointer, 'service endpoints'), ...tunnelEvidence(place)];
  if (standing === 'ready') return byEndpoint(subnet, place, evidence);
  const hops = firewallInPath(place.subnet, world);
  const hosts = listed(hostsOf(place));
  const verdict =
    hops.length === 0
      ? unknown(`Whether the gateway of ${subnetShown(subnet.id)} leads to ${hosts} is unknown. Ask its operator.`)
      : together(
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
    why: 'The Batch node agent takes its work from queues in storage accounts of Azure Batch. When an appliance denies blob, queue or table storage, nodes never become ready.',
    fix: 'Adds a Microsoft.Storage service endpoint to the subnet, which sends storage traffic directly, not through the appliance. Where a service endpoint policy does not allow the Batch accounts, adds the alias /services/Azure/MachineLearning.',
    breaks:
      'Open storage connections from the subnet are cut while routes change, including running jobs. IP rules that allowed these machines stop matching. The appliance no longer sees this traffic.',
    links: [links.secureTraining, links.serviceEndpoints, links.routes],
  },
  fixKind: 'guided',
  check,
  fix(place) {
    const { world } = place.judgement;
    const subnet = findSubnet(world, place.subnet);
    if (!subnet) return `${subnetShown(place.subnet)} does not exist.`;
    if (endpointStanding(subnet, 'storage', regionOf(place)).standing !== 'ready')
      return serviceEndpoint(subnet, 'Microsoft.Storage');
    const [id] = subnetView(subnet).endpointPolicies;
    const policy = id === undefined ? undefined : world.get(id);
    return policy ? completed(policy, []) : [];
  },
});
