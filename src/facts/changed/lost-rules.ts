// Security rules that decided packets before a change and that are decided the other way after it: at every subnet and NIC where
// their group applies, with the security admin rules before them.
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { type Addresses, anywhere, either, nowhere, readPrefixes, without } from '../../net/addresses.ts';
import { contextOf } from '../../net/context.ts';
import type { FlowPart, Parts } from '../../net/decision.ts';
import { platformAddresses } from '../../net/facts.ts';
import type { Flow } from '../../net/flow.ts';
import { type Direction, type NetworkContext, readGroup, type SecurityRule } from '../../net/index.ts';
import type { Layer, LayerKind } from '../../net/layers.ts';
import { type LostPackets, lostPackets } from '../../net/lost.ts';
import { resolver } from '../../net/operands.ts';
import { portTexts } from '../../net/ports.ts';
import { rangesOf } from '../../net/ranges.ts';
import { meets, type Point } from '../../net/sets.ts';
import { nicType, nicView } from '../../resource-types/machine-view.ts';
import { findSubnet, subnetType, subnetView } from '../../resource-types/network-view.ts';
import { securityGroupType } from '../../resource-types/security-group-view.ts';
import { beforeRules } from '../admin-rules.ts';
import { contextAt, subnetPrefixes } from '../flows.ts';
import { trafficOf } from '../path/changed-flows.ts';
import { serviceTagsOf } from '../service-tags.ts';
import { sharers } from '../training-subnets.ts';
import { reroutedSubnets } from './next-hops.ts';
import { pairsOf, type ResourcePair } from './pairs.ts';

export interface LostRules {
  /** Id of the group. */
  readonly group: string;
  /** Names, in the order in which they are evaluated. */
  readonly rules: readonly string[];
  /** `inbound TCP 22 from AzureMachineLearning`. */
  readonly traffic: string;
  /** False where a part that is not known decides whether they lose it. */
  readonly certain: boolean;
}
/** A group that could not be read no longer applies at a place. */
export interface UnreadGroup {
  readonly group: string;
  readonly why: string;
}

/** `counts`: the ids of rules whose loss is asked for. */
export function lostRules(
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
  after: SnapshotIndex,
  counts: (ruleId: string) => boolean,
): { readonly lost: readonly LostRules[]; readonly unread: readonly UnreadGroup[] } {
  const sums = new Map<string, Sum>();
  const add = (loss: Loss): void => {
    const key = `${fold(loss.group)} ${loss.direction} ${loss.certain} ${loss.at}`;
    const known = sums.get(key) ?? { ...loss, rules: new Set(), traffic: new Set() };
    known.rules.add(loss.rule);
    known.traffic.add(loss.words);
    sums.set(key, known);
  };
  for (const pair of pairsOf(pairs, securityGroupType)) inChangedGroup(pair, after, counts).forEach(add);
  const unread: UnreadGroup[] = [];
  for (const place of moved(pairs)) {
    const losses = attempt(
      () => whereMoved(place, before, after, counts),
      (error) => {
        unread.push({ group: place.from, why: error.gap.reason });
        return [];
      },
    );
    losses.forEach(add);
  }
  for (const subnet of reroutedSubnets(pairs, before, after)) {
    attempt(
      () => whereNamesMove(subnet, before, after, counts),
      () => [],
    ).forEach(add);
  }
  const lost = [...sums.values()].map(summed);
  const isSaid = ({ group, rules, certain }: LostRules) =>
    !certain &&
    lost.some((one) => one.certain && sameId(one.group, group) && rules.every((rule) => one.rules.includes(rule)));
  return { lost: lost.filter((one) => !isSaid(one)), unread };
}

