// A training subnet and the firewalls between it and the Internet, as the firewall rules look at them.
import { routePointer } from '../../../kinds/route-view.ts';
import type { Evidence } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { GapRead, type World } from '../../../model/world.ts';
import type { FirewallRule } from '../../../net/firewall/index.ts';
import { type FirewallHop, firewallInPath } from '../../../posture/firewall.ts';
import { tunnelOf } from '../../../posture/tunnel.ts';
import { trainingPlaces } from '../../parts/nsg-place.ts';
import { noTraining } from '../../parts/training.ts';
import { listed, notApplicable, noted, seen, shown, subnetShown, unknown } from '../../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../../rule.ts';

/** What a rule judges: one Azure Firewall in the way of one subnet. */
export interface FirewallPlace {
  readonly subnet: string;
  readonly firewall: Resource;
  readonly judgement: Judgement;
  /** Today's sentences rather than those of 2020. */
  readonly today: boolean;
}

/** The firewalls in hand that stand in a subnet's way; [] where that could not be read, for choosing subjects only. */
function firewallsSeen(subnet: string, world: World): readonly Resource[] {
  try {
    return firewallInPath(subnet, world).flatMap(({ firewall }) => firewall ?? []);
  } catch (error) {
    if (error instanceof GapRead) return [];
    throw error;
  }
}

/** Each training subnet, with each Azure Firewall in its way; the workspace where there is none, or where one may be unseen. */
export const firewallSubjects = (judgement: Judgement): Subject[] =>
  trainingPlaces(judgement).flatMap(({ resource }): Subject[] => {
    if (resource === judgement.world.snapshot.workspace) return [{ resource }];
    const met = firewallsSeen(resource, judgement.world);
    return met.length === 0 ? [{ resource }] : met.map(({ id }) => ({ resource, where: id }));
  });

/** The routes that lead to the firewalls, in the table of the subnet. */
export function wayThere(subnet: string, world: World): Evidence[] {
  const { table, routes } = tunnelOf(subnet, world);
  return [...new Set(routes.map(({ name }) => name))].slice(0, 4).flatMap((name) => {
    const pointer = table && name !== undefined ? routePointer(table, name) : undefined;
    return table && pointer !== undefined ? [seen(table, pointer, 'the route to the Internet')] : [];
  });
}

export const hopShown = ({ address, firewall }: FirewallHop): string =>
  firewall ? `the Azure Firewall ${shown(firewall.id)} (${clean(address, 60)})` : `the appliance ${clean(address, 60)}`;

/** The place of a subject; or what is said where no Azure Firewall stands in its way. Throws GapRead. */
export function placeOf({ resource, where }: Subject, judgement: Judgement): FirewallPlace | Verdict {
  const { world } = judgement;
  const nowhere = noTraining(resource, world);
  if (nowhere) return nowhere;
  const hops = firewallInPath(resource, world);
  const name = subnetShown(resource);
  if (hops.length === 0)
    return notApplicable(`No route sends the traffic of ${name} to the Internet through a firewall.`);
  const met = hops.flatMap(({ firewall }) => firewall ?? []);
  const firewall = met.find(({ id }) => fold(id) === fold(where ?? id));
  if (firewall) return { subnet: resource, firewall, judgement, today: judgement.profile !== 'seed-2020' };
  const whose = listed(hops.map(hopShown));
  return unknown(
    `What ${whose} lets ${name} reach is not known: it is no Azure Firewall that could be seen, so ask whoever runs it.`,
    wayThere(resource, world),
  );
}

export const isPlace = (found: FirewallPlace | Verdict): found is FirewallPlace => 'firewall' in found;

/** `bastide-net/azureml`: collection and rule, made safe to show. */
export const ruleShown = ({ name, collection }: FirewallRule): string => `${clean(collection, 80)}/${clean(name, 80)}`;

/** Where a rule stands. */
export const ruleSeen = ({ resource, pointer, access }: FirewallRule, world: World, note: string): Evidence => {
  const found = world.peek(resource);
  return found.state === 'read' ? seen(found.resource, pointer, note) : noted(resource, access, note);
};
