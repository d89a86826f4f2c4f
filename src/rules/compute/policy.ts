// compute.policy: no policy forbids what the service makes beside the network for computes with a public address.
import { assignmentView, effectPointer } from '../../kinds/policy-view.ts';
import { workspaceType } from '../../kinds/workspace-view.ts';
import { groupIdOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { GapRead, type World } from '../../model/world.ts';
import { computeNetworks } from '../../posture/compute-networks.ts';
import { type PolicyMet, policiesAgainst } from '../../posture/policies.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { madeTypes } from '../parts/made-for-computes.ts';
import { onceEach } from '../parts/naming.ts';
import { workspaces } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** Groups of the networks in which a compute with a public address sits. */
const groupsInQuestion = (world: World): string[] =>
  onceEach(
    computeNetworks(world)
      .filter(({ seats }) => seats.some(({ isPublic }) => isPublic))
      .flatMap(({ vnet }) => groupIdOf(vnet) ?? []),
  );

const named = ({ assignment }: PolicyMet): string =>
  `"${clean(assignmentView(assignment).title ?? shown(assignment.id), 120)}"`;

function evidenceOf({ assignment, definition }: PolicyMet, world: World) {
  const found = world.peek(definition);
  return [
    seen(assignment, '/properties/policyDefinitionId', 'assignment'),
    seen(assignment, '/properties/parameters', 'what it is given'),
    ...(found.state === 'read'
      ? [seen(found.resource, effectPointer, 'effect')]
      : [noted(definition, null, 'definition')]),
  ];
}

function judge({ world }: Judgement): Verdict {
  const groups = groupsInQuestion(world);
  if (groups.length === 0) {
    return notApplicable(
      'No compute with a public address sits in a network of yours, so the service makes nothing beside it.',
    );
  }
  const met = groups.flatMap((group) => policiesAgainst(group, madeTypes, world));
  const evidence = met.flatMap((one) => evidenceOf(one, world));
  const against = met.filter(({ state }) => state === 'forbids');
  const where = listed(groups.map(shown));
  if (against.length > 0) {
    return fail(
      `${listed([...new Set(against.map(named))])} ${against.length === 1 ? 'forbids' : 'forbid'} in ${where} what the service has to make for computes with a public address.`,
      evidence,
    );
  }
  const [open] = met;
  if (open?.gap) throw new GapRead(open.gap);
  return open
    ? unknown(`What ${named(open)} comes to hangs on parameters that are not shown.`, evidence)
    : pass(`No policy over ${where} forbids what the service has to make there.`, [
        noted(groups[0] ?? '', [...madeTypes], 'types that no policy may deny'),
      ]);
}

export const computePolicy = defineRule({
  id: 'compute.policy',
  title: 'No policy forbids the resources the service must create',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'For each instance and each cluster with nodes that has a public address, the service makes a security group, an address and a load balancer in the group of your network. A policy that denies one of them makes every node fail.',
    fix: 'None: ask whoever assigned the policy to exempt the resource group, or make the computes without a public address, for which nothing is made.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.policy],
  },
  fixKind: 'none',
  subjects: workspaces,
  check: (_subject, judgement) => judge(judgement),
});
