// How a workspace is reached privately: an approved private endpoint, and private DNS zones that resolve its names to it.

import { architectureFor } from '../../facts/architecture.ts';
import { zoneSubscriptions } from '../../facts/dns.ts';
import { type CustomerEndpoint, customerEndpoints, unseenConnections } from '../../facts/endpoints.ts';
import { endpointsLeadingTo } from '../../facts/endpoints-in-hand.ts';
import { outboundRules } from '../../facts/managed-network.ts';
import { computes } from '../../facts/needs.ts';
import { peersOf } from '../../facts/path/connection.ts';
import type { Evidence } from '../../model/finding.ts';
import { isArray } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId, subscriptionOf, typeOf } from '../../model/resource-id.ts';
import type { ReadFailure } from '../../model/snapshot.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { outboundRuleView } from '../../resource-types/managed-network.ts';
import type { EndpointConnection } from '../../resource-types/network-acls.ts';
import { vnetType } from '../../resource-types/network-view.ts';
import { endpointAddresses } from '../../resource-types/private-endpoint.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { numberAt } from '../../resource-types/read.ts';
import { computeView, machineLearningRegistryType, workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { chooseSubnet, dnsProposals, endpointProposals, endpointSubnets } from '../parts/private-link.ts';
import { computeNetworks, resolvesPrivately } from '../parts/private-zones.ts';
import { orElse, workspaceSubjects } from '../parts/subjects.ts';
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
  worstOf,
} from '../parts/verdict.ts';
import { accessPointer, connectionsPointer, isOdd, oddVerdict, publicAccess } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';

const groups = ['amlworkspace'];
const countPointer = '/properties/privateLinkCount';
const notApproved = ['Pending', 'Rejected', 'Disconnected'];

/** How compute reaches the Machine Learning registries that outbound rules or files name: each has a private endpoint of its own. */
function registriesUsed({ index }: RuleContext): Evidence[] {
  const isRegistry = (id: string | undefined) => id !== undefined && sameId(typeOf(id), machineLearningRegistryType);
  const rules = orElse(() => outboundRules(index), []).filter((rule) => isRegistry(outboundRuleView(rule).target));
  const targets = rules.flatMap((rule) => outboundRuleView(rule).target ?? []);
  const others = index.ofType(machineLearningRegistryType).filter(({ id }) => !targets.some((one) => sameId(one, id)));
  return [
    ...rules.map((rule) => {
      const { target = '', status } = outboundRuleView(rule);
      const how = status === 'Active' ? 'reached by this outbound rule' : reachOf(target, index);
      return evidenceAt(rule, '/properties/destination/serviceResourceId', `Machine Learning registry: ${how}`);
    }),
    ...others.map(({ id }) => noted(id, id, `Machine Learning registry: ${reachOf(id, index)}`)),
  ];
}

/** By an endpoint in the networks of compute, or in their peers. */
function reachOf(registry: string, index: SnapshotIndex): string {
  const own = computeNetworks(index).vnets;
  const near = [...own, ...own.flatMap((vnet) => orElse(() => peersOf(vnet, index), []))];
  const ends = endpointsLeadingTo(registry, index);
  const found = ends.find(({ network }) => near.some((vnet) => sameId(vnet, network)));
  if (found) return `reached by private endpoint ${displayName(found.endpoint.id)}`;
  const lists = onceEach(own.flatMap((vnet) => subscriptionOf(vnet) ?? []));
  const isRead = lists.every((id) => index.hasList(`/subscriptions/${id}/providers/${privateEndpointType}`));
  return isRead || ends.length > 0
    ? 'none of its private endpoints is in a network of the computes or a connected one'
    : 'its private endpoints were not read';
}

