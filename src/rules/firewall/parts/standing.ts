// How a firewall stands towards a purpose: does a network rule let its tags pass, or do application rules let all its names?
import { decideFirewall, type FirewallRule, type FirewallRules } from '../../../net/firewall/index.ts';
import { firewallContext, firewallRulesOf } from '../../../posture/firewall.ts';
import { subnetPrefixes } from '../../../posture/flows.ts';
import { leavesPast } from './past.ts';
import type { FirewallPlace } from './place.ts';
import type { HostNeed, Purpose, TagNeed } from './purposes.ts';

export interface Standing {
  readonly purpose: Purpose;
  readonly outcome: 'met' | 'unmet' | 'unknown';
  /** Tags that no network rule lets pass whole. */
  readonly tags: readonly TagNeed[];
  /** Names that no application rule lets pass. */
  readonly hosts: readonly HostNeed[];
  /** Rules that stop some of it, or on which it hangs. */
  readonly by: readonly FirewallRule[];
}

type Answer = 'yes' | 'no' | 'unknown';
interface Told {
  readonly answer: Answer;
  readonly by: readonly FirewallRule[];
}

/** A network rule lets an allowed address pass whatever is called there, which is the tags' business, not the names'. */
const speaksOfNames = ({ access, doubtful, destination, hosts }: FirewallRule): boolean =>
  access === 'Deny' ||
  doubtful ||
  hosts.length > 0 ||
  destination.groups.length > 0 ||
  destination.prefixes.some((prefix) => prefix === '*' || prefix === '0.0.0.0/0');

/** `rules`: those of the firewall, or as they will be. */
export function standingOf(purpose: Purpose, place: FirewallPlace, rules: FirewallRules): Standing {
  const { subnet, judgement } = place;
  const source = subnetPrefixes(subnet, judgement.world);
  const context = firewallContext(judgement.world);
  const told = (verdict: ReturnType<typeof decideFirewall>): Told => {
    const answer = verdict.verdict === 'allowed' ? 'yes' : verdict.verdict === 'unknown' ? 'unknown' : 'no';
    return { answer, by: [...verdict.deniedBy, ...verdict.unsure] };
  };
  const tagged = purpose.tags.map((need) => {
    if (leavesPast(need.tag, subnet, judgement.world)) return { need, answer: 'yes' as const, by: [] };
    const { protocol, ports, tag } = need;
    const only = { ...rules, application: [] };
    return { need, ...told(decideFirewall({ source, protocol, ports, to: [tag] }, only, context)) };
  });
  const named = purpose.hosts.map((need) => {
    const { protocol, ports, host } = need;
    const some = { ...rules, network: rules.network.filter(speaksOfNames) };
    return { need, ...told(decideFirewall({ source, protocol, ports, hosts: [host] }, some, context)) };
  });
  const whole = (all: readonly Told[]): Answer => {
    if (all.length === 0 || all.some(({ answer }) => answer === 'no')) return 'no';
    return all.every(({ answer }) => answer === 'yes') ? 'yes' : 'unknown';
  };
  const ways = [whole(tagged), whole(named)];
  const left = <Need>(all: readonly (Told & { readonly need: Need })[]) =>
    all.filter(({ answer }) => answer !== 'yes').map(({ need }) => need);
  return {
    purpose,
    outcome: ways.includes('yes') ? 'met' : ways.includes('unknown') ? 'unknown' : 'unmet',
    tags: left(tagged),
    hosts: left(named),
    by: [...new Set([...tagged, ...named].flatMap(({ by }) => by))],
  };
}

/** Each purpose at the firewall as it stands. Throws GapRead when its rules were not read. */
export const standingsOf = (purposes: readonly Purpose[], place: FirewallPlace): Standing[] => {
  const rules = firewallRulesOf(place.firewall, place.judgement.world);
  return purposes.map((purpose) => standingOf(purpose, place, rules));
};