interface Loss {
  readonly group: string;
  readonly direction: Direction;
  readonly certain: boolean;
  /** ` at vnet-ml/snet-train` where the group no longer applies at one of its places; else ''. */
  readonly at: string;
  readonly rule: SecurityRule;
  readonly words: string;
}
interface Sum extends Pick<Loss, 'group' | 'direction' | 'certain' | 'at'> {
  readonly rules: Set<SecurityRule>;
  readonly traffic: Set<string>;
}
const summed = ({ group, certain, at, rules, traffic }: Sum): LostRules => {
  const ordered = [...rules].toSorted((a, b) => a.priority - b.priority);
  return {
    group,
    certain,
    rules: [...new Set(ordered.map(({ name }) => name))],
    traffic: `${[...traffic].join('; ')}${at}`,
  };
};

/** Where a group applies: its subnet, and the addresses behind it; all of them where it applies nowhere yet. */
interface Place {
  readonly kind: LayerKind;
  readonly subnet: string | undefined;
  readonly addresses: Addresses | undefined;
}

function placesOf(group: string, index: SnapshotIndex): readonly Place[] {
  const found = sharers(group, index).flatMap((id) => placeAt(id, index));
  return found.length > 0 ? found : [{ kind: 'subnet', subnet: undefined, addresses: undefined }];
}

function placeAt(id: string, index: SnapshotIndex): Place[] {
  const seen = index.peek(id);
  if (seen.state === 'missing') return [];
  if (seen.state === 'read' && sameId(seen.resource.type, nicType)) {
    const { addresses } = nicView(seen.resource);
    const own = addresses.flatMap(({ address }) => address ?? []);
    const shown = own.length === 0 ? undefined : readPrefixes(own).addresses;
    return [{ kind: 'nic', subnet: addresses[0]?.subnet, addresses: shown }];
  }
  const prefixes = attempt(
    () => subnetPrefixes(id, index),
    () => [],
  );
  const addresses = prefixes.length === 0 ? undefined : readPrefixes(prefixes).addresses;
  return [{ kind: 'subnet', subnet: id, addresses }];
}

/** The rules of a group that were added, changed or removed by other means than their own deletion. */
function inChangedGroup(pair: ResourcePair, index: SnapshotIndex, counts: (ruleId: string) => boolean): Loss[] {
  const { before, after } = pair;
  if (!before || !after || before.body === after.body) return [];
  const [old, now] = [readGroup(before.body), readGroup(after.body)];
  const isCounted = (rule: SecurityRule) => !rule.standard && counts(`${before.id}/securityRules/${rule.name}`);
  const touched = changedRules(old.rules, now.rules).filter(
    ({ was, is }) =>
      (was !== undefined && isCounted(was)) || (is && old.rules.some((rule) => isCounted(rule) && gives(rule, is))),
  );
  if (touched.length === 0) return [];
  return placesOf(after.id, index).flatMap((place) =>
    touched.flatMap(({ was, is }) =>
      [is, was !== undefined && isCounted(was) ? was : undefined].flatMap((rule) =>
        rule
          ? lossesOf(
              rule,
              { group: before.id, old: { place: place.kind, group: old }, now: { place: place.kind, group: now } },
              place,
              '',
              index,
              isCounted,
            )
          : [],
      ),
    ),
  );
}

interface ChangedRule {
  readonly was: SecurityRule | undefined;
  readonly is: SecurityRule | undefined;
}
/** Rules are known by name; one that was read from the same text is the same object. */
function changedRules(old: readonly SecurityRule[], now: readonly SecurityRule[]): ChangedRule[] {
  const [gone, made] = [old.filter((rule) => !now.includes(rule)), now.filter((rule) => !old.includes(rule))];
  const alike = (a: SecurityRule, b: SecurityRule) => a.direction === b.direction && sameId(a.name, b.name);
  return [
    ...made.map((is) => ({ was: gone.find((one) => alike(one, is)), is })),
    ...gone.filter((was) => !made.some((one) => alike(one, was))).map((was) => ({ was, is: undefined })),
  ];
}

/** May an earlier rule take packets that this rule would decide otherwise? */
const gives = (rule: SecurityRule, earlier: SecurityRule): boolean =>
  rule.direction === earlier.direction &&
  rule.access !== earlier.access &&
  earlier.priority < rule.priority &&
  (rule.protocol === '*' || earlier.protocol === '*' || rule.protocol === earlier.protocol) &&
  (rule.doubtful || earlier.doubtful || meets(rule.destinationPorts, earlier.destinationPorts));

