// compute.vnet-same-subscription: the network of a compute lies in the workspace's subscription.
import type { Resource } from '../../model/resource.ts';
import { sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { defineRule } from '../define.ts';
import {
  computeEvidence,
  computeJudged,
  computeShown,
  computeType,
  managedSubjects,
  seatedJudged,
} from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { fail, noted, pass, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(compute: Resource, { world }: Judgement): Verdict {
  const workspace = world.snapshot.workspace ?? compute.id;
  return seatedJudged(compute, (subnet) => {
    const name = computeShown(compute);
    const [own, other] = [subscriptionOf(workspace), subscriptionOf(subnet)];
    const evidence = [
      ...computeEvidence(compute),
      noted(workspace, own ?? null, 'subscription of the workspace'),
      noted(subnet, other ?? null, 'subscription of the subnet'),
    ];
    if (own === undefined || other === undefined) {
      return unknown(`The id of the subnet of the ${name} shows no subscription.`, evidence);
    }
    return sameId(own, other)
      ? pass(`The ${name} and the workspace are in one subscription.`, evidence)
      : fail(
          `The ${name} sits in ${subnetShown(subnet)} of subscription ${clean(other, 60)}, and the workspace in ${clean(own, 60)}.`,
          evidence,
        );
  });
}

export const computeVnetSameSubscription = defineRule({
  id: 'compute.vnet-same-subscription',
  title: "VNet is in the workspace's subscription",
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'The service cannot place nodes across subscriptions: such a compute does not start or scale.',
    fix: 'None: a subnet is chosen when a compute is made; make another in a network of the workspace’s own subscription (bastide create cluster).',
    breaks: 'Nothing.',
    links: [links.secureTraining],
  },
  fixKind: 'none',
  instead: 'compute.managed-network-conflict',
  subjects: managedSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, (compute) => judge(compute, judgement)),
});
