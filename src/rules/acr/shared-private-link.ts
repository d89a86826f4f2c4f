// acr.shared-private-link: a workspace behind a private endpoint reaches its closed registry by a link of its own.
import { sharedLinksPointer } from '../../kinds/shared-private-link.ts';
import { workspaceView } from '../../kinds/workspace-view.ts';
import { addTo } from '../../model/edit.ts';
import { isArray } from '../../model/json.ts';
import { needSentence } from '../../model/need.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { legalName } from '../parts/naming.ts';
import { linksTo } from '../parts/shared-link.ts';
import { notClosed } from '../parts/shared-subnet.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, shown } from '../parts/verdict.ts';
import { connectionsPointer, isOdd, oddVerdict, workspaceProposal } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

function judge(wall: Wall, { world }: Judgement): Verdict {
  const early = notClosed(wall);
  if (early) return early;
  const workspace = world.workspace();
  if (!workspace || customerEndpoints(workspace.id, world).length === 0) {
    return notApplicable('The workspace has no private endpoint of yours.');
  }
  if (isOdd(workspace, sharedLinksPointer, 'list'))
    return oddVerdict(workspace, sharedLinksPointer, 'list of shared private links');
  const [first] = linksTo(wall, workspace);
  const evidence = [
    seen(workspace, first?.pointer ?? sharedLinksPointer, 'shared private links of the workspace'),
    seen(workspace, connectionsPointer, 'private endpoints of the workspace'),
  ];
  return first
    ? pass(`The workspace has a shared private link to the ${wall.name}.`, evidence)
    : fail(
        `The workspace is reached by a private endpoint, and it has no shared private link to the closed ${wall.name}: the service, which sits outside the network, cannot reach it.`,
        evidence,
      );
}

/**
 * What the link asks for approval with. The connection at the registry shows it, so it is of one plan alone: nobody else can ask for
 * the same, and the plan knows its own connection by it. At most 140 letters.
 */
const request = (snapshot: string): string => `Approve (Bastide, ${snapshot.replaceAll(/[^\w-]/g, '').slice(0, 80)})`;

function mend(wall: Wall, workspace: Resource, answers: Answers, snapshot: string): Proposal | string {
  const name = answers.link?.trim() ?? '';
  if (name === '' || legalName([name], 64) !== name) {
    const wrong = name === '' ? '' : `${quoted(name)} is no name for a link. `;
    return `${wrong}${needSentence({ kind: 'text', name: 'link', what: 'NAME', suggestion: 'Acr' })} It is the name the link is to have. The whole workspace is written for it, everything else as it stands.`;
  }
  const there = valueAt(workspace.body, sharedLinksPointer);
  if (there !== undefined && there !== null && !isArray(there))
    return 'The shared private links of the workspace are not a list.';
  if (workspaceView(workspace).sharedPrivateLinks.some((one) => sameId(one.name, name))) {
    return `${quoted(name)} is the name of another link of the workspace: give this one another (answer link=NAME).`;
  }
  const properties = {
    privateLinkResourceId: `${wall.resource.id}/privateLinkResources/registry`,
    groupId: 'registry',
    requestMessage: request(snapshot),
    status: 'Pending',
  };
  return workspaceProposal(
    workspace,
    2,
    (body) => [addTo(body, sharedLinksPointer, { name, properties }, { member: 'name', fold: true })],
    `The whole workspace is written, with everything else as it stands; ${clean(name, 60)} then waits at ${shown(wall.resource.id)} until it is approved (acr.shared-private-link-approved).`,
  );
}

export const acrSharedPrivateLink = defineRule({
  id: 'acr.shared-private-link',
  title: 'Workspace has a shared private link to the registry when it uses private link',
  severity: 'high',
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'The workspace service lives outside your network. Once people reach it by a private endpoint and the registry is closed, it needs a link of its own to the registry.',
    fix: 'Adds the link to the workspace under the name you give (answer link=NAME), by writing the workspace whole: no smaller write takes this member. The link then waits at the registry: the same plan approves it there, once the service has made its connection (acr.shared-private-link-approved).',
    breaks:
      'Nothing of the workspace changes besides; members that only a newer version shows may be lost by a write of the whole. An undo takes the link out and with it the connection at the registry.',
    links: [links.secureWorkspace, links.registryPrivateLink],
  },
  fixKind: 'guided',
  undo: 'equivalent',
  carries: ['acr.shared-private-link-approved'],
  instead: 'acr.private-endpoint',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => {
      const workspace = judgement.world.workspace();
      return workspace
        ? mend(wallOf(registry, 'registry'), workspace, answers, judgement.world.snapshot.id)
        : 'There is no workspace.';
    }),
});
