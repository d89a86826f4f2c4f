// How a firewall meets the purposes of compute: by network rules for all tags of one, or by application rules for all its host
// names; and the result of checking them.

import { firewallContext, firewallRulesOf } from '../../../facts/firewall.ts';
import { subnetPrefixes } from '../../../facts/flows.ts';
import { type Evidence, type Severity, severities } from '../../../model/finding.ts';
import { decideFirewall, type FirewallRule, type FirewallRules } from '../../../net/firewall/index.ts';
import { portsShown } from '../../nsg/parts/flows.ts';
import { displayName, fail, listed, noted, pass, subnetShown, unknown } from '../../parts/verdict.ts';
import type { CheckResult } from '../../rule.ts';
import { bypassesFirewall, type FirewallOnRoute, routesThere, ruleSeen, ruleShown } from './place.ts';
import type { HostNeed, Purpose, Purposes, TagNeed } from './purposes.ts';

export interface PurposeStatus {
  readonly purpose: Purpose;
  readonly outcome: 'met' | 'unmet' | 'unknown';
  /** Tags that network rules do not allow completely. */
  readonly tags: readonly TagNeed[];
  /** Host names that no application rule allows. */
  readonly hosts: readonly HostNeed[];
  /** Rules that deny part of it, or that may decide. */
  readonly by: readonly FirewallRule[];
}

type Answer = 'yes' | 'no' | 'unknown';
interface Told {
  readonly answer: Answer;
  readonly by: readonly FirewallRule[];
}

/** A network rule for addresses allows every host there: that counts for tags, not for host names. */
const speaksOfNames = ({ access, doubtful, destination, hosts }: FirewallRule): boolean =>
  access === 'Deny' ||
  doubtful ||
  hosts.length > 0 ||
  destination.groups.length > 0 ||
  destination.prefixes.some((prefix) => prefix === '*' || prefix === '0.0.0.0/0');

/** `rules`: those of the firewall, current or planned. */
export function statusOf(purpose: Purpose, place: FirewallOnRoute, rules: FirewallRules): PurposeStatus {
  const { subnet, context } = place;
  const source = subnetPrefixes(subnet, context.index);
  const networkContext = firewallContext(context.index);
  const told = (verdict: ReturnType<typeof decideFirewall>): Told => {
    const answer = verdict.verdict === 'allowed' ? 'yes' : verdict.verdict === 'unknown' ? 'unknown' : 'no';
    return { answer, by: [...verdict.deniedBy, ...verdict.unsure] };
  };
  const tagged = purpose.tags.map((need) => {
    if (bypassesFirewall(need.tag, subnet, context.index)) return { need, answer: 'yes' as const, by: [] };
    const { protocol, ports, tag } = need;
    const only = { ...rules, application: [] };
    return { need, ...told(decideFirewall({ source, protocol, ports, to: [tag] }, only, networkContext)) };
  });
  const some = { ...rules, network: rules.network.filter(speaksOfNames) };
  const byName = (need: HostNeed) => {
    const { protocol, ports, host } = need;
    return { need, ...told(decideFirewall({ source, protocol, ports, hosts: [host] }, some, networkContext)) };
  };
  const named = purpose.hosts.map(byName);
  const whole = (all: readonly Told[]): Answer => {
    if (all.length === 0 || all.some(({ answer }) => answer === 'no')) return 'no';
    return all.every(({ answer }) => answer === 'yes') ? 'yes' : 'unknown';
  };
  const methods = [whole(tagged), whole(named), whole((purpose.otherHosts ?? []).map(byName))];
  const left = <Need>(all: readonly (Told & { readonly need: Need })[]) =>
    all.filter(({ answer }) => answer !== 'yes').map(({ need }) => need);
  return {
    purpose,
    outcome: methods.includes('yes') ? 'met' : methods.includes('unknown') ? 'unknown' : 'unmet',
    tags: left(tagged),
    hosts: left(named),
    by: [...new Set([...tagged, ...named].flatMap(({ by }) => by))],
  };
}

/** Each purpose at the firewall with its present rules. Throws UnreadableError when they were not read. */
export const statusesOf = (purposes: readonly Purpose[], place: FirewallOnRoute): PurposeStatus[] => {
  const rules = firewallRulesOf(place.firewall, place.context.index);
  return purposes.map((purpose) => statusOf(purpose, place, rules));
};

const tagShown = ({ tag, protocol, ports }: TagNeed): string => `${tag} on ${portsShown(protocol, ports)}`;
const hostShown = ({ host, protocol, ports }: HostNeed): string => `${host} on ${portsShown(protocol, ports)}`;

const some = (items: readonly string[], most: number): string =>
  listed(items.length > most + 1 ? [...items.slice(0, most), `${items.length - most} more`] : items);

/** What a purpose lacks: its tags and its host names. */
function lacking({ purpose, outcome, tags, hosts }: PurposeStatus, { firewall }: FirewallOnRoute): Evidence[] {
  const how = outcome === 'unmet' ? 'not allowed by' : 'possibly not allowed by';
  return [
    ...(tags.length > 0 ? [noted(firewall.id, tags.map(tagShown), `${purpose.name}: ${how} network rules`)] : []),
    ...(hosts.length > 0
      ? [noted(firewall.id, hosts.map(hostShown), `${purpose.name}: ${how} application rules`)]
      : []),
  ];
}

/**
 * The result for all purposes. Throws UnreadableError when none is known to be unmet and more may be needed, or rules were
 * not read.
 */
export function checkPurposes({ purposes, gap }: Purposes, place: FirewallOnRoute, own: Severity): CheckResult {
  const statuses = statusesOf(purposes, place);
  const { subnet, firewall, context } = place;
  const [name, firewallName] = [subnetShown(subnet), displayName(firewall.id)];
  const of = (outcome: PurposeStatus['outcome']) => statuses.filter((one) => one.outcome === outcome);
  const namesOf = (them: readonly PurposeStatus[]) => them.map(({ purpose }) => purpose.name);
  const route = routesThere(subnet, context.index);
  const evidenceOf = (them: readonly PurposeStatus[], note: string): Evidence[] => [
    ...route,
    ...them.flatMap((one) => lacking(one, place)),
    ...[...new Set(them.flatMap(({ by }) => by))].slice(0, 6).map((rule) => ruleSeen(rule, context.index, note)),
  ];
  const unmet = of('unmet');
  if (unmet.length > 0) {
    const levels = unmet.map(({ purpose }) => purpose.severity ?? own);
    const worst = severities.find((level) => levels.includes(level)) ?? own;
    const what = some(namesOf(unmet), 5);
    return fail(
      `${firewallName} does not allow ${name} to reach ${what}.`,
      evidenceOf(unmet, 'denies part of it'),
      worst,
    );
  }
  if (gap) throw gap;
  const unsure = of('unknown');
  if (unsure.length > 0) {
    const by = [...new Set(unsure.flatMap((one) => one.by.map(ruleShown)))];
    const why = by.length > 0 ? `It depends on ${some(by, 3)}.` : 'It depends on IP ranges that could not be read.';
    return unknown(
      `Whether ${firewallName} allows ${name} to reach ${some(namesOf(unsure), 5)} is unknown. ${why}`,
      evidenceOf(unsure, 'may decide'),
    );
  }
  return pass(`${firewallName} allows ${name} to reach all required destinations.`, [
    ...route,
    noted(firewall.id, namesOf(statuses), 'allowed'),
  ]);
}
