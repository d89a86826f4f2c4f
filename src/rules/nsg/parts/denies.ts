// Outbound Deny rules where outbound access is open: which deny a required flow, which deny most of the Internet, and the fix. A
// narrow Deny rule of another team stays: the required flow is allowed before it (docs/reference/nsg-priorities.md).
import type { FlowQuestion } from '../../../facts/flows.ts';
import type { Evidence } from '../../../model/finding.ts';
import { fold, nameOf } from '../../../model/resource-id.ts';
import { readPrefixes } from '../../../net/addresses.ts';
import type { SecurityRule } from '../../../net/nsg.ts';
import { halfOfIpv4, isAny, sizeOf } from '../../../resource-types/parts/effects.ts';
import { displayName, evidenceAt, few, listed, quoted } from '../../parts/verdict.ts';
import type { Answers, Proposal } from '../../rule.ts';
import { deleteRule, type NsgStep, openFor, proposed, ruleNamed } from './change.ts';
import { type FlowNeed, outbound } from './flows.ts';
import { accessShown, decided, evidenceOf, type NsgPlace, needsTags, pointerOf } from './place.ts';
import { flowsOf, outboundRules, requiredFlows } from './required-flows.ts';

export interface DeniesFound {
  /** Rules that deny a required flow, or most of the Internet on TCP 80 or 443. */
  readonly sure: readonly SecurityRule[];
  /** Rules that may deny a required flow. */
  readonly unsure: readonly SecurityRule[];
  /** Rules that deny only what is not required. */
  readonly others: readonly SecurityRule[];
  readonly evidence: readonly Evidence[];
  /** That service tag addresses are missing, as the end of a sentence; empty where they are not. */
  readonly tags: string;
}

const web: FlowQuestion = { direction: 'Outbound', protocol: 'Tcp', remote: ['*'], ports: ['80', '443'] };
const allTraffic: FlowQuestion = { direction: 'Outbound', protocol: '*', remote: ['*'], ports: ['*'] };

/** Half of IPv4 or more: hosts without a service tag are among them. */
function isWide({ destination }: SecurityRule): boolean {
  const { addresses } = readPrefixes(destination.prefixes);
  return destination.prefixes.some(isAny) || sizeOf({ v4: addresses.v4, v6: [] }) >= BigInt(halfOfIpv4);
}

const eachOnce = (rules: readonly SecurityRule[]): SecurityRule[] => [
  ...new Map(rules.map((rule) => [fold(rule.name), rule])).values(),
];

/** The custom Deny rules of the group that deny part of a flow, and those that may. */
function deniesOf(asked: FlowQuestion, place: NsgPlace): Pick<DeniesFound, 'sure' | 'unsure'> {
  const { parts } = decided(asked, place);
  const custom = (outcome: 'denied' | 'unknown') =>
    eachOnce(
      parts
        .filter((part) => part.outcome === outcome)
        .flatMap((part) => (outcome === 'denied' ? part.by : part.unsure))
        .flatMap(({ access, place: at, rule }) =>
          access === 'Deny' && at !== 'admin' && rule && !rule.standard ? [rule] : [],
        ),
    );
  return { sure: custom('denied'), unsure: custom('unknown') };
}

/** Custom Deny rules for most of the Internet. After Allow rules of tags without known addresses they deny what is in none of them. */
const wideDenies = (place: NsgPlace): SecurityRule[] =>
  eachOnce(
    decided(web, place)
      .parts.filter(({ outcome }) => outcome !== 'allowed')
      .flatMap((part) => [...part.by, ...part.unsure, ...part.pending])
      .flatMap(({ access, place: at, rule }) =>
        access === 'Deny' && at !== 'admin' && rule && !rule.standard && isWide(rule) ? [rule] : [],
      ),
  );

