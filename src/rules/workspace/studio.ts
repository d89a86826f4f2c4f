// Studio features that read the default storage account: the workspace itself must have access once the account denies by default.
import { workspaceType, workspaceView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { bypassPointer, instancesPointer, trusts, unclear, type Wall, wallOf } from '../parts/firewall.ts';
import { instanceRuleFor } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { readerProposals } from '../parts/private-link.ts';
import { allowWorkspace } from '../parts/proposals.ts';
import { workspaceSubjects } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import { isOdd, oddVerdict } from '../parts/workspace.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

const features = 'automated ML, datasets, data labeling, the designer and notebooks';
const identityPointer = '/identity/type';
const knownTypes = /^(systemassigned|userassigned)(\s*,\s*(systemassigned|userassigned))?$/i;

const hasIdentity = (workspace: Resource): boolean => {
  const type = workspaceView(workspace).identityType;
  return type !== undefined && type.toLowerCase() !== 'none';
};
const actionOf = (account: Resource) => seen(account, '/properties/networkAcls/defaultAction', 'default action');

function check(workspace: Resource, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (world.snapshot.intents.usesStudio === false) {
    return notApplicable('Studio is not used (assumption usesStudio).');
  }
  const id = defaultAccountId(world);
  if (id === undefined) {
    return unknown(`The default storage account of ${shown(workspace.id)} is not known.`, [
      seen(workspace, '/properties/storageAccount', 'default storage account'),
    ]);
  }
  const account = world.get(id);
  if (!account) return notApplicable(`${shown(id)} does not exist (see storage.default-account).`);
  const firewall = wallOf(account, 'storage', judgement.asIfClosed);
  const odd = unclear(firewall);
  if (odd) return odd;
  if (firewall.access === 'open') {
    return pass(
      `The ${firewall.name} allows access from all networks, so studio works. Once it denies by default, ${features} need the workspace's identity on every datastore.`,
      [actionOf(account)],
    );
  }
  return judgement.profile === 'seed-2020' ? checkArticle(firewall, judgement) : checkToday(workspace, firewall);
}

function checkArticle({ resource }: Wall, { world }: Judgement): Verdict {
  const limit = `In the 2020 article, ${features} do not work in studio with a secured storage account`;
  return world.snapshot.intents.usesStudio === true
    ? fail(`${limit}, but studio is used (assumption usesStudio).`, [actionOf(resource)])
    : pass(`${limit}.`, [actionOf(resource)]);
}

function checkToday(workspace: Resource, firewall: Wall): Verdict {
  const evidence = [
    seen(workspace, identityPointer, 'identity of the workspace'),
    seen(firewall.resource, bypassPointer, 'bypass'),
    seen(firewall.resource, instancesPointer, 'resource instance rules'),
  ];
  if (isOdd(workspace, identityPointer, 'string')) return oddVerdict(workspace, identityPointer, 'identity');
  const { identityType } = workspaceView(workspace);
  const denies = `The ${firewall.name} denies by default`;
  if (!hasIdentity(workspace)) {
    return fail(`${denies} and the workspace has no identity: ${features} show no data.`, evidence);
  }
  if (!knownTypes.test(identityType ?? '')) {
    return unknown(`The identity type of the workspace is not documented: ${quoted(identityType)}.`, evidence);
  }
  const trusted = trusts(firewall);
  if (trusted || instanceRuleFor(firewall, workspace.id)) {
    return pass(
      `${denies} and allows the workspace. Not checked: datastores must use the workspace's identity, and users need Storage Blob Data Reader.`,
      evidence,
    );
  }
  const isHidden = trusted === undefined || firewall.unreadable.some((pointer) => pointer.startsWith(instancesPointer));
  return isHidden
    ? unknown(`The bypass or the resource instance rules of the ${firewall.name} have an unexpected value.`, evidence)
    : fail(
        `${denies} and allows the workspace neither as a trusted Azure service nor by a resource instance rule: ${features} show no data.`,
        evidence,
      );
}

/** By a resource instance rule, and as Reader of the account's private endpoints. */
function allowInStorage(workspace: Resource, judgement: Judgement): readonly Proposal[] | string {
  const { world } = judgement;
  const id = defaultAccountId(world);
  const account = id === undefined ? undefined : world.get(id);
  if (!account) return 'The default storage account does not exist.';
  if (judgement.profile === 'seed-2020') {
    return 'There is no fix in the 2020 article: leave the storage account open, or do without studio (`bastide assume usesStudio false`).';
  }
  if (!hasIdentity(workspace)) {
    return 'The workspace has no identity. Assign one (az ml workspace update -f FILE with identity type system_assigned), scan, then fix this again.';
  }
  const opened = allowWorkspace(wallOf(account, 'storage'), judgement);
  return typeof opened === 'string' ? opened : [...opened, ...readerProposals(account, [], judgement)];
}

export const workspaceStudioBlockedBySecuredStorage = defineRule({
  id: 'workspace.studio-blocked-by-secured-storage',
  title: 'Studio reaches the secured storage account',
  problem: 'Studio is blocked by the storage firewall',
  severity: 'medium',
  about: workspaceType,
  explain: {
    why: 'Studio reads the default storage account for its users. Once the account denies by default, these pages show nothing unless the workspace itself has access. In 2020 they were not supported at all.',
    fix: 'Adds a resource instance rule for the workspace to its default storage account, and assigns its identity Reader on the private endpoints of the account. By hand: set each datastore to the identity of the workspace, and assign users Storage Blob Data Reader.',
    breaks: 'Nothing. Only the workspace gets access. Undo removes the rule and the roles, not what was done by hand.',
    links: [links.studio, links.storageTrusted],
  },
  fixKind: 'guided',
  undo: 'partial',
  subjects: workspaceSubjects,
  check,
  fix: allowInStorage,
});
