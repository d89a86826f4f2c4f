// nsg.inbound-batch-obsolete: no door stands open for Batch where Batch no longer calls.
import { textAt } from '../../kinds/read.ts';
import { fold } from '../../model/resource-id.ts';
import { globalTagOf, type Rule } from '../../net/index.ts';
import { minus } from '../../net/sets.ts';
import { computesIn, publicComputesIn } from '../../posture/training-subnets.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { deleteRule, proposed, ruleNamed } from '../parts/nsg-change.ts';
import {
  type Place,
  placeJudged,
  placeShown,
  pointerOf,
  proposalsAt,
  subnetType,
  trainingPlaces,
} from '../parts/nsg-place.ts';
import { fail, listed, notApplicable, noted, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

const batchPorts = [29876, 29878];
/** Since then new pools call Batch; older ones keep being called until they were scaled to zero once (December 2022). */
const simplified = Date.UTC(2022, 11, 1);

/** Custom inbound allows that are for Batch alone: by their source, or by their ports. */
const leftOvers = ({ layer }: Place): Rule[] =>
  layer.group.rules.filter((rule) => {
    if (rule.standard || rule.direction !== 'Inbound' || rule.access !== 'Allow') return false;
    const { prefixes } = rule.source;
    const fromBatch =
      prefixes.length > 0 && prefixes.every((name) => fold(globalTagOf(name)) === 'batchnodemanagement');
    const ports = rule.destinationPorts;
    return fromBatch || (ports.length > 0 && minus(ports, batchPorts).length === 0);
  });

function judge(place: Place): Verdict {
  const { subnet, group, judgement } = place;
  const open = publicComputesIn(subnet, judgement.world);
  if (open.length > 0) {
    return notApplicable(
      'A compute here has a public address, and Batch may still call it; nsg.inbound-batch judges.',
      [
        noted(
          subnet,
          open.map(({ id }) => id),
          'computes with a public address',
        ),
      ],
    );
  }
  const rules = leftOvers(place);
  const computes = computesIn(subnet, judgement.world);
  const made = computes.map((compute) => ({
    compute,
    on: Date.parse(textAt(compute.body, '/properties/createdOn') ?? ''),
  }));
  const oldest = made.toSorted((a, b) => a.on - b.on)[0];
  const evidence = [
    ...rules.flatMap(({ name, priority }) => {
      const pointer = pointerOf(group, name);
      return pointer === undefined ? [] : [seen(group, pointer, `Allow at ${priority}`)];
    }),
    ...(oldest ? [seen(oldest.compute, '/properties/createdOn', 'the oldest compute here')] : []),
    noted(group.id, rules.length, 'allows that are for Batch alone'),
  ];
  if (rules.length === 0) return pass(`${placeShown(place)} keeps no door open for Batch.`, evidence);
  const old = made.filter(({ on }) => !(on >= simplified));
  if (old.length > 0) {
    return unknown(
      `Whether Batch still calls ${listed(old.map(({ compute }) => shown(compute.id)))} is not known: made before December 2022 or nobody says when, it may never have been scaled to zero since.`,
      evidence,
    );
  }
  return fail(
    `${placeShown(place)} lets Batch in by ${listed(rules.map(({ name }) => quoted(name)))}, and no compute here is called any more: close it.`,
    evidence,
  );
}

export const nsgInboundBatchObsolete = defineRule({
  id: 'nsg.inbound-batch-obsolete',
  title: 'Inbound 29876-29877 no longer needed',
  severity: 'low',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Nodes without a public address call Batch and are called by nobody; a door that nobody uses is only a door.',
    fix: 'Takes the inbound rule out.',
    breaks: 'A compute that still uses the classic communication of Batch turns unusable.',
    links: [links.securedTraffic, links.securityGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: trainingPlaces,
  check: (subject, judgement) => placeJudged(subject, judgement, judge),
  fix: (finding, judgement) =>
    proposalsAt(finding, judgement, (place) => {
      const steps = leftOvers(place).flatMap(({ name }) => {
        const rule = ruleNamed(place, name);
        return rule ? [deleteRule(place, rule)] : [];
      });
      return proposed(place, steps, 5, 'A compute still on the classic communication of Batch turns unusable.');
    }),
});
