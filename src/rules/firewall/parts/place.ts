// A training subnet and the firewalls between it and the Internet, as the firewall rules check them.

import { type FirewallHop, firewallInPath } from '../../../facts/firewall.ts';
import { routesAt, routeTableAt } from '../../../facts/routes.ts';
import { serviceTagsOf } from '../../../facts/service-tags.ts';
import { tunnelOf } from '../../../facts/tunnel.ts';
import type { Evidence } from '../../../model/finding.ts';
import { attempt } from '../../../model/readable.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { clean } from '../../../model/text.ts';
import type { FirewallRule } from '../../../net/firewall/index.ts';
import { globalTagOf, notLeavingBy } from '../../../net/index.ts';
import { listAt, textAt } from '../../../resource-types/read.ts';
import { routePointer, routesPointer } from '../../../resource-types/route-view.ts';
import { derived } from '../../define.ts';
import { noTraining, trainingSubjects } from '../../parts/subjects.ts';
import { displayName, evidenceAt, listed, notApplicable, noted, subnetShown, unknown } from '../../parts/verdict.ts';
import type { CheckResult, RuleContext, Subject, Subjects } from '../../rule.ts';

/** A training subnet, and the appliances that its Internet traffic goes through. */
export interface SubnetHops {
  readonly subnet: string;
  readonly hops: readonly FirewallHop[];
}

/** One Azure Firewall that the traffic of one subnet goes through. */
export interface FirewallOnRoute {
  readonly subnet: string;
  readonly firewall: Resource;
  readonly context: RuleContext;
}

/** The same, and what decides which purposes there are. */
export interface FirewallPlace extends FirewallOnRoute {
  /** By the current documentation, not by the article of 2020. */
  readonly today: boolean;
}

/** The firewalls of a subnet that were read; [] where its routes were not, for choosing subjects only. */
function firewallsSeen(subnet: string, index: SnapshotIndex): readonly Resource[] {
  return attempt(
    () => firewallInPath(subnet, index).flatMap(({ firewall }) => firewall ?? []),
    () => [],
  );
}

/** Each training subnet with each Azure Firewall in its path; the workspace where there is none, or where one may be missing. */
const list = (context: RuleContext): Subject[] =>
  trainingSubjects(context).flatMap(({ resource }): Subject[] => {
    if (resource === context.index.snapshot.workspace) return [{ resource }];
    const met = firewallsSeen(resource, context.index);
    return met.length === 0 ? [{ resource }] : met.map(({ id }) => ({ resource, where: id }));
  });

export const subnetHops: Subjects<SubnetHops> = {
  list,
  resolve: ({ resource: subnet }, { index }) =>
    noTraining(subnet, index) ?? { subnet, hops: firewallInPath(subnet, index) },
};

export const noFirewall = (subnet: string): string =>
  `No route sends the Internet traffic of ${subnetShown(subnet)} through a firewall.`;

export const firewallPlaces = derived(
  subnetHops,
  ({ subnet, hops }, context, { where }): FirewallPlace | CheckResult => {
    if (hops.length === 0) return notApplicable(noFirewall(subnet));
    const met = hops.flatMap(({ firewall }) => firewall ?? []);
    const firewall = met.find(({ id }) => fold(id) === fold(where ?? id));
    if (firewall) return { subnet, firewall, context, today: context.profile !== 'article-2020' };
    return unknown(
      `What ${listed(hops.map(hopShown))} allows ${subnetShown(subnet)} to reach is unknown: no Azure Firewall has that address. Ask the operator of the appliance.`,
      routesThere(subnet, context.index),
    );
  },
);

/** The routes that lead to the firewalls, in the route table of the subnet. */
export function routesThere(subnet: string, index: SnapshotIndex): Evidence[] {
  const { table, routes } = tunnelOf(subnet, index);
  return [...new Set(routes.map(({ name }) => name))].slice(0, 4).flatMap((name) => {
    const pointer = table && name !== undefined ? routePointer(table, name) : undefined;
    return table && pointer !== undefined ? [evidenceAt(table, pointer, 'route to the Internet')] : [];
  });
}

export const hopShown = ({ address, firewall }: FirewallHop): string =>
  firewall
    ? `Azure Firewall ${displayName(firewall.id)} (${clean(address, 60)})`
    : `the appliance at ${clean(address, 60)}`;

/** `bastide-net/azureml`: collection and rule, made safe to show. */
export const ruleShown = ({ name, collection }: FirewallRule): string => `${clean(collection, 80)}/${clean(name, 80)}`;

/** A rule in the body that holds it. */
export const ruleSeen = ({ resource, pointer, access }: FirewallRule, index: SnapshotIndex, note: string): Evidence => {
  const found = index.peek(resource);
  return found.state === 'read' ? evidenceAt(found.resource, pointer, note) : noted(resource, access, note);
};

/**
 * Does traffic to a tag bypass the firewall by routes to the Internet? By the addresses of the tag where they are known, else
 * by a route that names it. Throws UnreadableError when the route table was not read.
 */
export function bypassesFirewall(tag: string, subnet: string, index: SnapshotIndex): boolean {
  const addresses = serviceTagsOf(index)?.addressesOf(tag);
  if (addresses) {
    const ours = { v4: addresses.v4, v6: [] };
    return ours.v4.length > 0 && notLeavingBy(ours, routesAt(subnet, index).routes, 'Internet').length === 0;
  }
  const names = [tag, globalTagOf(tag)].map(fold);
  const table = routeTableAt(subnet, index);
  return listAt(table?.body, routesPointer).some((route) => {
    const prefix = fold(textAt(route, '/properties/addressPrefix') ?? '');
    return names.includes(prefix) && fold(textAt(route, '/properties/nextHopType') ?? '') === 'internet';
  });
}
