// The hop at an appliance on the route: an Azure Firewall, whose rules decide, or another appliance or gateway, whose rules
// are not readable.

import type { Evidence } from '../../model/finding.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { prefixesOf } from '../../net/addresses.ts';
import type { Parts } from '../../net/decision.ts';
import type { FirewallAnswer, FirewallRule } from '../../net/firewall/index.ts';
import { allOf, cut, within } from '../../net/in-turn.ts';
import { meets } from '../../net/sets.ts';
import { firewallView } from '../../resource-types/azure-firewall.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { firewallAt, firewallVerdict } from '../firewall.ts';
import { acceptsForwarded, connectionBetween } from './connection.ts';
import type { SubnetEnd } from './ends.ts';
import type { ForwardingChoice } from './forwarding.ts';
import { divided, guarded, type Journey, type PathStage, quoted } from './stage.ts';

/** The host name that packets call, if any: application rules match it. */
export type Called = string | undefined;

/** The hop at the appliance or gateway that some of the routes lead to; undefined where none does. */
export function applianceHop(
  choices: readonly ForwardingChoice[],
  called: Called,
  journey: Journey,
): PathStage | undefined {
  const met = choices.filter(({ kind }) => kind === 'appliance' || kind === 'gateway');
  const [first] = met;
  if (!first) return undefined;
  const { index, packets } = journey;
  const address = first.route?.nextHopIpAddress;
  const place = {
    hop: 'firewall',
    at: first.kind === 'gateway' ? 'the gateway' : `the appliance ${address ?? ''}`.trim(),
  } as const;
  return guarded(place, packets, () => {
    const firewall = address === undefined || first.kind === 'gateway' ? undefined : firewallAt(address, index);
    if (firewall) return firewallHop(firewall, met, called, journey);
    const because =
      first.kind === 'gateway'
        ? 'The next hop is a gateway. What is behind it cannot be read.'
        : `The next hop is the appliance ${address ?? ''}. No Azure Firewall with this address was read, so its rules are not known.`;
    const { through, rest } = taken(met, packets.whole);
    return divided(place, [...allOf(through, 'unknown'), ...rest], () => because, [], packets);
  });
}

/**
 * The packets that take one of these routes, and the others. A route without addresses takes the points that represent tags.
 */
export function taken(
  met: readonly ForwardingChoice[],
  whole: Parts,
): { readonly through: Parts; readonly rest: Parts } {
  let left = whole;
  const through = met.flatMap(({ addresses }) => {
    if (!addresses) {
      const all = left;
      left = [];
      return all;
    }
    const { inside, outside } = cut(left, 'destination', addresses, 'allowed');
    left = outside;
    return inside;
  });
  return { through: through, rest: left };
}

function firewallHop(
  firewall: Resource,
  met: readonly ForwardingChoice[],
  called: Called,
  { index, packets }: Journey,
): PathStage {
  const { through, rest } = taken(met, packets.whole);
  const to = met.flatMap(({ addresses }) => (addresses ? prefixesOf(addresses) : packets.uncounted));
  const question = {
    source: packets.source,
    protocol: packets.protocol,
    ports: packets.ports,
    ...(packets.vague ? {} : { to }),
    ...(called === undefined ? {} : { hosts: [called] }),
    ...(packets.nameless ? { nameless: true } : {}),
  };
  const answer = firewallVerdict(question, firewall, index);
  const name = nameOf(firewall.id);
  const place = { hop: 'firewall', at: name } as const;
  const evidence = decisive(answer).map((rule) => ruleEvidence(rule, index));
  const parts = [...(called === undefined ? byBox(answer, through) : byPort(answer, through)), ...rest];
  const stage = divided(place, parts, () => sentence(answer, name), [...evidence, addressEvidence(firewall)], packets);
  const denying = answer.deniedBy.map((rule) => `${rule.collection}/${rule.name}`);
  const blockedBy = [...denying, ...(answer.byDefault ? ['default Deny'] : [])];
  return { ...stage, blockedBy, control: { kind: 'firewall', firewall, called } };
}

/** Packets by address: what the answer does not cover (IPv6) is unknown. */
function byBox(answer: FirewallAnswer, through: Parts): Parts {
  const decided = answer.parts.flatMap(({ protocol, box, outcome }) => within(through, protocol, box, outcome));
  const six = through.filter(({ family }) => family.name === 'v6');
  return [...decided, ...allOf(six, 'unknown')];
}

/**
 * Packets by name: names have no addresses, so the answer distinguishes ports only; where it distinguishes more, the result
 * is unknown.
 */
