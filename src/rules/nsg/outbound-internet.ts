// Outbound Internet access of a training subnet: open where intended, denied beyond named destinations where limited.
import { leakAt, toInternet } from '../../facts/flows.ts';
import { isTunnelled } from '../../facts/tunnel.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Decision } from '../../net/decision.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, noted, pass, subnetShown, unknown } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { computeNeeds, deniedHosts, deniesAt, deniesShown, openRequired } from './parts/denies.ts';
import { limitBare, limitGroup } from './parts/limit.ts';
import {
  decided,
  deciders,
  evidenceOf,
  groupRule,
  hangsOn,
  modeOf,
  type NsgPlace,
  placeAt,
  placeShown,
  stopperShown,
} from './parts/place.ts';
import { outboundRules } from './parts/required-flows.ts';

function checkOpen(place: NsgPlace): CheckResult {
  const { index } = place.context;
  const mode = modeOf(place);
  if (mode === 'limited') return notApplicable('Outbound access is limited; nsg.outbound-deny-internet checks it.');
  const decision = decided(toInternet, place);
  const evidence = [
    noted(place.group.id, index.snapshot.intents.outboundMode ?? 'auto', 'assumption outboundMode'),
    ...evidenceOf(decision, place, 'Outbound'),
  ];
  const name = placeShown(place);
  if (decision.verdict === 'allowed')
    return pass(`${name} allows all outbound traffic: ${deciders(decision, 'allowed')}.`, evidence);
  if (mode === 'open') return checkRequired(place, decision, evidence);
  if (decision.verdict === 'unknown')
    return unknown(
      `Whether ${name} allows all outbound traffic is unknown. It depends on ${hangsOn(decision, place)}.`,
      evidence,
    );
  return pass(`${partDenied(decision, place)}. Assumption outboundMode is not set.`, [
    ...evidence,
    noted(place.group.id, leakAt(place.subnet, index).verdict, 'Internet beyond the allowed tags'),
  ]);
}

const partDenied = (decision: Decision, place: NsgPlace): string =>
  `${stopperShown(decision, place)} denies part of the Internet: ${deciders(decision, 'denied')}`;

/** A Deny rule in open mode fails only where it denies what is required, or most of the Internet. */
function checkRequired(place: NsgPlace, decision: Decision, evidence: readonly Evidence[]): CheckResult {
  const found = deniesAt(place, computeNeeds(place));
  const name = placeShown(place);
  const meant = 'Assumption outboundMode is open.';
  if (found.sure.length > 0) {
    return decision.verdict === 'unknown'
      ? fail(`${name} denies a required service: ${deniesShown(found.sure)}. ${meant}`, found.evidence)
      : fail(`${partDenied(decision, place)}. ${meant}`, evidence);
  }
  if (found.unsure.length > 0) {
    const by = deniesShown(found.unsure);
    return unknown(`Whether ${name} denies a required service depends on ${by}${found.tags}.`, evidence);
  }
  const hosts = found.others.length > 0 ? `: ${deniedHosts(found.others)}` : '';
  return pass(`${name} denies no required service${hosts}. ${meant}`, evidence);
}

export const nsgOutboundInternetOpen = groupRule({
  id: 'nsg.outbound-internet-open',
  answers: { remove: 'NAME[,NAME]' },
  title: 'Outbound Internet access is allowed in open mode',
  problem: 'Outbound Internet access is denied in open mode',
  severity: 'high',
  explain: {
    why: 'Azure Machine Learning expects open outbound access unless it is limited on purpose. A deny rule breaks package installs, images and the service itself.',
    fix: 'Adds Allow rules before a rule that denies a required service. A rule that denies most of the Internet is deleted. `--answer remove=NAME[,NAME]` deletes only the rules named. To keep all, set the assumption outboundMode=limited instead.',
    breaks:
      'Every subnet and NIC that uses the network security group can reach the Internet again; the plan lists them.',
    links: [links.securedTraffic, links.securityGroups],
  },
  asked: () => [toInternet],
  check: checkOpen,
  fixKind: 'guided',
  fix: (place, answers) => openRequired(place, computeNeeds(place), answers),
});

const isLimited = ({ context }: NsgPlace): boolean => context.index.snapshot.intents.outboundMode === 'limited';
const notLimited = 'Assumption outboundMode is not limited.';

function checkLimited(place: NsgPlace): CheckResult {
  const { subnet, context } = place;
  if (!isLimited(place)) return notApplicable(notLimited);
  const found = leakAt(subnet, context.index);
  const { decision } = found;
  const evidence = evidenceOf(decision, place, 'Outbound', 'allowed');
  const name = placeShown(place);
  if (found.verdict === 'denied')
    return pass(
      `${name} denies the Internet beyond the destinations it names: ${deciders(decision, 'denied')}.`,
      evidence,
    );
  if (found.verdict === 'unknown') {
    return unknown(
      `Whether ${name} denies the Internet is unknown. It depends on ${hangsOn(decision, place)}. A deny rule for * instead of Internet would be certain.`,
      evidence,
    );
  }
  const part = found.verdict === 'partly' ? 'part of the Internet' : 'the whole Internet';
  return fail(`${name} allows ${part}: ${deciders(decision, 'allowed')}.`, evidence);
}

function checkBare(place: NsgPlace): CheckResult {
  const { subnet, context } = place;
  if (!isLimited(place)) return notApplicable(notLimited);
  const evidence = [noted(subnet, null, 'network security group')];
  return isTunnelled(subnet, context.index)
    ? notApplicable(`${subnetShown(subnet)} sends all traffic to an appliance, which limits it.`, evidence)
    : fail(`${subnetShown(subnet)} has no network security group: nothing limits outbound traffic.`, evidence);
}

export const nsgOutboundDenyInternet = groupRule({
  id: 'nsg.outbound-deny-internet',
  title: 'Outbound Internet access is denied in limited mode',
  problem: 'Outbound Internet access is not restricted',
  severity: 'medium',
  explain: {
    why: 'Limited outbound access prevents data exfiltration to unknown hosts. A deny rule that misses an address range or a port does not.',
    fix: 'Adds a deny rule for the Internet after all allow rules, once the required traffic is explicitly allowed. A subnet without a network security group gets one with all of these rules.',
    breaks:
      'Package installs, Docker Hub and operating system updates stop for every machine that uses the network security group. Established connections survive.',
    links: [links.securedTraffic, links.securityGroups],
  },
  gates: outboundRules,
  asked: () => [toInternet],
  check: checkLimited,
  bare: checkBare,
  fix({ subnet, context }) {
    const place = placeAt(subnet, { ...context, assumeDenyByDefault: false });
    return place ? limitGroup(place) : 'The subnet has no network security group.';
  },
  fixBare: ({ subnet, context }) => limitBare(subnet, context),
});
