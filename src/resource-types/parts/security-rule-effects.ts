// Who gains or loses access by a change of a security rule. Which side decides: inbound the source, outbound the destination.
import { isObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf, parentId } from '../../model/resource-id.ts';
import { both, looksLiteral, noAddress, readPrefixes } from '../../net/addresses.ts';
import { isSpecialTag, publicSpace } from '../../net/facts.ts';
import { readRule, type SecurityRule } from '../../net/nsg.ts';
import { portTexts } from '../../net/ports.ts';
import { covers, meets } from '../../net/sets.ts';
import { listAt } from '../read.ts';
import type { ChangeSides, OwnEffect } from '../resource-type.ts';
import { securityRulesPointer, sharersOf } from '../security-group-view.ts';
import { addressCount, effectivelyAny, halfOfIpv4, isAny, named, sizeOf } from './effects.ts';

/** The group of a rule: its name with what it is associated with, its rules, and which of them Bastide did not create. */
interface GroupRules {
  /** `nsg-train (snet-train)`. */
  readonly at: string;
  readonly rules: readonly SecurityRule[];
  readonly isForeign: (rule: SecurityRule) => boolean;
}

export function securityRuleEffects({ id, before, after, seen, isOwn }: ChangeSides): OwnEffect[] {
  const home = parentId(id) ?? id;
  const resource = seen.resource(home);
  const group: GroupRules = {
    at: placed(home, resource),
    rules: listAt(resource?.body, securityRulesPointer)
      .filter(isObject)
      .flatMap((item) => readRule(item, false).rules),
    isForeign: ({ name }) => !isOwn(`${home}/securityRules/${name}`),
  };
  const [was, is] = [ruleOf(before), ruleOf(after)];
  if (was && is && was.direction === is.direction && was.access === is.access) return movedEffects(was, is, group);
  return [...(was ? withdrawn(was, group) : []), ...(is ? inForce(is, group) : [])];
}

/** `nsg-train (snet-train)`: the group and what it is associated with. */
function placed(id: string, group: Resource | undefined): string {
  if (group === undefined) return nameOf(id);
  const { subnets, nics } = sharersOf(group);
  const at = [...subnets, ...nics].map(nameInParent);
  return at.length === 0 ? nameOf(id) : `${nameOf(id)} (${named(at, 3)})`;
}

function ruleOf(resource: Resource | null): SecurityRule | undefined {
  if (resource === null) return undefined;
  const { id, body } = resource;
  return readRule(body.name === undefined ? { ...body, name: nameOf(id) } : body, false).rules[0];
}

const remoteOf = (rule: SecurityRule): readonly string[] => {
  const { prefixes, groups } = rule.direction === 'Inbound' ? rule.source : rule.destination;
  return [...prefixes, ...groups.map(nameOf)];
};

/** Any network by one prefix or by all together; inbound, as many public addresses as leave a firewall open in effect too. */
function isWide(rule: SecurityRule): boolean {
  const remote = remoteOf(rule);
  if (remote.length === 0 || remote.some(isAny)) return true;
  const { addresses } = readPrefixes(remote);
  if (sizeOf({ v4: addresses.v4, v6: [] }) >= BigInt(halfOfIpv4)) return true;
  if (rule.direction === 'Outbound') return false;
  // AzureCloud holds the addresses of every customer of Azure.
  return (
    remote.some((text) => /^azurecloud(?:\.|$)/i.test(text)) ||
    sizeOf({ v4: both(addresses, publicSpace).v4, v6: [] }) >= BigInt(effectivelyAny)
  );
}

/** `TCP 443`, `port 22 (any protocol)`, `any protocol`. */
function trafficWords({ protocol, destinationPorts }: SecurityRule): string {
  const ports = portTexts(destinationPorts);
  const all = ports.join(', ');
  if (protocol !== '*') return `${protocol.toUpperCase()}${all === '*' ? '' : ` ${all}`}`;
  if (all === '*') return 'any protocol';
  return `${/^\d+$/.test(all) ? 'port' : 'ports'} ${all} (any protocol)`;
}