function byPort(answer: FirewallAnswer, through: Parts): Parts {
  const clash = answer.parts.some((one) =>
    answer.parts.some(
      (other) => one.outcome !== other.outcome && one.protocol === other.protocol && meets(one.ports, other.ports),
    ),
  );
  if (clash) return allOf(through, 'unknown');
  return answer.parts.flatMap(({ protocol, ports, outcome }) =>
    through.flatMap((part) => {
      if (part.protocol !== protocol || part.family.name !== 'v4') return [];
      const { source, destination, sourcePorts } = part.box as Parameters<typeof within>[2];
      return within([part], protocol, { source, destination, sourcePorts, destinationPorts: ports }, outcome);
    }),
  );
}

/** The rules that matter, at most six: those that deny first. */
const decisive = ({ deniedBy, unsure, allowedBy }: FirewallAnswer): FirewallRule[] =>
  [...new Set([...deniedBy, ...unsure, ...allowedBy])].slice(0, 6);

function ruleEvidence(rule: FirewallRule, index: SnapshotIndex): Evidence {
  const note = `${rule.access} by the ${rule.kind} rule ${rule.collection}/${rule.name}`;
  const seen = index.peek(rule.resource);
  return seen.state === 'read'
    ? quoted(seen.resource, rule.pointer, note)
    : { resource: rule.resource, pointer: rule.pointer, value: null, note };
}
const addressEvidence = (firewall: Resource): Evidence =>
  quoted(firewall, '/properties/ipConfigurations', 'private IP address');

const few = 3;
function namesOf(rules: readonly FirewallRule[]): string {
  const names = rules.slice(0, few).map(({ collection, name }) => `${collection}/${name}`);
  return rules.length > few ? `${names.join(', ')} and ${rules.length - few} more` : names.join(', ');
}

function sentence({ verdict, allowedBy, deniedBy, unsure, byDefault }: FirewallAnswer, name: string): string {
  const deny = [...(deniedBy.length > 0 ? [namesOf(deniedBy)] : []), ...(byDefault ? ['its default Deny'] : [])].join(
    ' and ',
  );
  switch (verdict) {
    case 'allowed':
      return `${name} allows the traffic by ${namesOf(allowedBy)}.`;
    case 'denied':
      return `${name} denies the traffic by ${deny}.`;
    case 'partly':
      return `${name} allows some of the traffic by ${namesOf(allowedBy)} and denies some by ${deny}.`;
    default:
      return unsure.length > 0
        ? `The result at ${name} depends on ${unsure.length === 1 ? 'rule' : 'rules'} ${namesOf(unsure)}, which cannot be evaluated.`
        : `The result at ${name} cannot be determined.`;
  }
}

/**
 * From a firewall to the network of the destination: undefined where it is in that network itself, and where no firewall that was
 * read is on the route.
 */
export function onwardHop(
  choices: readonly ForwardingChoice[],
  to: string,
  { index, packets }: Journey,
): PathStage | undefined {
  const met = choices.filter(({ kind }) => kind === 'appliance');
  const from = attempt(
    () => beyond(met, index)?.subnet,
    () => undefined,
  );
  if (from === undefined || sameId(vnetOf(from), vnetOf(to))) return undefined;
  const place = { hop: 'route', at: `routes of ${nameInParent(from)}` } as const;
  return guarded(place, packets, () => {
    const { state, because, evidence } = connectionBetween(from, to, index);
    const isForwarded = state !== 'connected' || acceptsForwarded(to, from, index) !== false;
    const outcome = state === 'apart' ? 'denied' : state === 'connected' && isForwarded ? 'allowed' : 'unknown';
    const words = isForwarded
      ? because
      : `${nameOf(vnetOf(to))} does not accept forwarded traffic (allowForwardedTraffic): only traffic whose source the firewall translates arrives.`;
    const { through, rest } = taken(met, packets.whole);
    return divided(place, [...allOf(through, outcome), ...rest], () => words, evidence, packets);
  });
}

/** The source after a firewall: it is in its own subnet and translates the source to its public address. */
export function beyond(choices: readonly ForwardingChoice[], index: SnapshotIndex): SubnetEnd | undefined {
  const address = choices.find(({ kind }) => kind === 'appliance')?.route?.nextHopIpAddress;
  const firewall = address === undefined ? undefined : firewallAt(address, index);
  if (!firewall) return undefined;
  const [own] = listAt(firewall.body, '/properties/ipConfigurations');
  const subnet = textAt(own, '/properties/subnet/id');
  if (subnet === undefined) return undefined;
  const name = nameOf(firewall.id);
  const publicAddress = textAt(own, '/properties/publicIPAddress/id');
  return {
    ...{ kind: 'subnet', asked: name, is: name, resource: firewall.id, subnet, compute: undefined },
    nic: { id: firewall.id, address, subnet, group: undefined, publicAddress },
    addresses: firewallView(firewall).addresses,
  };
}
