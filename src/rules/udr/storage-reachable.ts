// udr.storage-reachable: the agent of the nodes reaches its queues in Azure Storage although the Internet is tunnelled.
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
import { serviceTagsOf } from '../../posture/service-tags.ts';
import { defineRule } from '../define.ts';
import { admitsAlias, completed, machineLearningAlias } from '../parts/endpoint-policy.ts';
import { links } from '../parts/links.ts';
import { serviceEndpoint } from '../parts/proposals.ts';
import {
  notTunnelled,
  type RoutePlace,
  regionOf,
  routeJudged,
  routePlaces,
  routeProposals,
  subnetType,
  tunnelEvidence,
} from '../parts/route-place.ts';
import { endpointStanding, endpointsPointer } from '../parts/subnet-endpoints.ts';
import { fail, listed, noted, pass, seen, shown, subnetShown, together, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

const kinds = ['blob', 'queue', 'table'];
/** Where the agent goes: accounts of Batch's own, which nobody can name, so every one of the cloud. */
const hostsOf = ({ judgement: { world } }: RoutePlace): string[] =>
  kinds.flatMap((kind) => zoneNames(kind, world)).map((zone) => zone.replace(/^privatelink\./, '*.'));

/** The workspace's own names, and whether endpoints settle them: never those of Batch's accounts. */
function ownNames(place: RoutePlace): Evidence[] {
  const { world } = place.judgement;
  const account = defaultAccountId(world);
  if (account === undefined) return [];
  const names = hostsOf(place).map((host) => host.replace('*', shown(account)));
  const privately = reachedPrivately(account, vnetOf(place.subnet), world, kinds);
  const note = privately
    ? 'reached by private endpoints; accounts of Batch itself still need the way out'
    : 'the workspace’s own names among them';
  return [noted(account, names, note)];
}

/** By the subnet's service endpoint, which no tunnel takes: unless a policy keeps Batch's accounts out. */
function byEndpoint(subnet: Resource, place: RoutePlace, evidence: readonly Evidence[]): Verdict {
  const name = subnetShown(subnet.id);
  const policies = subnetView(subnet).endpointPolicies;
  const admitted = policies.flatMap((id) => {
    const policy = place.judgement.world.get(id);
    return policy ? servicePolicyView(policy).definitions.flatMap(({ resources }) => resources) : [];
  });
  if (policies.length > 0 && !admitsAlias(admitted)) {
    return fail(
      `The endpoint policy of ${name} does not admit ${machineLearningAlias}, so accounts of Batch itself are out of reach.`,
      [...evidence, noted(policies[0] ?? subnet.id, admitted, 'what its policies admit')],
    );
  }
  return pass(`${name} reaches storage by its service endpoint, past the tunnel.`, evidence);
}

/** By the firewall that answers at an address: a rule for the tag of the region, or for the three kinds of names. */
function byFirewall(address: string, firewall: Resource | undefined, place: RoutePlace): Verdict {
  const { world } = place.judgement;
  const hosts = hostsOf(place);
  const asked = listed(hosts);
  if (!firewall) {
    return unknown(
      `Whether the appliance at ${clean(address, 60)} lets ${asked} pass is not known: its rules are not in Azure, so ask its owner.`,
    );
  }
  const tag = regionalTag(serviceTagsOf(world), 'Storage', regionOf(place));
  const source = subnetPrefixes(place.subnet, world);
  const question = { source, protocol: 'Tcp', ports: ['443'], to: [tag], hosts } as const;
  const { verdict } = firewallVerdict(question, firewall, world);
  const evidence = [noted(firewall.id, verdict, `${asked} in ${tag} on Tcp 443`)];
  const name = shown(firewall.id);
  if (verdict === 'allowed') return pass(`${name} lets storage pass.`, evidence);
  return verdict === 'unknown'
    ? unknown(`Whether ${name} lets ${asked} pass hangs on rules that are not known.`, evidence)
    : fail(`${name} stops ${asked}, or some of it: the agent of the nodes loses its queues.`, evidence);
}

function judge(place: RoutePlace): Verdict {
  const silent = notTunnelled(place);
  if (silent) return silent;
  const { world } = place.judgement;
  const subnet = findSubnet(world, place.subnet);
  if (!subnet) return unknown(`${subnetShown(place.subnet)} could not be read.`);
  const { standing, pointer } = endpointStanding(subnet, 'storage', regionOf(place));
  const evidence = [
    seen(subnet, pointer ?? endpointsPointer, 'service endpoints of the subnet'),
    ...tunnelEvidence(place),
  ];
  if (standing === 'ready') return byEndpoint(subnet, place, evidence);
  const hops = firewallInPath(place.subnet, world);
  const verdict =
    hops.length === 0
      ? unknown(
          `Whether what lies behind the gateway of ${subnetShown(subnet.id)} lets ${listed(hostsOf(place))} pass is not known: ask its owner.`,
        )
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

export const udrStorageReachable = defineRule({
  id: 'udr.storage-reachable',
  title: 'Outbound to Azure Storage is not blocked by the appliance',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'The agent on every node takes its work from queues in storage accounts that belong to Batch; where the appliance in the way stops blob, queue or table storage, nodes never become ready.',
    fix: 'Adds Microsoft.Storage to the service endpoints of the subnet: its traffic to storage then goes straight there, and no longer through the appliance. Where an endpoint policy of the subnet keeps the accounts of Batch out, it gets the alias that admits them.',
    breaks:
      'Open storage connections from every machine of the subnet are cut while routes switch, running jobs included; IP rules that admitted those machines stop matching, and the appliance no longer sees that traffic.',
    links: [links.secureTraining, links.serviceEndpoints, links.routes],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
  fix: (finding, judgement) =>
    routeProposals(finding, judgement, (place) => {
      const subnet = findSubnet(judgement.world, place.subnet);
      if (!subnet) return `${subnetShown(place.subnet)} does not exist.`;
      if (endpointStanding(subnet, 'storage', regionOf(place)).standing !== 'ready') {
        return serviceEndpoint(subnet, 'Microsoft.Storage');
      }
      const [id] = subnetView(subnet).endpointPolicies;
      const policy = id === undefined ? undefined : judgement.world.get(id);
      return policy ? completed(policy, []) : [];
    }),
});
