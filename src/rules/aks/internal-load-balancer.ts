// aks.internal-load-balancer: where nobody from outside is to call, scoring is met at a private address.
import { vnetOf, vnetView } from '../../kinds/network-view.ts';
import { textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { defineRule } from '../define.ts';
import { attachedOf, attachedSubjects, clusterComputeJudged, computeType, nameShown } from '../parts/clusters.ts';
import {
  balancerPointer,
  balancerSubnetPointer,
  frontEvidence,
  frontSubnet,
  hasOddBalancer,
  isExternal,
  isInternal,
  setsFrontEnd,
} from '../parts/front-end.ts';
import { links } from '../parts/links.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, shown, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Subject, Verdict } from '../rule.ts';

function judge(subject: Subject, judgement: Judgement): Verdict {
  return clusterComputeJudged(subject, judgement, (compute) => {
    const name = nameShown(compute);
    const evidence = frontEvidence(compute);
    if (!setsFrontEnd(compute)) {
      return notApplicable(
        `The ${name} serves through an extension of its own, whose front end the workspace does not set.`,
        evidence,
      );
    }
    if (hasOddBalancer(compute)) {
      return unknown(`The load balancer of the ${name} is not in a form that can be judged.`, evidence);
    }
    if (isExternal(compute, judgement.world)) {
      return notApplicable(
        `Callers from outside are wished for at the ${name}; aks.scoring-inbound judges instead.`,
        evidence,
      );
    }
    return isInternal(compute)
      ? pass(`Scoring on the ${name} is met at a private address.`, evidence)
      : fail(`Scoring on the ${name} is met at a public address, though nobody from outside is to call.`, evidence);
  });
}

/** The name of the subnet that the answer names, or that the nodes are in; a sentence where there is none. */
function chosen(compute: Resource, answers: Answers, { world }: Judgement): { name: string } | string {
  const one = attachedOf(compute, world);
  if (one === undefined || one === 'gone') return 'The cluster does not exist.';
  const own = frontSubnet(one);
  if (own === undefined)
    return 'No pool of the cluster is in a subnet of yours, so there is none for its load balancer.';
  const wanted = answers.subnet?.trim();
  if (wanted === undefined) return { name: nameOf(own) };
  const network = world.get(vnetOf(own));
  const all = network ? vnetView(network).subnets : [];
  const found = all.find(({ id }) =>
    [id, nameOf(id), `${nameOf(vnetOf(id))}/${nameOf(id)}`].some((name) => sameId(name, wanted)),
  );
  return found
    ? { name: nameOf(found.id) }
    : `${quoted(wanted)} is no subnet of ${shown(vnetOf(own))}, the network of the cluster.`;
}

function inside(compute: Resource, judgement: Judgement, answers: Answers): Proposal | string {
  const name = nameShown(compute);
  if (fold(computeView(compute).provisioningState ?? '') !== 'succeeded') {
    return `The ${name} is not attached for good yet; a load balancer comes by an update afterwards.`;
  }
  if (
    ['enabled', 'auto'].includes(fold(textAt(compute.body, '/properties/properties/sslConfiguration/status') ?? ''))
  ) {
    return `The ${name} uses TLS, and Azure does not give certificate and key back: send the change together with both (az ml computetarget update aks --load-balancer-type InternalLoadBalancer).`;
  }
  const subnet = chosen(compute, answers, judgement);
  if (typeof subnet === 'string') return subnet;
  try {
    const change = editChange(compute.id, [
      setMember(compute.body, balancerPointer, 'InternalLoadBalancer'),
      ...(textAt(compute.body, balancerSubnetPointer) === subnet.name
        ? []
        : [setMember(compute.body, balancerSubnetPointer, subnet.name)]),
    ]);
    const risk = `Scoring on the ${name} gets a private address of ${quoted(subnet.name)}: callers outside the network lose it, and everybody else needs the new address.`;
    return { change, phase: 3, risk };
  } catch (error) {
    if (error instanceof EditConflict) return `The settings of the ${name} are not in a form that can be edited.`;
    throw error;
  }
}

export const aksInternalLoadBalancer = defineRule({
  id: 'aks.internal-load-balancer',
  title: 'Scoring uses a private IP',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'Deployments on a cluster get a public address unless told otherwise: the API of your models stands on the Internet. An internal load balancer gives a private one, reachable from the network and those joined to it.',
    fix: 'Updates the workspace’s compute with an internal load balancer in the subnet of the nodes (answer subnet=NAME for another of the same network). It is the compute that is written, not the cluster. To keep callers from outside, answer bastide intent externalScoring true instead.',
    breaks:
      'Callers outside the network lose the endpoints, and the address changes. An undo gives a public address again, but another one.',
    links: [links.secureInference, links.kubernetesBalancer],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['aks.identity-network-contributor', 'aks.ilb-capacity'],
  instead: 'compute.managed-network-conflict',
  subjects: attachedSubjects,
  check: judge,
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (compute) => inside(compute, judgement, answers)),
});
