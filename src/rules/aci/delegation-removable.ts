// aci.delegation-removable: a subnet that was handed to container instances can be taken back.
import { findSubnet, subnetType } from '../../kinds/network-view.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import { associationLinks, isContainerLink, linkKey } from '../../kinds/subnet.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, removeFrom } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf } from '../../model/resource-id.ts';
import { isDelegatedToContainers } from '../../posture/container-instances.ts';
import { defineRule } from '../define.ts';
import { groupsIn } from '../parts/container-instances.ts';
import { isContainerService } from '../parts/delegate.ts';
import { links } from '../parts/links.ts';
import { editsInTurn } from '../parts/proposals.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, few, notApplicable, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';

const delegations = '/properties/delegations';
const profiles = '/properties/ipConfigurationProfiles';
const delegationKey = { member: 'name', fold: true };

const linksOf = ({ body }: Resource) => listAt(body, associationLinks).filter(isContainerLink);

/** Each subnet that is delegated to container instances or bound to them; the workspace where there is none. */
function subjects({ world }: Judgement): Subject[] {
  const found = world
    .ofType(subnetType)
    .filter((subnet) => isDelegatedToContainers(subnet) || linksOf(subnet).length > 0)
    .map(({ id }) => ({ resource: id }));
  const { workspace } = world.snapshot;
  return found.length > 0 || workspace === null ? found : [{ resource: workspace }];
}

function judge(id: string, { world }: Judgement): Verdict {
  if (id === world.snapshot.workspace) return notApplicable('No subnet is delegated to container instances.');
  const subnet = findSubnet(world, id);
  const name = subnetShown(id);
  if (!subnet) return notApplicable(`${name} does not exist.`);
  const evidence = [
    seen(subnet, delegations, 'delegations'),
    seen(subnet, associationLinks, 'what the service left bound'),
  ];
  if (isOdd(subnet, associationLinks, 'list')) {
    return unknown(`What is bound to ${name} is not in a form that can be judged.`, evidence);
  }
  const bound = linksOf(subnet);
  if (bound.length === 0) {
    return listAt(subnet.body, associationLinks).some(
      (item) => textAt(item, '/properties/linkedResourceType') === undefined,
    )
      ? unknown(`A link of ${name} does not say which service it is of.`, evidence)
      : pass(`Nothing is bound to ${name}: its delegation can be taken out.`, evidence);
  }
  const running = groupsIn(id, world);
  const all = [...evidence, ...running.map((group) => seen(group, '/properties/subnetIds', 'it sits in the subnet'))];
  return running.length > 0
    ? pass(
        `${few(running.map((group) => shown(group.id)))} runs in ${name}: it has to be deleted before the delegation can go.`,
        all,
      )
    : fail(
        `No container group is left in ${name}, and its service association link is: Azure refuses to take the delegation out.`,
        [...all, noted(id, [], 'container groups in the subnet')],
      );
}

/** The link goes by a call of its own, then what the subnet is delegated to. */
function takeBack(subnet: Resource): Proposal[] | string {
  const name = subnetShown(subnet.id);
  const held = listAt(subnet.body, profiles).map(
    (item) => /\/networkProfiles\/([^/]+)/i.exec(textAt(item, '/id') ?? '')?.[1],
  );
  if (held.length > 0) {
    const which = few(held.map((one) => shown(one ?? 'unnamed')));
    return `A network profile still names ${name} (${which}): delete it first, with az network profile delete.`;
  }
  const { body } = subnet;
  const [link] = linksOf(subnet);
  const away = listAt(body, delegations).filter((item) =>
    isContainerService(textAt(item, '/properties/serviceName') ?? ''),
  );
  try {
    const unlink: Proposal[] =
      link === undefined
        ? []
        : [
            {
              change: editChange(subnet.id, [removeFrom(body, associationLinks, link, linkKey)]),
              phase: 1,
              risk: `The link ${shown(textAt(link, '/name') ?? nameOf(subnet.id))} is deleted for good; only a new container group makes one.`,
            },
          ];
    const edits = editsInTurn(
      body,
      away.map((item) => (here) => [removeFrom(here, delegations, item, delegationKey)]),
    );
    const risk = `No container group can be placed in ${name} any more.`;
    return [
      ...unlink,
      ...(edits.length > 0 ? [{ change: editChange(subnet.id, edits), phase: 2 as const, risk }] : []),
    ];
  } catch (error) {
    if (error instanceof EditConflict) return `The body of ${name} cannot be edited at ${error.edit.pointer}.`;
    throw error;
  }
}

export const aciDelegationRemovable = defineRule({
  id: 'aci.delegation-removable',
  title: 'Can the delegation be undone?',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Container instances bind a subnet to themselves with a service association link, which outlives the last container group. While it is there Azure refuses to take the delegation out or to delete the subnet.',
    fix: 'Deletes the link, then takes the delegation out. Nothing is offered while container groups still run in the subnet or a network profile names it.',
    breaks:
      'No container group can be placed there any more. An undo delegates the subnet again; the link does not come back.',
    links: [links.delegation, links.containerNetwork],
  },
  fixKind: 'guided',
  undo: 'none',
  instead: 'workspace.managed-network-provisioned',
  subjects,
  check: ({ resource }, judgement) => judge(resource, judgement),
  fix: (finding, judgement) => proposalsOn(finding, judgement, takeBack),
});
