// workspace.studio-blocked-by-secured-storage: what closing the default account costs the people who work in studio, and
// whether the workspace itself still gets in for them.
import { workspaceType, workspaceView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { bypassPointer, instancesPointer, trusts, unclear, type Wall, wallOf } from '../parts/firewall.ts';
import { instanceRuleFor } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { readerProposals } from '../parts/private-link.ts';
import { allowWorkspace } from '../parts/proposals.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import { isOdd, oddVerdict, workspaceJudged } from '../parts/workspace.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

const features = 'automated ML, datasets, data labelling, the designer and notebooks';
const identityPointer = '/identity/type';
const knownTypes = /^(systemassigned|userassigned)(\s*,\s*(systemassigned|userassigned))?$/i;

const hasIdentity = (workspace: Resource): boolean => {
  const type = workspaceView(workspace).identityType;
  return type !== undefined && type.toLowerCase() !== 'none';
};

function judge(workspace: Resource, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (world.snapshot.intents.usesStudio === false) return notApplicable('You answered that nobody uses studio.');
  const id = defaultAccountId(world);
  if (id === undefined) {
    return unknown(`The default storage account of ${shown(workspace.id)} is not known.`, [
      seen(workspace, '/properties/storageAccount', 'no id'),
    ]);
  }
  const account = world.get(id);
  if (!account) return notApplicable(`${shown(id)} does not exist; storage.default-account speaks of it.`);
  const wall = wallOf(account, 'storage', judgement.asIfClosed);
  const odd = unclear(wall);
  if (odd) return odd;
  const action = seen(account, '/properties/networkAcls/defaultAction', 'default action');
  if (wall.access === 'open') {
    return pass(
      `The ${wall.name} is open, so studio works; once it is closed, ${features} need the workspace’s own identity on every datastore.`,
      [action],
    );
  }
  return judgement.profile === 'seed-2020' ? asInTheArticle(wall, judgement) : asToday(workspace, wall);
}

function asInTheArticle(wall: Wall, { world }: Judgement): Verdict {
  const lost = `The 2020 article: over a storage account behind a network ${features} do not work in studio`;
  return world.snapshot.intents.usesStudio === true
    ? fail(`${lost}, and you answered that people work there.`, [
        seen(wall.resource, '/properties/networkAcls/defaultAction', 'default action'),
      ])
    : pass(`${lost}.`, [seen(wall.resource, '/properties/networkAcls/defaultAction', 'default action')]);
}

function asToday(workspace: Resource, wall: Wall): Verdict {
  const evidence = [
    seen(workspace, identityPointer, 'identity of the workspace'),
    seen(wall.resource, bypassPointer, 'who may pass the firewall'),
    seen(wall.resource, instancesPointer, 'resource-instance rules'),
  ];
  if (isOdd(workspace, identityPointer, 'string')) return oddVerdict(workspace, identityPointer, 'identity');
  const { identityType } = workspaceView(workspace);
  if (!hasIdentity(workspace)) {
    return fail(
      `The ${wall.name} is closed and the workspace has no identity to pass it with: ${features} show no data.`,
      evidence,
    );
  }
  if (!knownTypes.test(identityType ?? '')) {
    return unknown(`The identity of the workspace is of a type nobody knows: ${quoted(identityType)}.`, evidence);
  }
  const trusted = trusts(wall);
  if (trusted || instanceRuleFor(wall, workspace.id)) {
    return pass(
      `The ${wall.name} is closed and lets the workspace pass; each datastore must use the workspace’s identity, and each user needs Storage Blob Data Reader (neither is judged).`,
      evidence,
    );
  }
  const hidden = trusted === undefined || wall.unreadable.some((pointer) => pointer.startsWith(instancesPointer));
  return hidden
    ? unknown(`Whether the ${wall.name} lets the workspace pass cannot be understood.`, evidence)
    : fail(
        `The ${wall.name} is closed and admits the workspace neither as a trusted service nor by name: ${features} show no data.`,
        evidence,
      );
}

/** By name, and as Reader of the account's endpoints; a workspace without an identity cannot be admitted at all. */
function admit(workspace: Resource, judgement: Judgement): readonly Proposal[] | string {
  const { world } = judgement;
  const id = defaultAccountId(world);
  const account = id === undefined ? undefined : world.get(id);
  if (!account) return 'The default storage account is not there to admit the workspace.';
  if (judgement.profile === 'seed-2020') {
    return 'It is a choice: leave the storage account open, or do without studio (set usesStudio to false).';
  }
  if (!hasIdentity(workspace)) {
    return 'The workspace has no identity to admit: give it one by hand (az ml workspace update -f FILE with identity type system_assigned), scan, then fix this again.';
  }
  const opened = allowWorkspace(wallOf(account, 'storage'), judgement);
  return typeof opened === 'string' ? opened : [...opened, ...readerProposals(account, [], judgement)];
}

export const workspaceStudioBlockedBySecuredStorage = defineRule({
  id: 'workspace.studio-blocked-by-secured-storage',
  title: 'Studio features on network-secured storage',
  severity: 'medium',
  about: workspaceType,
  explain: {
    why: 'Studio reads the default storage account for its users. Once the account is closed, those screens show nothing unless the workspace itself may pass; in 2020 they could not be had at all.',
    fix: 'Adds a resource-instance rule for the workspace to its default account and makes its identity Reader of the private endpoints of the account. Switching each datastore to the identity of the workspace, and giving users Storage Blob Data Reader, stay to be done by hand.',
    breaks:
      'Nothing: it lets the workspace in, and nobody else. An undo takes rule and roles out again, not what was done by hand.',
    links: [links.studio, links.storageTrusted],
  },
  fixKind: 'guided',
  undo: 'partial',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (workspace) => admit(workspace, judgement)),
});
