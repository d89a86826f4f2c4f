// What would open one blocked hop of a path: alternatives, each a few changes to the resource that denies there, or the reason why
// nothing that Bastide changes opens it.

import { isRegistry, isStorage, isVault } from '../facts/links.ts';
import { seenAs } from '../facts/path/outbound-hop.ts';
import type { PathQuestion, PathTrace } from '../facts/path/path.ts';
import type { Control, PathStage } from '../facts/path/stage.ts';
import { routeTableAt } from '../facts/routes.ts';
import { type Change, deleteChange, editChange } from '../model/change.ts';
import { setMember } from '../model/edit.ts';
import type { HopKind } from '../model/path.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameInParent, nameOf, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { looksLiteral, readPrefixes, without } from '../net/addresses.ts';
import { publicSpace } from '../net/facts.ts';
import { openings, type RuleChange } from '../net/openings.ts';
import { isEmpty } from '../net/sets.ts';
import { vnetOf } from '../resource-types/network-view.ts';
import { textAt } from '../resource-types/read.ts';
import { routesOf } from '../resource-types/route-view.ts';
import { allowPurposes } from './firewall/parts/open.ts';
import { openingChanges } from './nsg/parts/change.ts';
import { type FirewallService, firewallIn } from './parts/firewall.ts';
import { legalName } from './parts/naming.ts';
import { openPeering } from './parts/peering.ts';
import { allowAddresses, allowSubnet, enablePublicAccess, inTurn } from './parts/proposals.ts';
import { displayName } from './parts/verdict.ts';
import type { Proposal, RuleContext } from './rule.ts';
import { completed } from './services/parts/service-endpoints.ts';

/** One way to open a hop. */
export interface PathChange {
  /** What it does, without a full stop: `add an allow rule at priority 190 to nsg-train`. */
  readonly says: string;
  /** How much it touches of others: 0 adds for this traffic alone, 1 changes what exists, 2 removes, or opens more. */
  readonly risk: 0 | 1 | 2;
  readonly changes: readonly Change[];
}

/** The alternatives for a blocked stage, the least risk first; a sentence where there are none. */
export function changesAt(
  { hop, control }: PathStage,
  trace: PathTrace,
  question: PathQuestion,
  index: SnapshotIndex,
): readonly PathChange[] | string {
  const found = control ? changesOf(control, trace, question, index) : undefined;
  if (found === undefined || (typeof found !== 'string' && found.length === 0)) {
    const more = elsewhere[hop.hop];
    return more === undefined ? hop.because : `${hop.because} ${more}`;
  }
  return typeof found === 'string' ? `${hop.because} ${found}` : [...found].sort((a, b) => a.risk - b.risk);
}

/** Where an operator changes what Bastide does not. */
const elsewhere: Partial<Record<HopKind, string>> = {
  adminRules: 'Change the rule in Virtual Network Manager.',
  name: 'Correct the DNS record or the private DNS zone.',
  wayIn: 'Use a private path, such as a peering or a gateway.',
  wayOut: 'Associate a NAT gateway with the subnet.',
  managedNetwork: 'Add an outbound rule to the managed network of the workspace.',
};

function changesOf(
  control: Control,
  trace: PathTrace,
  question: PathQuestion,
  index: SnapshotIndex,
): readonly PathChange[] | string | undefined {
  switch (control.kind) {
    case 'group':
      return groupChanges(control, trace, question);
    case 'route':
      return routeChanges(control, trace, index);
    case 'firewall':
      return firewallChanges(control, trace, question, index);
    case 'service':
      return serviceChanges(control, index);
    case 'endpointPolicy':
      return policyChanges(control, index);
  }
}
type Of<Kind extends Control['kind']> = Extract<Control, { readonly kind: Kind }>;

const vagueWords =
  'The addresses of the host are not known, so no rule can name it alone. Use a service tag or an address.';
const changed = (made: readonly Proposal[]): readonly Change[] => made.map(({ change }) => change);

function groupChanges(
  { group, flow, before, layer, context }: Of<'group'>,
  { packets }: PathTrace,
  { ports }: PathQuestion,
): readonly PathChange[] | string {
  if (packets.vague) return vagueWords;
  const name = displayName(group.id);
  const way = flow.direction === 'Inbound' ? 'in' : 'out';
  const slug = legalName(['path', way, ...ports.map((port) => (port === '*' ? 'all' : port))], 60);
  return openings(flow, before, layer, context).flatMap((opening): PathChange[] => {
    const changes = openingChanges(group, opening, slug);
    if (changes.length === 0) return [];
    const kinds = opening.map(({ kind }) => kind);
    const risk = kinds.includes('delete') ? 2 : kinds.includes('move') ? 1 : 0;
    return [{ says: opening.map((one) => ruleWords(one, name)).join(', '), risk, changes }];
  });
}

