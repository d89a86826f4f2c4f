// acr.service-endpoint-clients: container instances cannot pull from a registry that admits subnets by service endpoints.
import { containerSubnets, usesAci } from '../../posture/container-instances.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { unseenSubnetRules } from '../parts/registry.ts';
import { registries } from '../parts/subjects.ts';
import { fail, noted, pass, seen, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(wall: Wall, { world }: Judgement): Verdict {
  const { resource, name, at, acls } = wall;
  const subnets = containerSubnets(world);
  const evidence = [
    seen(resource, at.subnets, 'subnet rules'),
    ...subnets.map(({ id }) => noted(id, id, 'handed to container instances')),
  ];
  if (!usesAci(world)) return pass('No model is deployed to container instances inside a network.', evidence);
  const unseen = unseenSubnetRules(wall, world);
  if (unseen) return unseen;
  if (acls.subnetRules.length > 0) {
    return fail(
      `Models are deployed to container instances, and the ${name} admits subnets by service endpoints, which container instances cannot use.`,
      evidence,
    );
  }
  return wall.rules === 'malformed' || wall.unreadable.length > 0
    ? unknown(`The subnet rules of the ${name} hold something that cannot be understood.`, evidence)
    : pass(`The ${name} has no subnet rules that container instances would rest on.`, evidence);
}

export const acrServiceEndpointClients = defineRule({
  id: 'acr.service-endpoint-clients',
  title: 'Only VMs and AKS are supported clients of registry service endpoints',
  severity: 'medium',
  profiles: ['current'],
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'Service endpoints of a registry serve virtual machines and Kubernetes nodes; from a container instance the pull is refused, although its subnet is listed.',
    fix: 'None by itself: reach the registry by a private endpoint (architecture private-endpoint), or deploy elsewhere and answer usesAci=false.',
    breaks: 'Nothing.',
    links: [links.registrySubnets],
  },
  fixKind: 'none',
  instead: 'acr.private-endpoint',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
});
