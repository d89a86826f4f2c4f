// Studio features that read the default storage account: the workspace itself must have access once the account denies by
// default.

import { defaultAccountId } from '../../facts/links.ts';
import { isAssociated } from '../../facts/perimeter.ts';
import type { Resource } from '../../model/resource.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import {
  bypassPointer,
  firewallIn,
  instancesPointer,
  type ServiceFirewall,
  trusts,
  unclear,
} from '../parts/firewall.ts';
import { instanceRuleFor, perimeterAllowsWorkspace } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { readerProposals } from '../parts/private-link.ts';
import { allowWorkspace } from '../parts/proposals.ts';
import { ownWorkspaceSubjects } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, notApplicable, pass, quoted, unknown } from '../parts/verdict.ts';
import { isOdd, oddVerdict } from '../parts/workspace.ts';
import type { CheckResult, Proposal, RuleContext } from '../rule.ts';

const features = 'automated ML, datasets, data labeling, the designer and notebooks';
const identityPointer = '/identity/type';
const knownTypes = /^(systemassigned|userassigned)(\s*,\s*(systemassigned|userassigned))?$/i;

const hasIdentity = (workspace: Resource): boolean => {
  const type = workspaceView(workspace).identityType;
  return type !== undefined && type.toLowerCase() !== 'none';
};
const actionOf = (account: Resource) => evidenceAt(account, '/properties/networkAcls/defaultAction', 'default action');

function check(workspace: Resource, context: RuleContext): CheckResult {
  const { index } = context;
  if (index.snapshot.intents.usesStudio === false) {
    return notApplicable('Studio is not used (assumption usesStudio).');
  }
  const id = defaultAccountId(index);
  if (id === undefined) {
    return unknown(`The default storage account of ${displayName(workspace.id)} is not known.`, [
      evidenceAt(workspace, '/properties/storageAccount', 'default storage account'),
    ]);
  }
  const account = index.get(id);
  if (!account) return notApplicable(`${displayName(id)} does not exist (see storage.default-account).`);
  const firewall = firewallIn(account, 'storage', context);
  const odd = unclear(firewall);
  if (odd) return odd;
  if (firewall.access === 'open') {
    return pass(
      `The ${firewall.name} allows access from all networks, so studio works. Once it denies by default, ${features} need the workspace's identity on every datastore.`,
      [actionOf(account)],
    );
  }
  return context.profile === 'article-2020'
    ? checkArticle(firewall, context)
    : checkToday(workspace, firewall, context);
}

function checkArticle({ resource }: ServiceFirewall, { index }: RuleContext): CheckResult {
  const limit = `With a secured storage account, ${features} do not work in studio`;
  return index.snapshot.intents.usesStudio === true
    ? fail(`${limit}, but studio is used (assumption usesStudio).`, [actionOf(resource)])
    : pass(`${limit}.`, [actionOf(resource)]);
}

function checkToday(workspace: Resource, firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const evidence = [
    evidenceAt(workspace, identityPointer, 'identity of the workspace'),
    evidenceAt(firewall.resource, bypassPointer, 'bypass'),
    evidenceAt(firewall.resource, instancesPointer, 'resource instance rules'),
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
  if (isAssociated(firewall.perimeter) || firewall.overruled) {
    const byPerimeter = perimeterAllowsWorkspace(firewall, index);
    if (byPerimeter.outcome === 'pass' || firewall.overruled) return byPerimeter;
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
        `${denies}, and the workspace is neither a trusted Azure service nor in a resource instance rule. The studio shows no data in ${features}.`,
        evidence,
      );
}

/** By a resource instance rule, and as Reader of the account's private endpoints. */
function allowInStorage(workspace: Resource, context: RuleContext): readonly Proposal[] | string {
  const { index } = context;
  const id = defaultAccountId(index);
  const account = id === undefined ? undefined : index.get(id);
  if (!account) return 'The default storage account does not exist.';
  if (context.profile === 'article-2020') {
    return "Microsoft's 2020 article on virtual networks has no fix: leave the storage account open, or do without studio (`bastide assume usesStudio false`).";
  }
  if (!hasIdentity(workspace)) {
    return 'The workspace has no identity. Assign one (az ml workspace update -f FILE with identity type system_assigned), scan, then fix this again.';
  }
  const opened = allowWorkspace(firewallIn(account, 'storage', context), context);
  return typeof opened === 'string' ? opened : [...opened, ...readerProposals(account, [], context)];
}

export const workspaceStudioBlockedBySecuredStorage = defineRule({
  id: 'workspace.studio-blocked-by-secured-storage',
  title: 'Studio reaches the secured storage account',
  problem: 'Studio is blocked by the storage firewall',
  severity: 'medium',
  explain: {
    why: 'Studio reads the default storage account for its users. Once the account denies by default, these pages show nothing unless the workspace itself has access. In 2020 they were not supported at all.',
    fix: 'Adds a resource instance rule for the workspace to its default storage account, and assigns its identity Reader on the private endpoints of the account. By hand: set each datastore to the identity of the workspace, and assign users Storage Blob Data Reader.',
    breaks: 'None. Only the workspace gets access. Undo removes the rule and the roles, not what was done by hand.',
    links: [links.studio, links.storageTrusted],
  },
  fixKind: 'guided',
  undo: 'partial',
  subjects: ownWorkspaceSubjects,
  check,
  fix: allowInStorage,
});