/** `usesInternet`: are rules that deny most of the Internet among those that deny what is required? */
export function deniesAt(place: NsgPlace, needs: readonly FlowNeed[], usesInternet = true): DeniesFound {
  const found = needs.map(({ asked }) => ({ asked, ...deniesOf(asked, place) }));
  const wide = usesInternet ? wideDenies(place) : [];
  const sure = eachOnce([...found.flatMap((one) => one.sure), ...wide]);
  const unsure = eachOnce(found.flatMap((one) => one.unsure));
  const others = deniesOf(allTraffic, place).sure.filter((rule) => ![...sure, ...unsure].includes(rule));
  const open = found.find((one) => one.unsure.length > 0);
  const evidence = [
    ...eachOnce([...sure, ...unsure, ...others]).flatMap(({ name }) => {
      const pointer = pointerOf(place.group, name);
      return pointer === undefined ? [] : [evidenceAt(place.group, pointer, 'Deny rule')];
    }),
    ...[...found.map(({ asked }) => asked), ...(wide.length > 0 ? [web] : [])].flatMap((asked) => {
      const decision = decided(asked, place);
      return decision.verdict === 'allowed' ? [] : evidenceOf(decision, place, 'Outbound').slice(0, 4);
    }),
  ];
  const tags = sure.length > 0 || !open ? '' : needsTags(decided(open.asked, place), place, true);
  return { sure, unsure, others, evidence, tags };
}

/** `"block-feeds" (Deny, priority 400)`. */
export const deniesShown = (rules: readonly SecurityRule[]): string =>
  few(rules.map((rule) => `${quoted(rule.name)} (${accessShown(rule)})`));

/** What rules deny that nothing requires: `hosts in 185.220.101.0/24 are denied by "block-feeds"`. */
export const deniedHosts = (rules: readonly SecurityRule[]): string =>
  listed(
    rules.slice(0, 3).map((rule) => {
      const { prefixes, groups } = rule.destination;
      return `hosts in ${few([...prefixes, ...groups.map(nameOf)])} are denied by ${quoted(rule.name)}`;
    }),
  ) + (rules.length > 3 ? `, and ${rules.length - 3} more rules deny others` : '');

/** What the compute of a subnet requires of the Internet today, whatever the outbound mode, and its own network. */
export const computeNeeds = (place: NsgPlace): FlowNeed[] => [
  ...requiredFlows
    .filter(({ id }) => outboundRules.includes(id) && id !== 'nsg.outbound-vnet')
    .flatMap(({ id }) => flowsOf(id, place))
    .filter(({ informational }) => informational !== true),
  outbound('outbound-vnet', 'VirtualNetwork', 'Tcp', ['443'], { protocol: '*', ports: ['*'] }),
];

const stays = (place: NsgPlace, needs: readonly FlowNeed[]) => deniesAt(place, needs).sure;

/** Deletes rules one after the other, as each may shadow the next, and allows what is still denied. */
function without(
  place: NsgPlace,
  next: (here: NsgPlace) => SecurityRule | undefined,
  needs: readonly FlowNeed[],
): readonly NsgStep[] | string {
  const steps: NsgStep[] = [];
  let here = place;
  for (let rule = next(here); rule !== undefined; rule = next(here)) {
    const found = ruleNamed(here, rule.name);
    if (found === undefined) break;
    const step = deleteRule(here, found);
    steps.push(step);
    here = step.after;
  }
  const opened = openFor(here, needs);
  return typeof opened === 'string' ? opened : [...steps, ...opened.steps];
}

/** Deletes the rules that the operator named; a group that has none of them is left as it is. */
function removed(place: NsgPlace, names: readonly string[], needs: readonly FlowNeed[]): readonly NsgStep[] | string {
  const denies = stays(place, needs);
  const isNamed = ({ name }: SecurityRule) => names.includes(fold(name));
  if (denies.length === 0) return [];
  if (denies.some(isNamed)) return without(place, (here) => stays(here, needs).find(isNamed), needs);
  return `Pass --answer remove=NAME with a rule of ${displayName(place.group.id)}: ${deniesShown(denies)}.`;
}

/**
 * Allows the required flows before the rules that deny them. Where that is not enough, as one denies most of the Internet, deletes
 * it. `remove=NAME[,NAME]` deletes the rules that are named instead.
 */
export function openRequired(
  place: NsgPlace,
  needs: readonly FlowNeed[],
  answers: Answers,
): readonly Proposal[] | string {
  const names = answers.remove?.split(',').map((name) => fold(name.trim()));
  const opened = names === undefined ? openFor(place, needs) : '';
  if (typeof opened !== 'string' && stays(opened.after, needs).length === 0) return proposed(place, opened.steps, 2);
  const steps =
    names === undefined ? without(place, (here) => wideDenies(here)[0], needs) : removed(place, names, needs);
  return typeof steps === 'string' ? steps : proposed(place, steps, 2);
}