function checkEndpoint(workspace: Resource, context: RuleContext): CheckResult {
  const { index } = context;
  const name = displayName(workspace.id);
  const list = evidenceAt(workspace, connectionsPointer, 'private endpoint connections');
  if (isOdd(workspace, connectionsPointer, 'list')) {
    return oddVerdict(workspace, connectionsPointer, 'list of private endpoint connections');
  }
  const ends = customerEndpoints(workspace.id, index);
  if (ends.length > 0) {
    const where = ends.map(({ connection, subnet }) =>
      noted(connection.endpointId ?? workspace.id, subnet ?? null, 'subnet of the private endpoint'),
    );
    return pass(approved(name, ends), [list, ...where]);
  }
  const { endpointConnections } = workspaceView(workspace);
  const stuck = endpointConnections.filter((one) => notApproved.includes(one.status ?? '') && isYours(one, context));
  if (stuck.length > 0) {
    const states = stuck.map((one) => `${displayName(one.name)} is ${one.status ?? 'without a state'}`);
    return fail(`${name} has no approved private endpoint: ${listed(states)}.`, [
      ...stuck.map(({ pointer }) => evidenceAt(workspace, pointer, 'connection that is not approved')),
    ]);
  }
  const understood = endpointConnections.filter(
    ({ status }) => status === 'Approved' || notApproved.includes(status ?? ''),
  );
  const all = valueAt(workspace.body, connectionsPointer);
  const isHidden = isArray(all) ? understood.length < all.length : (numberAt(workspace.body, countPointer) ?? 0) > 0;
  if (isHidden) {
    return unknown(`The list of private endpoint connections of ${name} is incomplete.`, [
      list,
      evidenceAt(workspace, countPointer, 'number of private endpoints'),
    ]);
  }
  return checkWithout(workspace, context);
}

/** With a managed network, a connection whose private endpoint cannot be read belongs to the service. */
function isYours({ endpointId }: EndpointConnection, { index }: RuleContext): boolean {
  const workspace = index.workspace();
  const hasManagedNetwork = workspace !== undefined && workspaceView(workspace).managedNetwork.on;
  return !hasManagedNetwork || (endpointId !== undefined && index.peek(endpointId).state === 'read');
}

function approved(name: string, ends: readonly CustomerEndpoint[]): string {
  const subnets = ends.flatMap(({ subnet }) => (subnet === undefined ? [] : [subnetShown(subnet)]));
  const where = subnets.length > 0 ? ` in ${listed(subnets)}` : '';
  const note = ends.length > subnets.length ? '; its virtual network could not be read' : '';
  return `${name} has an approved private endpoint${where}${note}.`;
}

/** No connection: whether that is a problem depends on the clients. */
function checkWithout(workspace: Resource, { index }: RuleContext): CheckResult {
  const name = displayName(workspace.id);
  const evidence = [
    evidenceAt(workspace, connectionsPointer, 'private endpoint connections'),
    evidenceAt(workspace, accessPointer, 'public network access'),
  ];
  const architecture = architectureFor(index);
  const [unseen] = unseenConnections(workspace.id, index);
  if (unseen && (architecture === 'private-endpoint' || publicAccess(workspace) === 'Disabled')) {
    const id = unseen.endpointId ?? '';
    return unknown(
      `${name} has an approved private endpoint in subscription ${clean(subscriptionOf(id) ?? '', 60)}, which was not read: it may be yours or the service's own.`,
      [...evidence, noted(id, null, 'private endpoint')],
    );
  }
  if (architecture === 'private-endpoint') return fail(`${name} has no private endpoint.`, evidence);
  const access = publicAccess(workspace);
  if (access === 'odd') return oddVerdict(workspace, accessPointer, 'public network access');
  if (access === 'Disabled') {
    return fail(
      `${name} has no private endpoint and public network access is Disabled: no client reaches it.`,
      evidence,
    );
  }
  if (architecture === 'managed-network') {
    return notApplicable(`${name} is reached through public network access.`, evidence);
  }
  const cut = computes(index).filter((compute) => {
    const { subnet, enableNodePublicIp } = computeView(compute);
    return subnet !== undefined && enableNodePublicIp === false;
  });
  if (cut.length === 0) {
    return notApplicable(`${name} is reached through public network access, by its compute too.`, evidence);
  }
  const names = cut.map((compute) => displayName(computeView(compute).name));
  return fail(`${name} has no private endpoint; ${listed(names)} cannot reach it without a public IP address.`, [
    ...evidence,
    ...cut.map((compute) =>
      evidenceAt(compute, '/properties/properties/enableNodePublicIp', 'public IP address enabled'),
    ),
  ]);
}

