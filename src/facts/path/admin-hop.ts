// The hop at the security admin rules of a network manager, which come before every group.

import type { Evidence } from '../../model/finding.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { decideAt } from '../../net/decide.ts';
import { blockingRules, type Decision, type Direction } from '../../net/index.ts';
import type { Owner } from '../../net/layers.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { adminRulesIn, adminRulesOf, managerOf } from '../../resource-types/service-answers.ts';
import { adminLayerAt, askedForAdminRules } from '../admin-rules.ts';
import { contextAt } from '../flows.ts';
import { divided, flowOf, guarded, type Journey, type PathStage, quoted, silent } from './stage.ts';

/** Empty where no rule is in effect; what AlwaysAllow allows is allowed at the groups as well. */
export function adminHop(subnetId: string, direction: Direction, journey: Journey): PathStage {
  const { packets, index } = journey;
  const network = nameOf(vnetOf(subnetId));
  const place = { hop: 'adminRules', at: network } as const;
  if (!askedForAdminRules(subnetId, index)) {
    return silent(
      place,
      `The security admin rules of ${network} were not read. Where a network manager applies, its rules come first.`,
    );
  }
  return guarded(place, packets, () => {
    const layer = adminLayerAt(subnetId, index);
    if (!layer) return silent(place, `No security admin rule applies to ${network}.`);
    const flow = flowOf(packets, direction);
    const context = contextAt(subnetId, index);
    const decision = decideAt(flow, [layer], context);
    const met = ownersOf(decision);
    const stage = divided(
      place,
      decision.parts,
      ({ verdict }) => sentence(verdict, met, network),
      evidenceOf(subnetId, met, journey),
      packets,
    );
    const blocking = decision.deniedBy.length === 0 ? [] : blockingRules(flow, [layer], context);
    return { ...stage, blockedBy: blocking.map(({ rule }) => clean(rule?.name ?? '', 80)) };
  });
}

const ownersOf = (decision: Decision): Owner[] => {
  const found = decision.parts.flatMap(({ by, pending, unsure }) => [...by, ...unsure, ...pending]);
  return [...new Map(found.map((owner) => [owner.label, owner])).values()].slice(0, 6);
};

const named = ({ access, rule }: Owner): string => `${clean(rule?.name ?? '', 80)} (${access}, ${rule?.priority})`;

function sentence(verdict: Decision['verdict'], met: readonly Owner[], network: string): string {
  const that = (access: Owner['access']) =>
    met
      .filter((owner) => owner.access === access)
      .map(named)
      .slice(0, 3)
      .join(', ');
  const always = that('AlwaysAllow');
  switch (verdict) {
    case 'denied':
      return `Denied in ${network} by ${that('Deny')}, before any NSG.`;
    case 'partly':
      return `Partly denied in ${network} by ${that('Deny')}, before any NSG.`;
    case 'unknown':
      return `The result in ${network} depends on ${met.map(named).slice(0, 3).join(', ')}.`;
    default:
      return always === ''
        ? `No security admin rule in ${network} denies the traffic.`
        : `Always allowed in ${network} by ${always}. NSGs do not apply.`;
  }
}

function evidenceOf(subnetId: string, met: readonly Owner[], { index }: Journey): Evidence[] {
  const seen = index.peek(adminRulesOf(vnetOf(subnetId)));
  if (seen.state !== 'read') return [];
  const rules = adminRulesIn(seen.resource);
  return met.flatMap(({ access, rule }) => {
    const found = rules.find(({ name }) => name === rule?.name);
    const manager = found && managerOf(found.id);
    const by = manager === undefined ? 'a network manager' : `the network manager ${clean(manager, 80)}`;
    return found ? [quoted(seen.resource, found.pointer, `${access} by ${by}`)] : [];
  });
}
