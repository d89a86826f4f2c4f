// Outbound traffic of an attached machine: open by default, or limited with the required services allowed.
import type { FlowQuestion } from '../../facts/flows.ts';
import { machineOutboundMode, placementsOfMachine } from '../../facts/machines.ts';
import { defineRule } from '../define.ts';
import { computeNeeds, deniedHosts, deniesAt, deniesShown, openRequired } from '../nsg/parts/denies.ts';
import type { FlowNeed } from '../nsg/parts/flows.ts';
import { decided, evidenceOf, modeOf, type NsgPlace, placeShown } from '../nsg/parts/place.ts';
import { judgeNeeds, needsOf } from '../nsg/parts/required-flows.ts';
import { links } from '../parts/links.ts';
import { orElse } from '../parts/subjects.ts';
import { fail, few, notApplicable, noted, pass, unknown, worstOf } from '../parts/verdict.ts';
import type { CheckResult, Proposal } from '../rule.ts';
import { allowAt, checkedAt, machineEvidence, machines, placesOf, vmRule } from './parts/machines.ts';

const everywhere = ['Internet', 'VirtualNetwork'];
const allTraffic: FlowQuestion = { direction: 'Outbound', protocol: '*', remote: everywhere, ports: ['*'] };

function checkOpen(place: NsgPlace): CheckResult {
  const all = decided(allTraffic, place);
  const name = placeShown(place);
  const mode = place.context.index.snapshot.intents.outboundMode ?? 'auto';
  const evidence = [noted(place.group.id, mode, 'assumption outboundMode'), ...evidenceOf(all, place, 'Outbound')];
  if (all.verdict === 'allowed') return pass(`${name} allows all outbound traffic.`, evidence);
  if (modeOf(place) === 'limited') {
    return notApplicable('Outbound traffic is limited here (see vm.outbound-limited).', evidence);
  }
  const { sure, unsure, others, evidence: found, tags } = deniesAt(place, computeNeeds(place));
  const shown = [...evidence.slice(0, 1), ...found];
  if (sure.length > 0) {
    return fail(
      `${name} denies outbound traffic that a machine needs: ${deniesShown(sure)}. The outbound mode is not limited.`,
      shown,
    );
  }
  if (unsure.length > 0)
    return unknown(
      `Whether ${name} denies outbound traffic that a machine needs depends on ${deniesShown(unsure)}${tags}.`,
      shown,
    );
  return pass(
    `${name} denies only outbound traffic that a machine does not need${others.length > 0 ? `: ${deniedHosts(others)}` : ''}.`,
    evidence,
  );
}

export const vmOutboundDefault = defineRule({
  ...vmRule,
  id: 'vm.outbound-default',
  answers: { remove: 'NAME[,NAME]' },
  title: 'Outbound TCP 443 is allowed in open mode',
  problem: 'Outbound TCP 443 is denied in open mode',
  severity: 'medium',
  explain: {
    why: 'The machine needs the Internet and its virtual network, unless you limit outbound traffic and allow the required services.',
    fix: 'Adds Allow rules before a rule that denies a required service. A rule that denies most of the Internet is deleted. `--answer remove=NAME[,NAME]` deletes only the rules named. To keep all, run bastide assume outboundMode limited instead.',
    breaks: 'All resources that share the network security group can connect to the Internet again.',
    links: [links.securedTraffic, links.securityGroups],
  },
  fixKind: 'guided',
  subjects: machines,
  check: (machine, context) =>
    checkedAt(
      placementsOfMachine(machine.compute, context.index),
      context,
      'medium',
      machineEvidence(machine),
      checkOpen,
    ) ?? pass(`No network security group limits the ${machine.name}.`, machineEvidence(machine)),
  fix(machine, context, answers) {
    const proposals: Proposal[] = [];
    for (const place of placesOf(machine, context)) {
      const found = openRequired(place, computeNeeds(place), answers);
      if (typeof found === 'string') return found;
      proposals.push(...found);
    }
    return proposals;
  },
});

/** The rules whose flows an attached machine needs as compute nodes do. */
const required = ['storage', 'acr', 'azureml', 'arm', 'entra', 'mcr'].map((name) => `nsg.outbound-${name}`);

const needsOfRule = (rule: string, place: NsgPlace): FlowNeed[] => {
  const needs = needsOf(rule, place);
  return typeof needs === 'string' ? [] : needs.filter(({ informational }) => informational !== true);
};
const requiredAt = (place: NsgPlace): FlowNeed[] => required.flatMap((rule) => needsOfRule(rule, place));

function checkLimited(place: NsgPlace): CheckResult {
  const verdict = worstOf(
    'high',
    required.map((rule) => () => judgeNeeds(rule, 'high', place)),
  );
  const name = placeShown(place);
  if (verdict.outcome === 'pass') return { ...verdict, because: `${name} allows the services that a machine needs.` };
  if (verdict.outcome !== 'fail') return verdict;
  const denied = required
    .flatMap((rule) => orElse(() => needsOfRule(rule, place), []))
    .filter(({ asked }) => ['denied', 'partly'].includes(decided(asked, place).verdict))
    .map(({ what }) => what);
  return { ...verdict, because: `${name} denies outbound traffic that a machine needs: ${few(denied)}.` };
}

export const vmOutboundLimited = defineRule({
  ...vmRule,
  id: 'vm.outbound-limited',
  title: 'Required services are allowed in limited mode',
  problem: 'Required service denied in limited mode',
  severity: 'high',
  explain: {
    why: 'A machine that runs jobs needs the same services as compute nodes: storage, registry, Azure Machine Learning, Resource Manager, Microsoft Entra ID and Microsoft images.',
    fix: 'Adds an Allow rule for each of them to each NSG of the subnet or NIC that denies it. The priority is before the first Deny rule. A Deny rule that Bastide did not create is overridden only by a fix that you select yourself.',
    breaks: 'No interruption. The same traffic is allowed for all resources that share the network security group.',
    links: [links.securedTraffic, links.nicSecurityGroups],
  },
  subjects: machines,
  check(machine, context) {
    const { compute, name } = machine;
    const { index } = context;
    const evidence = machineEvidence(machine);
    // Where outbound traffic is neither open nor limited, vm.outbound-default reports the Deny rule.
    const limited = placementsOfMachine(compute, index).filter(
      (placement) => machineOutboundMode(placement, index) === 'limited',
    );
    if (limited.length === 0) {
      return notApplicable(`Outbound traffic of the ${name} is not limited (see vm.outbound-default).`, evidence);
    }
    return (
      checkedAt(limited, context, 'high', evidence, checkLimited) ??
      notApplicable(`No network security group limits the ${name}.`, evidence)
    );
  },
  fix: (machine, context) =>
    // Where outbound traffic will be limited, the Allow rules must have a priority before the future Deny rule.
    allowAt(placesOf(machine, { ...context, assumeDenyByDefault: true }), requiredAt),
});
