// compute.partial-allocation: a cluster that has come to rest has the nodes it wanted.
import { nodesView } from '../../kinds/cluster-view.ts';
import type { Resource } from '../../model/resource.ts';
import { defineRule } from '../define.ts';
import { clusterSubjects, computeEvidence, computeJudged, computeShown, computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { fail, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

const inner = '/properties/properties';

function judge(cluster: Resource): Verdict {
  const name = computeShown(cluster);
  const { allocationState, currentNodes, targetNodes } = nodesView(cluster);
  const evidence = [
    ...computeEvidence(cluster),
    seen(cluster, `${inner}/allocationState`, 'allocation'),
    seen(cluster, `${inner}/currentNodeCount`, 'nodes now'),
    seen(cluster, `${inner}/targetNodeCount`, 'nodes wanted'),
    seen(cluster, `${inner}/errors`, 'what the service reports'),
  ];
  if (allocationState === 'Resizing') {
    return unknown(
      `The ${name} is still on its way to the nodes it wants; look again when it has come to rest.`,
      evidence,
    );
  }
  if (allocationState !== 'Steady' || currentNodes === undefined || targetNodes === undefined) {
    const state =
      allocationState === undefined || allocationState === 'Steady'
        ? ''
        : `, whose allocation is ${quoted(allocationState)}`;
    return unknown(`Whether the ${name}${state} has the nodes it wants is not shown.`, evidence);
  }
  return currentNodes >= targetNodes
    ? pass(`The ${name} has the ${targetNodes} nodes it wants.`, evidence)
    : fail(
        `The ${name} came to rest with ${currentNodes} of the ${targetNodes} nodes it wants: addresses of its subnet, network quota or cores ran out (compute.subnet-free-ips, compute.network-quota, compute.core-quota).`,
        evidence,
      );
}

export const computePartialAllocation = defineRule({
  id: 'compute.partial-allocation',
  title: 'Cluster reached its target',
  severity: 'medium',
  about: computeType,
  explain: {
    why: 'Jobs wait for nodes that will never come, and nothing says so.',
    fix: 'None: find what ran out (addresses, quota, cores) among the other compute.* findings, or ask for fewer nodes.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.quotas],
  },
  fixKind: 'none',
  subjects: clusterSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, judge),
});
