// compute.managed-network-conflict: under a managed network no compute sits in a network of the customer.
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { computes } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { computeJudged, computeType, hasOddSubnet, subnetMember } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { fail, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import { modePointer } from '../parts/workspace.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const managed = ['AmlCompute', 'ComputeInstance'];
const unsupported = ['VirtualMachine', 'AKS', 'Kubernetes'];

/** Those that could sit in a network of the customer; the workspace where there is none. */
function subjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = computes(world).filter((one) =>
    [...managed, ...unsupported].includes(computeView(one).computeType ?? ''),
  );
  return found.length > 0 ? found.map(({ id }) => ({ resource: id })) : [{ resource: workspace }];
}

function judge(compute: Resource, { world }: Judgement): Verdict {
  const { computeType: type = '', subnet } = computeView(compute);
  const workspace = world.workspace();
  const name = shown(compute.id);
  const evidence = [
    seen(compute, '/properties/computeType', 'type'),
    seen(compute, subnetMember, 'subnet'),
    ...(workspace ? [seen(workspace, modePointer, 'managed network')] : []),
  ];
  if (unsupported.includes(type)) {
    return fail(`${name} is an attached compute of type ${type}, which a managed network does not support.`, evidence);
  }
  if (subnet !== undefined) {
    return fail(
      `${name} sits in ${subnetShown(subnet)}, a subnet of yours, while the workspace has a managed network: the two exclude each other.`,
      evidence,
    );
  }
  return hasOddSubnet(compute)
    ? unknown(`Which subnet ${name} sits in is not in a form that can be judged.`, evidence)
    : pass(`${name} sits in the managed network.`, evidence);
}

export const computeManagedNetworkConflict = defineRule({
  id: 'compute.managed-network-conflict',
  title: 'No customer-VNet compute under a managed network',
  severity: 'medium',
  profiles: ['current'],
  for: ['managed-network'],
  about: computeType,
  explain: {
    why: 'A compute in a network of yours stands outside everything the managed network lets through and keeps out.',
    fix: 'None: delete the compute and make it anew without a subnet (bastide create cluster); detach what is attached.',
    breaks: 'Nothing.',
    links: [links.managedNetwork],
  },
  fixKind: 'none',
  instead: 'compute.placed-in-vnet',
  subjects,
  check: (subject, judgement) => computeJudged(subject, judgement, (compute) => judge(compute, judgement)),
});
