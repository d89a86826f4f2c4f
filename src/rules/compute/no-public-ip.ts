// compute.no-public-ip: computes have no public address.
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { defineRule } from '../define.ts';
import {
  addressMember,
  computeEvidence,
  computeJudged,
  computeShown,
  computeType,
  managedSubjects,
} from '../parts/computes.ts';
import { hiddenSibling } from '../parts/hidden-sibling.ts';
import { links } from '../parts/links.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, pass, seen, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(compute: Resource, { world }: Judgement): Verdict {
  const name = computeShown(compute);
  const evidence = [
    ...computeEvidence(compute),
    seen(compute, addressMember, 'public address'),
    seen(compute, '/properties/properties/connectivityEndpoints/publicIpAddress', 'the address'),
  ];
  const { subnet, enableNodePublicIp } = computeView(compute);
  if (architectureFor(world) === 'service-endpoint' && subnet !== undefined) {
    return notApplicable(
      `A public address is the normal state of a compute in a subnet under service endpoints; the rules of its security group guard the ${name}.`,
      evidence,
    );
  }
  if (isOdd(compute, addressMember, 'boolean')) {
    return unknown(`Whether the ${name} has a public address is not in a form that can be judged.`, evidence);
  }
  return enableNodePublicIp === false
    ? pass(`The ${name} has no public address.`, evidence)
    : fail(`The ${name} has a public address${enableNodePublicIp ? '' : ', since nothing says otherwise'}.`, evidence);
}

export const computeNoPublicIp = defineRule({
  id: 'compute.no-public-ip',
  title: 'Computes have no public address',
  severity: 'high',
  profiles: ['current'],
  about: computeType,
  explain: {
    why: 'Without a public address a compute needs no inbound rule at all, and nobody outside can try its ports.',
    fix: 'Makes a sibling without a public address (answer name=NAME for a name of your own; subnet=VNET/NAME where the old one sits in none; outbound=gateway for a NAT gateway where its subnet has no way out) and, with the answer delete=yes, deletes the old one; with delete=no both stay.',
    breaks:
      'Without a private endpoint of the workspace and an explicit way out (a NAT gateway or a routed firewall) the new compute does not start. Deleting the old one kills its running jobs and loses what was saved on its disk.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['workspace.private-endpoint', 'compute.explicit-outbound'],
  subjects: managedSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (compute) => hiddenSibling(compute, judgement, answers)),
});
