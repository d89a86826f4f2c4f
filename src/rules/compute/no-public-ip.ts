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

function byHand(compute: Resource): string {
  const type = computeView(compute).computeType === 'ComputeInstance' ? 'ComputeInstance' : 'AmlCompute';
  return `The address is settled when a compute is made: once the workspace has a private endpoint and the subnet an explicit way out, make the ${computeShown(compute)} anew by hand (az ml compute create --type ${type} --enable-node-public-ip false), then delete this one.`;
}

export const computeNoPublicIp = defineRule({
  id: 'compute.no-public-ip',
  title: 'Computes have no public address',
  severity: 'high',
  profiles: ['current'],
  about: computeType,
  explain: {
    why: 'Without a public address a compute needs no inbound rule at all, and nobody outside can try its ports.',
    fix: 'The setting is made once, with the compute. Says how to make it anew without an address, which is done by hand.',
    breaks:
      'Without a private endpoint of the workspace and an explicit way out (a NAT gateway or a routed firewall) the new compute does not start. Deleting the old one kills its running jobs and loses what was saved on its disk.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['workspace.private-endpoint', 'compute.explicit-outbound'],
  subjects: managedSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, byHand),
});
