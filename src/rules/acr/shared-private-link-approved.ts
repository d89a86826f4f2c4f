// acr.shared-private-link-approved: the workspace's link is approved on the side of the registry.
import { fold } from '../../model/resource-id.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { approval } from '../parts/private-link.ts';
import { linkConnections, linksTo } from '../parts/shared-link.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

/** The registry's word counts for more than what the workspace shows of its own link. */
function judge(wall: Wall, { world }: Judgement): Verdict {
  const workspace = world.workspace();
  const shared = workspace ? linksTo(wall, workspace) : [];
  if (!workspace || shared.length === 0)
    return notApplicable(`The workspace has no shared private link to the ${wall.name}.`);
  const connections = linkConnections(wall, shared, world);
  const evidence = [
    ...shared.map(({ pointer }) => seen(workspace, pointer, 'shared private link')),
    ...connections.map(({ pointer }) => seen(wall.resource, pointer, 'connection at the registry')),
  ];
  const states = (connections.length > 0 ? connections : shared).flatMap(({ status }) => status ?? []);
  if (states.some((status) => fold(status) === 'approved')) {
    return pass(`The shared private link to the ${wall.name} is approved.`, evidence);
  }
  const [first] = states;
  return first === undefined
    ? unknown(`Neither the workspace nor the ${wall.name} says whether the shared private link is approved.`, evidence)
    : fail(`The shared private link to the ${wall.name} is ${quoted(first)}, so nothing passes through it.`, evidence);
}

function mend(wall: Wall, { world }: Judgement): readonly Proposal[] | string {
  const workspace = world.workspace();
  const shared = workspace ? linksTo(wall, workspace) : [];
  const waiting = linkConnections(wall, shared, world).flatMap(({ id, status }) => {
    const seen = id === undefined || fold(status ?? '') === 'approved' ? undefined : world.peek(id);
    return seen?.state === 'read' ? [seen.resource] : [];
  });
  return waiting.length > 0
    ? waiting.map(approval)
    : `The ${wall.name} shows no connection that could be approved: scan again once the service has asked for it.`;
}

export const acrSharedPrivateLinkApproved = defineRule({
  id: 'acr.shared-private-link-approved',
  title: 'That link is approved on the registry side',
  severity: 'high',
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'The link is a request at first: until somebody approves it at the registry, nothing passes through it.',
    fix: 'Approves the connection of the workspace service at the registry. Connections of private endpoints of yours are left alone.',
    breaks: 'Nothing. It cannot be made to wait again: an undo can at most reject it.',
    links: [links.registryPrivateLink],
  },
  fixKind: 'auto',
  undo: 'partial',
  instead: 'acr.private-endpoint',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'), judgement)),
});