interface Moved {
  readonly id: string;
  readonly from: string;
  readonly to: string | undefined;
}
/** Subnets and NICs at which another group applies than before, or none. */
function moved(pairs: readonly ResourcePair[]): Moved[] {
  const groupOf = (one: Resource | undefined) =>
    one && (sameId(one.type, nicType) ? nicView(one).group : subnetView(one).nsg);
  return pairsOf(pairs, subnetType, nicType).flatMap(({ before, after }) => {
    const [from, to] = [groupOf(before), groupOf(after)];
    return before && after && from !== undefined && !sameId(from, to) ? [{ id: before.id, from, to }] : [];
  });
}

/** The rules of the group that applied, at this one place. Throws UnreadableError where a group was not read. */
function whereMoved(
  { id, from, to }: Moved,
  before: SnapshotIndex,
  after: SnapshotIndex,
  counts: (ruleId: string) => boolean,
): Loss[] {
  const [old, now] = [before.get(from), to === undefined ? undefined : after.get(to)];
  if (!old) return [];
  const isCounted = (rule: SecurityRule) => !rule.standard && counts(`${old.id}/securityRules/${rule.name}`);
  const own = readGroup(old.body).rules.filter(isCounted);
  return placeAt(id, after).flatMap((place) => {
    const change = {
      group: old.id,
      old: { place: place.kind, group: readGroup(old.body) },
      now: now && { place: place.kind, group: readGroup(now.body) },
    };
    return own.flatMap((rule) => lossesOf(rule, change, place, ` at ${nameInParent(id)}`, after, isCounted));
  });
}

/**
 * User routes and peerings decide what VirtualNetwork and Internet resolve to: an earlier rule that names one may take packets. Throws
 * UnreadableError where the subnet or its network was not read.
 */
function whereNamesMove(
  subnet: string,
  before: SnapshotIndex,
  after: SnapshotIndex,
  counts: (ruleId: string) => boolean,
): Loss[] {
  const nics = before.ofType(nicType).filter((nic) => nicView(nic).addresses.some((one) => sameId(one.subnet, subnet)));
  const groups = [
    { at: subnet, id: subnetView(findSubnet(before, subnet) ?? unseenSubnet(subnet)).nsg },
    ...nics.map((nic) => ({ at: nic.id, id: nicView(nic).group })),
  ];
  return groups.flatMap(({ at, id }) => {
    const group = id === undefined ? undefined : before.get(id);
    if (!group) return [];
    const all = readGroup(group.body);
    const own = all.rules.filter((rule) => !rule.standard && counts(`${group.id}/securityRules/${rule.name}`));
    const named = (rule: SecurityRule) =>
      all.rules.some((one) => namesNetwork(one) && one.direction === rule.direction);
    return placeAt(at, before).flatMap((place) => {
      const layer = { place: place.kind, group: all };
      return own
        .filter(named)
        .flatMap((rule) =>
          lossesOf(
            rule,
            { group: group.id, old: layer, now: layer, later: after },
            place,
            '',
            before,
            (one) => one === rule,
          ),
        );
    });
  });
}

const unseenSubnet = (id: string): Resource => ({ id, type: subnetType, apiVersion: '', body: {} });
const namesNetwork = ({ standard, source, destination }: SecurityRule): boolean =>
  !standard &&
  [...source.prefixes, ...destination.prefixes].some((text) => /^(?:virtualnetwork|internet)$/i.test(text));

interface Asked {
  readonly group: string;
  readonly old: Layer;
  readonly now: Layer | undefined;
  /** Where names resolve to other addresses after the change: the snapshot after it. */
  readonly later?: SnapshotIndex;
}