function ruleWords(one: RuleChange, name: string): string {
  if (one.kind === 'add') return `add an allow rule at priority ${one.priority} to ${name}`;
  const rule = `rule ${clean(one.rule.name, 80)} of ${name}`;
  return one.kind === 'move'
    ? `move ${rule} from priority ${one.rule.priority} to ${one.priority}`
    : `delete ${rule} (Deny, priority ${one.rule.priority})`;
}

/** Routes of the table that drop the traffic: overridden for these destinations, or deleted; a peering opened. */
function routeChanges(
  { subnet, to, choices }: Of<'route'>,
  { packets }: PathTrace,
  index: SnapshotIndex,
): readonly PathChange[] | string {
  const apart = choices.find(({ kind, connection }) => kind === 'unconnected' && connection !== undefined);
  if (apart?.connection && to !== undefined) {
    const made = openPeering(subnet, to, '', index, { way: 'peer' });
    if (typeof made === 'string') return made.trim();
    const networks = `${nameOf(vnetOf(subnet))} and ${nameOf(vnetOf(to))}`;
    return [{ says: `open the peering of ${networks}`, risk: 2, changes: changed(made) }];
  }
  const table = routeTableAt(subnet, index);
  const dropping = choices.flatMap(({ kind, route }) =>
    (kind === 'dropped' || kind === 'lost') && route?.source === 'User' ? [fold(route.name ?? '')] : [],
  );
  const routes = table ? routesOf(table).filter(({ id }) => dropping.includes(fold(nameOf(id)))) : [];
  if (!table || routes.length === 0) return [];
  // A route for the same prefix cannot be added: that one gets another next hop.
  const same = routes.filter(({ body }) => {
    const prefix = textAt(body, '/properties/addressPrefix') ?? '';
    return packets.destination.some((text) => sameId(prefixOf(text), prefix));
  });
  const hop = to !== undefined && sameId(vnetOf(to), vnetOf(subnet)) ? 'VnetLocal' : 'Internet';
  const name = displayName(table.id);
  const made = packets.vague
    ? []
    : same.length > 0
      ? [
          {
            ...{ risk: 1 as const, changes: same.map((route) => withNextHop(route, hop)) },
            says: `set the next hop of route ${same.map(({ id }) => nameOf(id)).join(', ')} of ${name} to ${hop}`,
          },
        ]
      : routesTo(table, packets.destination, hop);
  const names = routes.map(({ id }) => nameOf(id)).join(', ');
  return [...made, { says: `delete route ${names} of ${name}`, risk: 2, changes: routes.map(deleteChange) }];
}

const prefixOf = (text: string): string => (looksLiteral(text) && !text.includes('/') ? `${text}/32` : text);

/** The address of an appliance goes first: no other next hop has one. */
function withNextHop({ id, body }: Resource, hop: string): Change {
  const address = '/properties/nextHopIpAddress';
  return editChange(id, [
    ...(valueAt(body, address) === undefined ? [] : [setMember(body, address, undefined)]),
    setMember(body, '/properties/nextHopType', hop),
  ]);
}

/** A route for each destination, where Azure accepts it as a prefix; [] where one has none. */
function routesTo(table: Resource, destinations: readonly string[], nextHopType: string): PathChange[] {
  const isPublic = (text: string) => {
    const { addresses } = readPrefixes([text]);
    return isEmpty(without(addresses, publicSpace).v4) && addresses.v6.length === 0;
  };
  const isTag = (text: string) => !looksLiteral(text) && text !== '*' && fold(text) !== 'internet';
  const isOwn = nextHopType === 'VnetLocal';
  if (!destinations.every((text) => isOwn || isTag(text) || (looksLiteral(text) && isPublic(text)))) return [];
  const taken = new Set(routesOf(table).map(({ id }) => fold(nameOf(id))));
  const names = Array.from({ length: taken.size + destinations.length }, (_, at) => `bastide-path-${at + 1}`);
  const free = names.filter((name) => !taken.has(name));
  const changes = destinations.map((text, at): Change => {
    const properties = { addressPrefix: prefixOf(text), nextHopType };
    return { kind: 'create', resource: `${table.id}/routes/${free[at]}`, edits: [], body: { properties } };
  });
  return [{ says: `add a route for ${destinations.join(', ')} to ${displayName(table.id)}`, risk: 1, changes }];
}

