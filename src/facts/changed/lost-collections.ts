// Rules of Azure Firewalls that decided traffic before a change of rule collections and that is decided the other way after it.
import { attempt } from '../../model/readable.ts';
import { fold } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { prefixesOf } from '../../net/addresses.ts';
import {
  decideFirewall,
  type FirewallPart,
  type FirewallQuestion,
  type FirewallRule,
  type FirewallRules,
  holdsHost,
  hostText,
  readHost,
} from '../../net/firewall/index.ts';
import { portTexts } from '../../net/ports.ts';
import { intersect, meets } from '../../net/sets.ts';
import { boxIntersect } from '../../net/walk.ts';
import { firewallType, ruleCollectionGroupType } from '../../resource-types/azure-firewall.ts';
import { firewallContext, firewallRulesOf } from '../firewall.ts';
import type { LostRules } from './lost-rules.ts';
import { pairsOf, type ResourcePair } from './pairs.ts';

/** `counts`: the ids of collections whose loss is asked for: that of the resource, the name of its list, the name of the collection. */
export function lostCollections(
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
  after: SnapshotIndex,
  counts: (collectionId: string) => boolean,
): readonly LostRules[] {
  const changed = new Set(
    pairsOf(pairs, firewallType, ruleCollectionGroupType).flatMap((pair) => {
      const one = pair.after ?? pair.before;
      return one ? [fold(one.id)] : [];
    }),
  );
  if (changed.size === 0) return [];
  const found = new Map<string, LostRules>();
  for (const firewall of after.ofType(firewallType)) {
    const lost = attempt(
      () => {
        const [was, is] = [firewallRulesOf(firewall, before), firewallRulesOf(firewall, after)];
        const concerned = [...rulesIn(was), ...rulesIn(is)].some(({ resource }) => changed.has(fold(resource)));
        return concerned ? lostAt({ was, is, before, after, counts }) : [];
      },
      () => [],
    );
    for (const one of lost) found.set(`${fold(one.group)} ${one.rules.join()} ${one.traffic} ${one.certain}`, one);
  }
  return [...found.values()];
}

const rulesIn = ({ network, application }: FirewallRules): readonly FirewallRule[] => [...network, ...application];

/** `groups/g/ruleCollections/allow-web`. */
const collectionIdOf = ({ resource, pointer, collection }: FirewallRule): string =>
  `${resource}/${pointer.split('/')[2] ?? ''}/${collection}`;

interface Asked {
  readonly was: FirewallRules;
  readonly is: FirewallRules;
  readonly before: SnapshotIndex;
  readonly after: SnapshotIndex;
  counts(collectionId: string): boolean;
}

function lostAt({ was, is, before, after, counts }: Asked): LostRules[] {
  const isCounted = (rule: FirewallRule) => counts(collectionIdOf(rule));
  const [old, now] = [new Set(rulesIn(was).map(textOf)), new Set(rulesIn(is).map(textOf))];
  const made = rulesIn(is).filter((rule) => !old.has(textOf(rule)));
  const gone = rulesIn(was).filter((rule) => !now.has(textOf(rule)) && isCounted(rule));
  const takes = made.filter((rule) => rulesIn(was).some((other) => isCounted(other) && other.access !== rule.access));
  return [...takes, ...gone].flatMap((rule) =>
    questionsOf(rule).flatMap((question) => {
      const [first, then] = [
        decideFirewall(question, was, firewallContext(before)).parts,
        decideFirewall(question, is, firewallContext(after)).parts,
      ];
      return first.flatMap((part) => lossesOf(part, then, isCounted));
    }),
  );
}

/** A rule as it is written, where it stands. */
function textOf(rule: FirewallRule): string {
  const { pointer: _pointer, ...rest } = rule;
  return JSON.stringify({ ...rest, list: rule.pointer.split('/')[2] });
}

/** The traffic of a rule: by addresses, by names, or both. One by web categories or FQDN tags may be any. */
function questionsOf(rule: FirewallRule): FirewallQuestion[] {
  const { source, destination, hosts, protocols, ports, kind } = rule;
  const asked = { source: [...source.prefixes, ...source.groups], ports: portTexts(ports) };
  const to = [...destination.prefixes, ...destination.groups];
  return (kind === 'application' ? (['Tcp'] as const) : protocols).flatMap((protocol): FirewallQuestion[] => [
    ...(to.length > 0 ? [{ ...asked, protocol, to }] : []),
    ...(hosts.length > 0 ? [{ ...asked, protocol, hosts: hosts.map(hostText) }] : []),
    ...(rule.selective ? [{ ...asked, protocol, to: ['*'] }] : []),
  ]);
}

function lossesOf(
  part: FirewallPart,
  after: readonly FirewallPart[],
  counts: (rule: FirewallRule) => boolean,
): LostRules[] {
  const owners = (part.rule ? [part.rule] : part.unsure).filter(counts);
  return owners.flatMap((rule) => {
    const own = rule.access === 'Allow' ? 'allowed' : 'denied';
    return after.flatMap((then): LostRules[] => {
      if (then.outcome === own || (then.outcome === 'unknown' && then.unsure.includes(rule)) || !share(part, then))
        return [];
      const certain = part.outcome !== 'unknown' && then.outcome !== 'unknown';
      const rules = [`${rule.collection}/${rule.name}`];
      return [{ group: rule.resource, rules, traffic: trafficWords(part, then), certain }];
    });
  });
}

/** Pieces of names are cut by the rules of each side, so they are compared as patterns. */
function share(a: FirewallPart, b: FirewallPart): boolean {
  if (a.protocol !== b.protocol) return false;
  if (a.hosts.length === 0 && b.hosts.length === 0) return boxIntersect(a.box, b.box) !== undefined;
  return meets(a.ports, b.ports) && meets(a.box.source, b.box.source) && sharedHosts(a, b).length > 0;
}
const sharedHosts = (a: FirewallPart, b: FirewallPart): string[] =>
  b.hosts.filter((text) => {
    const inner = readHost(text);
    return a.hosts.some((other) => {
      const outer = readHost(other);
      return inner && outer && (holdsHost(outer, inner) || holdsHost(inner, outer));
    });
  });

function trafficWords(a: FirewallPart, b: FirewallPart): string {
  const ports = portTexts(intersect(a.ports, b.ports)).join(', ');
  const hosts = sharedHosts(a, b);
  const met = hosts.length > 0 ? undefined : boxIntersect(a.box, b.box);
  const to = met ? prefixesOf({ v4: met.destination, v6: [] }, 5) : hosts;
  const shown = to.length > 4 ? `${to.slice(0, 3).join(', ')} and more` : to.join(', ');
  return `${a.protocol.toUpperCase()} ${ports} to ${shown}`;
}
