// nsg.inbound-batch-obsolete: no inbound rule for Azure Batch is left, since Batch no longer connects to nodes.

import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { globalTagOf } from '../../net/index.ts';
import { parsePorts } from '../../net/ports.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { links } from '../parts/links.ts';
import { evidenceAt, fail, listed, noted, pass, quoted } from '../parts/verdict.ts';
import type { CheckResult, Proposal } from '../rule.ts';
import { deleteRule, proposed, ruleNamed, sharedBy } from './parts/change.ts';
import { accessShown, groupRule, type NsgPlace, placeShown, pointerOf } from './parts/place.ts';
import { classicRetired } from './parts/required-flows.ts';

const ports = '/properties/destinationPortRanges';

const isBatchPort = (text: string): boolean => {
  const range = parsePorts(text.trim());
  return range.ok && range.value[0] >= 29876 && range.value[1] <= 29878;
};

/** The port texts of a rule, those for Batch and the others. */
function portsOf({ body }: Resource): { batch: string[]; others: string[] } {
  const one = textAt(body, '/properties/destinationPortRange');
  const texts = [...(one ? [one] : []), ...listAt(body, ports).filter((text) => typeof text === 'string')];
  const { batch = [], others = [] } = Object.groupBy(texts, (text) => (isBatchPort(text) ? 'batch' : 'others'));
  return { batch, others };
}

interface BatchAllow {
  readonly rule: Resource;
  readonly access: string;
  /** The ports that stay where the rule is for others as well; empty where it is for Batch alone. */
  readonly others: readonly string[];
}

/** Custom inbound allow rules for Batch: by their source, or by their ports. */
const batchAllows = (place: NsgPlace): BatchAllow[] =>
  place.layer.group.rules.flatMap((rule) => {
    const resource = ruleNamed(place, rule.name);
    if (rule.standard || rule.direction !== 'Inbound' || rule.access !== 'Allow' || !resource) return [];
    const { prefixes } = rule.source;
    const fromBatch =
      prefixes.length > 0 && prefixes.every((name) => fold(globalTagOf(name)) === 'batchnodemanagement');
    const { batch, others } = portsOf(resource);
    if (!fromBatch && batch.length === 0) return [];
    return [{ rule: resource, access: accessShown(rule), others: fromBatch ? [] : others }];
  });

function check(place: NsgPlace): CheckResult {
  const { group } = place;
  const allows = batchAllows(place);
  const names = allows.map(({ rule }) => textAt(rule.body, '/name') ?? '');
  const evidence = [
    ...allows.flatMap(({ access }, position) => {
      const pointer = pointerOf(group, names[position] ?? '');
      return pointer === undefined ? [] : [evidenceAt(group, pointer, access)];
    }),
    noted(group.id, allows.length, 'allow rules for Batch'),
  ];
  const name = placeShown(place);
  return allows.length === 0
    ? pass(`${name} has no inbound allow rule for Azure Batch.`, evidence)
    : fail(`${name} allows Azure Batch inbound: ${listed(names.map(quoted))}. ${classicRetired}`, evidence);
}

/** Deletes a rule for Batch alone, and removes the ports of Batch from one that serves others as well. */
function removal(place: NsgPlace, { rule, others }: BatchAllow): Proposal[] {
  if (others.length === 0) return proposed(place, [deleteRule(place, rule)], 5);
  const change = editChange(rule.id, [setMember(rule.body, ports, [...others])]);
  return [{ change, phase: 5, advice: sharedBy(place) }];
}

export const nsgInboundBatchObsolete = groupRule({
  id: 'nsg.inbound-batch-obsolete',
  title: 'No inbound allow rule for Azure Batch is left',
  problem: 'Inbound allow rule for Azure Batch is no longer needed',
  severity: 'low',
  profiles: ['current'],
  explain: {
    why: 'Azure Batch retired classic node communication on 31 March 2026: nodes connect to Batch, with or without a public IP address. An inbound allow rule that nothing uses only adds exposure.',
    fix: 'Deletes the inbound allow rule. Where it also allows other ports, removes TCP 29876-29877 from its list of ports.',
    breaks: 'Anything else that listens on TCP 29876-29877 can no longer be reached.',
    links: [links.batchSimplified, links.securedTraffic],
  },
  fixKind: 'guided',
  check,
  fix: (place) => batchAllows(place).flatMap((allow) => removal(place, allow)),
});