const serviceOf = (id: string): FirewallService | undefined =>
  isStorage(id) ? 'storage' : isVault(id) ? 'vault' : isRegistry(id) ? 'registry' : undefined;

/** A virtual network rule, or IP rules for the addresses that the service sees; first public network access where it is off. */
function serviceChanges({ resource: id, source: visitor }: Of<'service'>, index: SnapshotIndex): PathChange[] | string {
  const service = serviceOf(id);
  const resource = index.get(id);
  if (!service || !resource) return 'Bastide does not change the network access of this resource.';
  const context: RuleContext = { index, profile: 'all', assumeDenyByDefault: false };
  const source = visitor();
  const firewall = firewallIn(resource, service, context);
  const isOff = firewall.view.publicNetworkAccess === 'Disabled';
  const opened = (then: (here: typeof firewall) => Proposal[] | string) =>
    inTurn(firewall, isOff ? [enablePublicAccess, then] : [then]);
  const found: PathChange[] = [];
  const reasons: string[] = [];
  const offer = (says: string, made: readonly Proposal[] | string) => {
    if (typeof made === 'string') reasons.push(made);
    else if (made.length > 0) {
      const first = isOff ? [`enable public network access of ${firewall.name}`] : [];
      const atSubnets = made.filter(({ change }) => !sameId(change.resource, id));
      const endpoints = atSubnets.map(({ change }) => endpointWords(change));
      const isMore = made.length > first.length + endpoints.length;
      const all = [...first, ...endpoints, ...(isMore ? [says] : [])];
      found.push({ says: all.join(', '), risk: isOff ? 2 : 1, changes: changed(made) });
    }
  };
  const name = nameOf(id);
  if (source?.kind === 'subnet') {
    const subnet = nameInParent(source.subnet);
    offer(
      `add a virtual network rule for ${subnet} to ${name}`,
      opened((here) => allowSubnet(here, source.subnet, context)),
    );
  }
  const addresses =
    source?.kind === 'subnet' ? (seenAs(source, index) ?? []) : publicAddresses(source?.addresses ?? []);
  if (addresses.length > 0) {
    offer(
      `add IP rules for ${addresses.join(', ')} to ${name}`,
      opened((here) => allowAddresses(here, addresses)),
    );
  }
  if (found.length > 0) return found;
  return reasons[0] ?? 'The source address is not known, so no rule can allow it.';
}
/** What is added to a subnet before an account can allow it. */
const endpointWords = ({ resource, edits }: Change): string => {
  const added = edits.flatMap((edit) => ('after' in edit ? (textAt(edit.after, '/service') ?? []) : []));
  return `add a service endpoint for ${added.join(', ')} to ${nameInParent(resource)}`;
};
const publicAddresses = (of: readonly string[]): string[] => (of.every(looksLiteral) ? [...of] : []);

function firewallChanges(
  { firewall, called }: Of<'firewall'>,
  { source, packets }: PathTrace,
  { ports }: PathQuestion,
  index: SnapshotIndex,
): PathChange[] | string {
  if (source.kind !== 'subnet') return 'Change the rules of the firewall.';
  const { protocol } = packets;
  const isWeb = called !== undefined && protocol === 'Tcp' && ports.every((port) => port === '80' || port === '443');
  if (!isWeb && packets.vague) return vagueWords;
  const purpose = {
    ...{ slug: 'path', name: `traffic to ${called ?? packets.destination.join(', ')}` },
    tags: isWeb ? [] : packets.destination.map((tag) => ({ tag, protocol, ports })),
    hosts: isWeb ? [{ host: called, protocol: 'Tcp' as const, ports }] : [],
  };
  const context: RuleContext = { index, profile: 'all', assumeDenyByDefault: false };
  const made = allowPurposes([purpose], { subnet: source.subnet, firewall, context }, isWeb);
  if (typeof made === 'string') return made;
  return [{ says: `add an allow rule to ${displayName(firewall.id)}`, risk: 1, changes: changed(made) }];
}

function policyChanges({ policies, account }: Of<'endpointPolicy'>, index: SnapshotIndex): PathChange[] | string {
  const found = policies.flatMap((id) => index.get(id) ?? []);
  const [first] = found;
  if (!first) return [];
  const changes = changed(completed(first, [account]));
  return [{ says: `add ${nameOf(account)} to the service endpoint policy ${displayName(first.id)}`, risk: 1, changes }];
}
