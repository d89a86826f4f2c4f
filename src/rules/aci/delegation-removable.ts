// aci.delegation-removable: the delegation of a subnet to container instances can be removed.

import { isDelegatedToContainers } from '../../facts/container-instances.ts';
import { refusedLike } from '../../facts/unread.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, removeFrom } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf } from '../../model/resource-id.ts';
import { subnetType } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { associationLinks, isContainerLink, linkKey } from '../../resource-types/subnet.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { editsInTurn } from '../parts/proposals.ts';
import { resourcesOr } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, few, noted, pass, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Proposal } from '../rule.ts';
import { aciRule, delegationKey, delegationsAt, groupsIn, isContainerService } from './parts/container-instances.ts';

const profilesAt = '/properties/ipConfigurationProfiles';

const containerLinks = ({ body }: Resource) => listAt(body, associationLinks).filter(isContainerLink);

export const aciDelegationRemovable = defineRule({
  ...aciRule,
  id: 'aci.delegation-removable',
  title: 'Subnet delegation can be removed',
  problem: 'Subnet delegation cannot be removed',
  severity: 'info',
  about: subnetType,
  explain: {
    why: 'Container instances add a service association link to the subnet, which stays after the last container group is deleted. While it exists, Azure does not remove the delegation or delete the subnet.',
    fix: 'Deletes the link, then the delegation. There is no fix while container groups run in the subnet or a network profile refers to it.',
    breaks:
      'The subnet no longer accepts container groups. An undo delegates the subnet again; the link is not restored.',
    links: [links.delegation, links.containerNetwork],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: resourcesOr('No subnet is delegated to container instances.', ({ index }) =>
    index.ofType(subnetType).filter((subnet) => isDelegatedToContainers(subnet) || containerLinks(subnet).length > 0),
  ),
  unread: ({ index }) => refusedLike(/\/virtualNetworks(?:\/[^/]+(?:\/subnets(?:\/[^/]+)?)?)?$/i, index),
  check(subnet, { index }) {
    const { id, body } = subnet;
    const name = subnetShown(id);
    const evidence = [
      evidenceAt(subnet, delegationsAt, 'delegations'),
      evidenceAt(subnet, associationLinks, 'service association links'),
    ];
    if (isOdd(subnet, associationLinks, 'list')) {
      return unknown(`The service association links of ${name} have an unexpected value.`, evidence);
    }
    if (containerLinks(subnet).length === 0) {
      return listAt(body, associationLinks).some((item) => textAt(item, '/properties/linkedResourceType') === undefined)
        ? unknown(`The service of a service association link of ${name} is not known.`, evidence)
        : pass(`${name} has no service association link; its delegation can be removed.`, evidence);
    }
    const running = groupsIn(id, index);
    const all = [
      ...evidence,
      ...running.map((group) => evidenceAt(group, '/properties/subnetIds', 'subnets of the container group')),
    ];
    if (running.length > 0) {
      const groups = few(running.map((group) => displayName(group.id)));
      return pass(`${groups} in ${name} must be deleted before the delegation can be removed.`, all);
    }
    return fail(
      `${name} has no container group, but its service association link remains; Azure does not remove the delegation.`,
      [...all, noted(id, [], 'container groups in the subnet')],
    );
  },
  fix(subnet) {
    const { id, body } = subnet;
    const name = subnetShown(id);
    const profiles = listAt(body, profilesAt).map(
      (item) => /\/networkProfiles\/([^/]+)/i.exec(textAt(item, '/id') ?? '')?.[1],
    );
    if (profiles.length > 0) {
      const which = few(profiles.map((one) => displayName(one ?? 'unnamed')));
      return `A network profile (${which}) still refers to ${name}. Delete it first with az network profile delete.`;
    }
    const [link] = containerLinks(subnet);
    const delegations = listAt(body, delegationsAt).filter((item) =>
      isContainerService(textAt(item, '/properties/serviceName') ?? ''),
    );
    try {
      const unlink: Proposal[] =
        link === undefined
          ? []
          : [
              {
                change: editChange(id, [removeFrom(body, associationLinks, link, linkKey)]),
                phase: 1,
                advice: `Only a new container group creates the link ${displayName(textAt(link, '/name') ?? nameOf(id))} again.`,
              },
            ];
      const edits = editsInTurn(
        body,
        delegations.map((item) => (here) => [removeFrom(here, delegationsAt, item, delegationKey)]),
      );
      const advice = `${name} no longer accepts container groups.`;
      return [...unlink, ...(edits.length > 0 ? [{ change: editChange(id, edits), phase: 2 as const, advice }] : [])];
    } catch (error) {
      if (error instanceof EditConflict) return `The body of ${name} cannot be edited at ${error.edit.pointer}.`;
      throw error;
    }
  },
});