/** `outbound TCP 443 to Storage.westeurope`, `inbound port 22 (any protocol) from * (any network)`. */
function flowWords(rule: SecurityRule): string {
  const remote = remoteOf(rule);
  const { addresses } = readPrefixes(remote);
  const many = remote.length > 0 && remote.every((text) => /^[0-9]/.test(text)) && !remote.some(isAny);
  const who = `${named(remote)}${many ? ` (${addressCount(addresses)})` : ''}`;
  return `${rule.direction.toLowerCase()} ${trafficWords(rule)} ${rule.direction === 'Inbound' ? 'from' : 'to'} ${who}`;
}

/** `allow outbound TCP 443 to Storage.westeurope`; null of a rule that cannot be read. */
export function ruleSummary(resource: Resource): string | null {
  const rule = ruleOf(resource);
  return rule === undefined || rule.doubtful ? null : `${rule.access.toLowerCase()} ${flowWords(rule)}`;
}

/** What a rule does once it is there. */
function inForce(rule: SecurityRule, group: GroupRules): OwnEffect[] {
  const { at } = group;
  const subject = remoteOf(rule).join(', ');
  if (rule.access === 'Deny') {
    return [{ kind: 'restricts', detail: `${at} denies ${flowWords(rule)}.`, subject }];
  }
  const over = denied(rule, group);
  return [
    {
      kind: isWide(rule) ? 'relaxes' : 'allows',
      detail: `${at} allows ${flowWords(rule)}${beforeThese(over)}.`,
      subject,
      ...overriding(over, group),
    },
  ];
}

/** What it no longer does once it is gone. */
function withdrawn(rule: SecurityRule, { at }: GroupRules): OwnEffect[] {
  const subject = remoteOf(rule).join(', ');
  return rule.access === 'Deny'
    ? [{ kind: 'relaxes', detail: `${at} no longer denies ${flowWords(rule)} (${rule.name}).`, subject }]
    : [{ kind: 'restricts', detail: `${at} no longer allows ${flowWords(rule)} (${rule.name}).`, subject }];
}

/** A rule that keeps its direction and access: it reaches further or less far, or is evaluated earlier or later. */
function movedEffects(was: SecurityRule, is: SecurityRule, group: GroupRules): OwnEffect[] {
  const effects: OwnEffect[] = [];
  const isEarlier = is.priority < was.priority;
  const [isWider, isNarrower] = [!isWithinRule(is, was), !isWithinRule(was, is)];
  // One that is changed and moved at once also opens what its new place opens.
  const opens = is.access === 'Allow' ? isNarrower && isEarlier : isWider && is.priority > was.priority;
  if (isWider || (opens && is.access === 'Allow')) effects.push(...inForce(is, group));
  if (isNarrower || (opens && is.access === 'Deny')) effects.push(...withdrawn(was, group));
  if (effects.length > 0 || is.priority === was.priority) return effects;
  const subject = remoteOf(is).join(', ');
  const moved = `${is.name} (${is.access}) of ${group.at} moves from priority ${was.priority} to ${is.priority}`;
  if (is.access === 'Allow' && isEarlier) {
    const old = denied(was, group).map(({ name }) => name);
    const over = denied(is, group).filter(({ name }) => !old.includes(name));
    const detail = `${moved}${beforeThese(over)}: ${flowWords(is)}.`;
    return [{ kind: isWide(is) ? 'relaxes' : 'allows', detail, subject, ...overriding(over, group) }];
  }
  return [
    {
      kind: is.access === 'Allow' || isEarlier ? 'restricts' : 'relaxes',
      detail: `${moved}: ${flowWords(is)}.`,
      subject,
    },
  ];
}

/** The same text, or the tag of a region within that of all regions. */
const isTagWithin = (inner: string, outer: string): boolean =>
  fold(inner) === fold(outer) || (!looksLiteral(inner) && fold(inner).startsWith(`${fold(outer)}.`));