/** In the virtual networks of the compute where there are any, or else in any virtual network that was read. */
function createEndpoint(workspace: Resource, context: RuleContext, answers: Answers): readonly Proposal[] | string {
  const { index } = context;
  const { vnets, gap } = computeNetworks(index);
  if (gap !== undefined) throw new UnreadableError(gap);
  const known = onceEach([...vnets, ...index.ofType(vnetType).map(({ id }) => id)]);
  const subnet = chooseSubnet(answers, endpointSubnets(known, index, endpointAddresses(workspace.id)));
  const anywhere = vnets.length === 0 ? { within: known } : {};
  return endpointProposals({ target: workspace, groups, subnet, vnets, answers, ...anywhere }, context);
}

export const workspacePrivateEndpoint = defineRule({
  id: 'workspace.private-endpoint',
  answers: { subnet: 'VNET/NAME', way: ['zone', 'hosts', 'peer'] },
  title: 'Workspace has an approved private endpoint',
  problem: 'Workspace has no approved private endpoint',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'Without a private endpoint, compute without a public IP address cannot reach the service, and all other clients use public network access.',
    fix: 'Creates a private endpoint of the workspace in the subnet you name (--answer subnet=VNET/NAME). Its two private DNS zones are linked to the virtual networks of the compute. A pending connection is approved instead.',
    breaks:
      'Once the names resolve privately, compute and clients in other virtual networks that use those zones no longer reach the workspace. The endpoint is billed by the hour. Undo removes the endpoint, the links and the zones; a new endpoint has another IP address.',
    links: [links.workspacePrivateLink, links.secureWorkspace],
  },
  fixKind: 'guided',
  undo: 'equivalent',
  subjects: workspaceSubjects,
  check(workspace, context) {
    const result = checkEndpoint(workspace, context);
    return { ...result, evidence: [...(result.evidence ?? []), ...registriesUsed(context)] };
  },
  fix: createEndpoint,
});

function checkDns(workspace: Resource, { index }: RuleContext): CheckResult {
  const ends = customerEndpoints(workspace.id, index);
  const name = displayName(workspace.id);
  if (ends.length === 0) return notApplicable(`${name} has no private endpoint, so it needs no private DNS.`);
  const holders = ends.flatMap(({ connection: { endpointId } }) =>
    endpointId === undefined ? [] : zoneSubscriptions(endpointId, index),
  );
  const { vnets, gap } = computeNetworks(index);
  const networks = onceEach([...ends.flatMap(({ vnet }) => vnet ?? []), ...vnets]);
  const result = worstOf('high', [
    ...networks.map((vnet) => () => {
      const subscriptions = onceEach([...holders, subscriptionOf(vnet) ?? ''].filter((one) => one !== ''));
      return resolvesPrivately(vnet, { target: workspace.id, groups, subscriptions }, index);
    }),
    ...ends
      .filter(({ vnet }) => vnet === undefined)
      .map(({ connection }) => () => {
        const id = connection.endpointId ?? workspace.id;
        return unknown(`The virtual network of private endpoint ${displayName(id)} could not be read.`, [
          noted(id, null, 'virtual network'),
        ]);
      }),
    ...(gap === undefined ? [] : [() => unreadComputes(gap)]),
  ]);
  return result.outcome === 'pass'
    ? pass(`All virtual networks of the compute and endpoints of ${name} resolve its names privately.`, result.evidence)
    : result;
}

function unreadComputes(gap: ReadFailure): never {
  throw new UnreadableError(gap);
}

function createZones(workspace: Resource, context: RuleContext): readonly Proposal[] | string {
  const { vnets, gap } = computeNetworks(context.index);
  if (gap !== undefined) throw new UnreadableError(gap);
  return dnsProposals({ target: workspace, groups, vnets }, context);
}

export const workspacePrivateDns = defineRule({
  id: 'workspace.private-dns',
  title: 'Private DNS resolves the workspace from the compute VNets',
  problem: 'Private DNS does not resolve the workspace',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'A private endpoint does not change the host names of the workspace. Without private DNS zones they resolve to public IP addresses, where access is refused or leaves the virtual network.',
    fix: 'Creates the missing private DNS zones of the workspace and links them to the virtual networks of its compute and endpoints. Each endpoint gets a DNS zone group.',
    breaks:
      'A linked virtual network resolves every name of the zone privately. Names without a record there, for example of other workspaces, no longer resolve.',
    links: [links.workspacePrivateLink, links.privateDns],
  },
  fixKind: 'guided',
  subjects: workspaceSubjects,
  check: checkDns,
  fix: createZones,
});
