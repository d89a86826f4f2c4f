// aks.ilb-two-step: an internal load balancer is set by an update, after the cluster was made or attached. Never fails.
import { balancerPointer } from '../../kinds/parts/compute-write.ts';
import { defineRule } from '../define.ts';
import { attachedSubjects, clusterComputeJudged, computeType, nameShown } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { pass, seen } from '../parts/verdict.ts';

export const aksIlbTwoStep = defineRule({
  id: 'aks.ilb-two-step',
  title: 'Internal load balancer is an update, not a creation or attach option',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  instead: 'compute.managed-network-conflict',
  explain: {
    why: 'A private scoring address cannot be asked for while a cluster is made or attached: it is given by an update afterwards. Whoever sends both at once gets a public address, and no error.',
    fix: 'None: Bastide makes or attaches first, waits until that is through, and then updates.',
    breaks: 'Nothing.',
    links: [links.secureInference],
  },
  fixKind: 'none',
  subjects: attachedSubjects,
  check: (subject, judgement) =>
    clusterComputeJudged(subject, judgement, (compute) =>
      pass(
        `An internal load balancer comes to the ${nameShown(compute)} by an update, after it is attached${judgement.profile === 'seed-2020' ? '' : '; SDK and CLI of version 1 can also name it at once today, the studio cannot'}.`,
        [seen(compute, balancerPointer, 'kind of load balancer')],
      ),
    ),
});