/** Does `outer` certainly match everything that `inner` matches? Tags are compared by name. */
export function isWithinRule(inner: SecurityRule, outer: SecurityRule): boolean {
  const side = (a: SecurityRule['source'], b: SecurityRule['source']): boolean => {
    if (b.prefixes.some((one) => one === '*')) return true;
    const literal = readPrefixes(b.prefixes).addresses;
    return (
      a.groups.every((one) => b.groups.some((other) => fold(other) === fold(one))) &&
      a.prefixes.every((one) => {
        if (b.prefixes.some((other) => isTagWithin(one, other))) return true;
        const { addresses, refused } = readPrefixes([one]);
        return refused.length === 0 && covers(literal.v4, addresses.v4) && covers(literal.v6, addresses.v6);
      })
    );
  };
  return (
    (outer.protocol === '*' || outer.protocol === inner.protocol) &&
    covers(outer.destinationPorts, inner.destinationPorts) &&
    covers(outer.sourcePorts, inner.sourcePorts) &&
    side(inner.source, outer.source) &&
    side(inner.destination, outer.destination)
  );
}

/** `, before no-web (Deny, priority 400)`. */
const beforeThese = (over: readonly SecurityRule[]): string =>
  over.length === 0
    ? ''
    : `, before ${named(over.map(({ name, priority }) => `${name} (Deny, priority ${priority})`))}`;

/** The group's own Deny rules that an Allow rule overrides, in their order. */
const denied = (rule: SecurityRule, { rules }: GroupRules): SecurityRule[] =>
  rules
    .filter((other) => other.access === 'Deny' && other.priority > rule.priority && meetsRule(other, rule))
    .filter(
      (deny) => !rules.some((other) => isBefore(other, deny) && other.access === 'Allow' && isWithinRule(rule, other)),
    )
    .toSorted((a, b) => a.priority - b.priority);

/** What an Allow rule overrides of those that Bastide did not create. */
function overriding(over: readonly SecurityRule[], { isForeign }: GroupRules): Pick<OwnEffect, 'overrides'> {
  const foreign = over.filter(isForeign);
  if (foreign.length === 0) return {};
  const remote = foreign.flatMap(remoteOf);
  const { addresses } = readPrefixes(remote);
  const wide = remote.some(isAny) || sizeOf({ v4: addresses.v4, v6: [] }) >= BigInt(halfOfIpv4);
  return { overrides: { rules: foreign.map(({ name }) => name), wide } };
}

const isBefore = (a: SecurityRule, b: SecurityRule): boolean => a.priority < b.priority;

/** May both match one packet? One that is partly unreadable may match any. */
const meetsRule = (a: SecurityRule, b: SecurityRule): boolean =>
  a.direction === b.direction && (a.doubtful || matchesAlike(a, b));

const matchesAlike = (a: SecurityRule, b: SecurityRule): boolean =>
  (a.protocol === '*' || b.protocol === '*' || a.protocol === b.protocol) &&
  meets(a.destinationPorts, b.destinationPorts) &&
  overlap(remoteOf(a), remoteOf(b));

function overlap(a: readonly string[], b: readonly string[]): boolean {
  if (a.some(isAny) || b.some(isAny)) return true;
  if (a.some((one) => b.some((other) => meetsText(fold(one), fold(other))))) return true;
  return !noAddress(both(readPrefixes(a).addresses, readPrefixes(b).addresses));
}

/** Do two prefixes or tags, or may they, share addresses? A tag holds its regions, and AzureCloud every service. */
function meetsText(a: string, b: string): boolean {
  if (a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)) return true;
  if (looksLiteral(a) && looksLiteral(b)) return false;
  const [tag, other] = looksLiteral(a) ? [b, a] : [a, b];
  if (!looksLiteral(other)) return [tag, other].some((one) => cloud.test(one)) && ![tag, other].some(isSpecialTag);
  // What a virtual network and its peers hold is not in its tag; the addresses of a service are public.
  if (tag === 'virtualnetwork') return true;
  return !isSpecialTag(tag) && !noAddress(both(readPrefixes([other]).addresses, publicSpace));
}

const cloud = /^azurecloud(?:\.|$)/;