/** What is lost of the packets of one rule, new or old. */
function lossesOf(
  rule: SecurityRule,
  { group, old, now, later }: Asked,
  { subnet, addresses }: Place,
  at: string,
  index: SnapshotIndex,
  counts: (rule: SecurityRule) => boolean,
): Loss[] {
  const context = contextNear(subnet, index);
  const admin = attempt(
    (): readonly Layer[] | undefined => (subnet === undefined ? [] : beforeRules(subnet, index)),
    () => undefined,
  );
  const flow = later ? around(flowOfRule(rule)) : flowOfRule(rule);
  const end = rule.direction === 'Inbound' ? 'destination' : 'source';
  const first = admin ?? [];
  const lost = lostPackets(
    flow,
    {
      before: [...first, old],
      after: now ? [...first, now] : first,
      counts,
      local: addresses && { end, addresses },
    },
    context,
    later ? contextNear(subnet, later) : context,
  );
  return lost.map((one) => ({
    ...{ group, direction: rule.direction, at, rule: one.rule },
    certain: one.certain && admin !== undefined,
    words: trafficWords(rule, flow, one, context),
  }));
}

/** What names resolve to at a subnet; where its network was not read, what is known without it. */
function contextNear(subnet: string | undefined, index: SnapshotIndex): NetworkContext {
  const plain = () => contextOf({ serviceTags: serviceTagsOf(index) });
  return subnet === undefined ? plain() : attempt(() => contextAt(subnet, index), plain);
}

/** The packets that a rule may match. A group of applications, or a value that cannot be read, may be any address. */
function flowOfRule({
  direction,
  protocol,
  source,
  destination,
  sourcePorts,
  destinationPorts,
  doubtful,
}: SecurityRule): Flow {
  const open = (side: SecurityRule['source']) =>
    doubtful ||
    side.groups.length > 0 ||
    readPrefixes(side.prefixes.filter((text) => /[.:]\d|\/\d/.test(text))).refused.length > 0;
  const of = (side: SecurityRule['source']) => ({ of: open(side) ? ['*'] : side.prefixes });
  return {
    direction,
    protocol: doubtful ? '*' : protocol,
    source: of(source),
    destination: of(destination),
    sourcePorts: doubtful ? ['*'] : portTexts(sourcePorts),
    destinationPorts: doubtful ? ['*'] : portTexts(destinationPorts),
  };
}

/** The same with every address, since names differ: the names stay, so that tags without addresses are the same points in both. */
const around = (flow: Flow): Flow => ({
  ...flow,
  source: { of: [...flow.source.of, '*'] },
  destination: { of: [...flow.destination.of, '*'] },
});

/** `inbound TCP 22 from AzureMachineLearning`: as the rule names it where all of it is lost, else exactly. */
function trafficWords(
  rule: SecurityRule,
  flow: Flow,
  { parts, symbols }: LostPackets,
  context: NetworkContext,
): string {
  const inbound = rule.direction === 'Inbound';
  const names = inbound ? flow.source.of : flow.destination.of;
  const far = inbound ? 'source' : 'destination';
  const [world] = context.worlds;
  const whole = world ? resolver(world, []).side({ prefixes: names, groups: [] }) : { in: anywhere, maybe: nowhere };
  const lost = remoteOf(parts, far);
  const left = without(without(whole.in, lost), platformAddresses);
  const isWhole = left.v4.length === 0 && (left.v6.length === 0 || lost.v6.length === 0);
  const ranges = rangesOf(parts, rule.direction, symbols, 4);
  const shown = isWhole
    ? names
    : [...new Set(ranges.flatMap(({ sources, destinations }) => (inbound ? sources : destinations)))];
  const to = shown.length > 4 ? `${shown.slice(0, 3).join(', ')} and more` : shown.join(', ');
  return `${inbound ? 'inbound' : 'outbound'} ${trafficOf(parts)} ${inbound ? 'from' : 'to'} ${to}`;
}

function remoteOf(parts: Parts, end: 'source' | 'destination'): Addresses {
  let all = nowhere;
  for (const part of parts as readonly FlowPart<Point>[]) all = either(all, part.family.wrap(part.box[end]));
  return all;
}
