// Private zones for the names of endpoints: which zone serves, which networks are to see it, which endpoints keep their names
// in it (rules-catalogue, P-PE steps 2, 3 and 5). A zone that is there is used: two zones of one name split resolution.

import { zoneNameOf, zoneType } from '../../kinds/private-dns-zone.ts';
import { zoneConfigsPointer, zoneGroupType, zoneGroupView } from '../../kinds/private-dns-zone-group.ts';
import { editChange } from '../../model/change.ts';
import { addTo, type ListKey } from '../../model/edit.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Phase } from '../../model/plan.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, nameOf, parentId, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { GapRead, type World } from '../../model/world.ts';
import { linksOf, zoneNames, zoneStanding, zonesNamed } from '../../posture/dns.ts';
import type { Proposal } from '../rule.ts';
import { legalName, onceEach } from './naming.ts';
import { shown } from './verdict.ts';

/** An endpoint that is there or is to be made, and the groups it leads to. */
export interface Served {
  readonly endpoint: string;
  /** Network it lies in. */
  readonly vnet: string;
  readonly groups: readonly string[];
}

const configKey: ListKey = { member: 'name', fold: true };
const linkRisk = (zone: string, vnet: string) =>
  `${shown(vnet)} resolves every name of ${clean(zone, 120)} privately from then on: names that have no record there stop resolving for it.`;

/**
 * Zones, links and zone groups that are missing for the names of these endpoints to resolve in these networks. Throws GapRead
 * where a zone that could serve may exist and was not read.
 */
export function zoneProposals(served: readonly Served[], vnets: readonly string[], world: World): Proposal[] {
  const networks = onceEach([...vnets, ...served.map(({ vnet }) => vnet)]);
  const names = [...new Set(served.flatMap(({ groups }) => groups.flatMap((group) => zoneNames(group, world))))];
  const choices = new Map(names.map((name) => [name, choiceOf(name, networks, served, world)]));
  const all = [...choices.values()];
  const groups = served.flatMap((one) => {
    const zones = one.groups
      .flatMap((group) => zoneNames(group, world))
      .flatMap((name) => choices.get(name)?.used ?? []);
    return zoneGroup(one.endpoint, zones, world);
  });
  return [...all.flatMap(({ made }) => made), ...all.flatMap(({ links }) => links), ...groups];
}

interface Choice {
  /** Ids of the zones of this name that the networks see; one, unless somebody has made several. */
  readonly used: readonly string[];
  readonly made: readonly Proposal[];
  readonly links: readonly Proposal[];
}

function choiceOf(name: string, networks: readonly string[], served: readonly Served[], world: World): Choice {
  const subscriptions = onceEach(
    [...networks, ...served.map(({ endpoint }) => endpoint)].flatMap((id) => subscriptionOf(id) ?? []),
  );
  const standings = networks.map((vnet) => ({ vnet, standing: zoneStanding(name, vnet, subscriptions, world) }));
  const unread = standings.find(({ standing }) => standing.state === 'unread')?.standing;
  if (unread?.state === 'unread') throw new GapRead(unread.gap);
  const linked = standings.flatMap(({ standing }) => (standing.state === 'linked' ? [standing.zone.id] : []));
  const there = [...linked, ...kept(name, served, world), ...zonesNamed(name, world).map(({ id }) => id)];
  const zone = there[0] ?? newZoneId(name, networks, world);
  const unlinked = standings.filter(({ standing }) => standing.state !== 'linked').map(({ vnet }) => vnet);
  return {
    used: onceEach([...linked, ...(unlinked.length > 0 ? [zone] : [])]),
    made: there.length > 0 ? [] : [proposal(zone, { location: 'global' }, 1, madeRisk(name))],
    links: unlinked.map((vnet) => linkTo(zone, vnet, world)),
  };
}

const madeRisk = (name: string) =>
  `A new private zone ${name}, which answers for nobody until a network is linked to it.`;

/** Zones of this name in which the endpoints keep their names already. */
const kept = (name: string, served: readonly Served[], world: World): string[] =>
  served.flatMap(({ endpoint }) =>
    groupsOf(endpoint, world).flatMap((group) =>
      zoneGroupView(group).configs.flatMap(({ zone }) => (zoneNameOf(zone) === name ? [zone] : [])),
    ),
  );

/** Beside the private zones that are there; without any, beside the first network. */
function newZoneId(name: string, networks: readonly string[], world: World): string {
  const neighbour = world.ofType(zoneType).find(({ id }) => zoneNameOf(id).startsWith('privatelink.'));
  const group = groupIdOf(neighbour?.id ?? networks[0] ?? '') ?? '';
  return `${group}/providers/${zoneType}/${name}`;
}

function linkTo(zone: string, vnet: string, world: World): Proposal {
  const base = legalName([nameOf(vnet)], 70);
  const taken = world.hasList(linksOf(zone)) ? world.list(linksOf(zone)).map(({ id }) => fold(nameOf(id))) : [];
  let name = base;
  for (let count = 2; taken.includes(fold(name)); count += 1) name = `${base}-${count}`;
  const body = { location: 'global', properties: { virtualNetwork: { id: vnet }, registrationEnabled: false } };
  return proposal(`${linksOf(zone)}/${name}`, body, 2, linkRisk(zoneNameOf(zone), vnet));
}

/** The zone groups of an endpoint. Throws GapRead when they were not read. */
function groupsOf(endpoint: string, world: World): readonly Resource[] {
  const inHand = world.ofType(zoneGroupType).filter((group) => sameId(parentId(group.id), endpoint));
  if (inHand.length > 0 || world.peek(endpoint).state !== 'read') return inHand;
  return world.list(`${endpoint}/privateDnsZoneGroups`);
}

/** An endpoint has one zone group: it is made, or given the zones it lacks. */
function zoneGroup(endpoint: string, zones: readonly string[], world: World): Proposal[] {
  const [group] = groupsOf(endpoint, world);
  const there = group ? zoneGroupView(group).configs : [];
  const missing = zones.filter((zone) => !there.some((config) => sameId(config.zone, zone)));
  if (missing.length === 0) return [];
  const taken = there.map(({ name }) => fold(name));
  const configs = missing.map((zone) => {
    const base = zoneNameOf(zone).replaceAll('.', '-');
    let name = base;
    for (let count = 2; taken.includes(name); count += 1) name = `${base}-${count}`;
    taken.push(name);
    return { name, properties: { privateDnsZoneId: zone } };
  });
  const risk = `The names of ${shown(endpoint)} are written into ${missing.map(zoneNameOf).join(', ')}, over a record of the same name.`;
  if (!group) {
    const body = { properties: { privateDnsZoneConfigs: configs } };
    return [proposal(`${endpoint}/privateDnsZoneGroups/default`, body, 2, risk)];
  }
  const edits = configs.map((config) => addTo(group.body, zoneConfigsPointer, config, configKey));
  return [{ change: editChange(group.id, edits), phase: 2, risk }];
}

const proposal = (resource: string, body: JsonObject, phase: Phase, risk: string): Proposal => ({
  change: { kind: 'create', resource, edits: [], body },
  phase,
  risk,
});
