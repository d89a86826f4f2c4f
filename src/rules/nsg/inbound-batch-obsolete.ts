// nsg.inbound-batch-obsolete: no inbound rule for Azure Batch is left where Batch no longer connects to nodes.

import { computesIn, publicComputesIn } from '../../facts/training-subnets.ts';
import { fold } from '../../model/resource-id.ts';
import { globalTagOf, type Rule } from '../../net/index.ts';
import { minus } from '../../net/sets.ts';
import { textAt } from '../../resource-types/read.ts';
import { links } from '../parts/links.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  unknown,
} from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { deleteRule, proposed, ruleNamed } from './parts/change.ts';
import { accessShown, groupRule, type NsgPlace, placeShown, pointerOf } from './parts/place.ts';

const batchPorts = [29876, 29878];
/** New pools connect to Batch since December 2022; Batch still connects to older ones until they scale to zero once. */
const simplified = Date.UTC(2022, 11, 1);

/** Custom inbound allow rules for Batch only: by their source, or by their ports. */
const batchAllows = ({ layer }: NsgPlace): Rule[] =>
  layer.group.rules.filter((rule) => {
    if (rule.standard || rule.direction !== 'Inbound' || rule.access !== 'Allow') return false;
    const { prefixes } = rule.source;
    const fromBatch =
      prefixes.length > 0 && prefixes.every((name) => fold(globalTagOf(name)) === 'batchnodemanagement');
    const ports = rule.destinationPorts;
    return fromBatch || (ports.length > 0 && minus(ports, batchPorts).length === 0);
  });

function check(place: NsgPlace): CheckResult {
  const { subnet, group, context } = place;
  const open = publicComputesIn(subnet, context.index).map(({ id }) => id);
  if (open.length > 0)
    return notApplicable('A compute here has a public IP address and may need Batch inbound; see nsg.inbound-batch.', [
      noted(subnet, open, 'compute with a public IP address'),
    ]);
  const rules = batchAllows(place);
  const made = computesIn(subnet, context.index).map((compute) => ({
    compute,
    on: Date.parse(textAt(compute.body, '/properties/createdOn') ?? ''),
  }));
  const oldest = made.toSorted((a, b) => a.on - b.on)[0];
  const evidence = [
    ...rules.flatMap((rule) => {
      const pointer = pointerOf(group, rule.name);
      return pointer === undefined ? [] : [evidenceAt(group, pointer, accessShown(rule))];
    }),
    ...(oldest ? [evidenceAt(oldest.compute, '/properties/createdOn', 'oldest compute')] : []),
    noted(group.id, rules.length, 'allow rules for Batch alone'),
  ];
  const name = placeShown(place);
  if (rules.length === 0) return pass(`${name} has no inbound allow rule for Batch alone.`, evidence);
  const old = made.filter(({ on }) => !(on >= simplified));
  if (old.length > 0) {
    const which = listed(old.map(({ compute }) => displayName(compute.id)));
    return unknown(
      `Whether Batch still connects to ${which} is unknown: created before December 2022, or no creation date, and possibly never scaled to zero since.`,
      evidence,
    );
  }
  return fail(
    `${name} allows Batch inbound, and no compute needs it: ${listed(rules.map((rule) => quoted(rule.name)))}.`,
    evidence,
  );
}

export const nsgInboundBatchObsolete = groupRule({
  id: 'nsg.inbound-batch-obsolete',
  title: 'Inbound allow rules for Batch are still needed',
  problem: 'Inbound allow rule for Batch is no longer needed',
  severity: 'low',
  profiles: ['current'],
  explain: {
    why: 'Nodes without a public IP address connect to Azure Batch themselves. An inbound allow rule that nothing uses only adds exposure.',
    fix: 'Deletes the inbound allow rule.',
    breaks: 'A compute that still uses classic Batch node communication becomes unusable.',
    links: [links.securedTraffic, links.securityGroups],
  },
  check,
  fix(place) {
    const steps = batchAllows(place).flatMap(({ name }) => {
      const rule = ruleNamed(place, name);
      return rule ? [deleteRule(place, rule)] : [];
    });
    return proposed(place, steps, 5, 'A compute that still uses classic Batch node communication becomes unusable.');
  },
});
