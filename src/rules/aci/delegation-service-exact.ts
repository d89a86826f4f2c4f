// aci.delegation-service-exact: the subnet meant for container instances is delegated to them and to nobody else.
import { findSubnet, subnetType, subnetView } from '../../kinds/network-view.ts';
import { listAt } from '../../kinds/read.ts';
import { clean } from '../../model/text.ts';
import { defineRule } from '../define.ts';
import { aciJudged, meantSubnets, usesAci } from '../parts/container-instances.ts';
import { handOverSubnet, isContainerService } from '../parts/delegate.ts';
import { links } from '../parts/links.ts';
import { orElse, proposalsOn } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const pointer = '/properties/delegations';

/** Each subnet that is meant; the workspace where there is none, or where nobody can tell. */
function subjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = orElse<readonly string[]>(() => (usesAci(world) ? meantSubnets(world) : []), []);
  if (found.length === 0) return [{ resource: workspace }];
  return found.map((id) => {
    const seenThere = world.peek(id);
    return { resource: seenThere.state === 'read' ? seenThere.resource.id : id };
  });
}

function judge(id: string, { world }: Judgement): Verdict {
  if (id === world.snapshot.workspace) {
    return meantSubnets(world).length === 0
      ? notApplicable('Which subnet is meant for container instances is not known: bastide intent aciSubnets names it.')
      : notApplicable('Each subnet that is meant is judged by itself.');
  }
  const subnet = findSubnet(world, id);
  const name = subnetShown(id);
  if (!subnet) {
    return fail(`The subnet ${name}, meant for container instances, does not exist.`, [noted(id, null, 'not there')]);
  }
  const evidence = [seen(subnet, pointer, 'delegations')];
  const services = subnetView(subnet).delegations;
  const isWhole = services.length === listAt(subnet.body, pointer).length;
  if (isOdd(subnet, pointer, 'list') || !isWhole) {
    return unknown(`The delegations of ${name} are not in a form that can be judged.`, evidence);
  }
  const others = services.filter((service) => !isContainerService(service)).map((service) => clean(service, 120));
  if (others.length > 0) {
    return fail(`The subnet ${name}, meant for container instances, is delegated to ${listed(others)}.`, evidence);
  }
  return services.length > 0
    ? pass(`The subnet ${name} is delegated to container instances.`, evidence)
    : fail(`The subnet ${name}, meant for container instances, is delegated to nobody.`, evidence);
}

export const aciDelegationServiceExact = defineRule({
  id: 'aci.delegation-service-exact',
  title: 'The delegated service name is exactly right',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Any name but Microsoft.ContainerInstance/containerGroups hands the subnet to another service, and container groups are refused there.',
    fix: 'Replaces what the subnet is delegated to, while it is empty, or makes it where it is missing (answer prefix=RANGE for its range). Which subnet is meant is what you answered to aciSubnets, else where groups of the workspace sit.',
    breaks:
      'The service that the subnet was delegated to can place nothing there any more. An undo puts its delegation back while the subnet is empty.',
    links: [links.containerNetwork, links.delegation],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'workspace.managed-network-provisioned',
  subjects,
  check: ({ resource }, judgement) => aciJudged(judgement, () => judge(resource, judgement)),
  // The subnet may not be there yet, so the workspace stands for it while the fix reads.
  fix: (finding, judgement, answers) => {
    const { workspace } = judgement.world.snapshot;
    return proposalsOn({ ...finding, resource: workspace ?? finding.resource }, judgement, () =>
      handOverSubnet(finding.resource, judgement, answers),
    );
  },
});
