// storage.default-account, keyvault.resolved, acr.resolved: the resources that the workspace names in its own body can be read.

import { inheritedFrom } from '../../facts/links.ts';
import { sameId } from '../../model/resource-id.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule, type RuleDraft } from '../define.ts';
import { links } from '../parts/links.ts';
import { displayName, evidenceAt, fail, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { CheckResult, Rule, RuleContext, Subject } from '../rule.ts';

interface Link {
  readonly member: 'storageAccount' | 'keyVault' | 'containerRegistry';
  readonly what: string;
  /** Pointers into the linked resource, for the evidence. */
  readonly shows: readonly string[];
  /** The reason where a workspace names none and that is valid. */
  readonly none?: string;
  readonly gone: string;
}

/** The linked resource, or the workspace where its id is not known. */
function linkedSubject({ index }: RuleContext, { member }: Link): Subject[] {
  const id = index.snapshot.workspace;
  if (id === null) return [];
  const workspace = index.posture();
  const settings = inheritedFrom(index) ?? id;
  if (workspace.state !== 'read') return [{ resource: settings }];
  const named = workspaceView(workspace.resource)[member] ?? settings;
  const found = index.peek(named);
  return [{ resource: found.state === 'read' ? found.resource.id : named }];
}

function check(subject: Subject, context: RuleContext, link: Link): CheckResult {
  const { index } = context;
  const workspace = index.workspace();
  if (!workspace) return notApplicable('The workspace does not exist; see workspace.exists.');
  const pointer = `/properties/${link.member}`;
  const id = workspaceView(workspace)[link.member];
  const named = evidenceAt(workspace, pointer, link.what);
  if (id === undefined) {
    return link.none === undefined
      ? unknown(`The workspace ${displayName(workspace.id)} names no ${link.what}.`, [named])
      : notApplicable(link.none, [named]);
  }
  const found = index.get(sameId(id, subject.resource) ? subject.resource : id);
  return found
    ? pass(`The ${link.what} ${displayName(id)} exists and is readable.`, [
        named,
        ...link.shows.map((show) => evidenceAt(found, show, show.split('/').at(-1) ?? show)),
      ])
    : fail(`The ${link.what} ${displayName(id)} of the workspace does not exist. ${link.gone}`, [
        named,
        noted(id, null, '404 Not Found'),
      ]);
}

const linkedRule = (link: Link, draft: Pick<RuleDraft, 'id' | 'title' | 'problem' | 'severity' | 'explain'>): Rule =>
  defineRule({
    ...draft,
    subjects: (context) => linkedSubject(context, link),
    check: (subject, context) => check(subject, context, link),
  });

export const storageDefaultAccount = linkedRule(
  {
    member: 'storageAccount',
    what: 'default storage account',
    shows: ['/kind', '/location', '/properties/isHnsEnabled'],
    gone: 'A workspace cannot change its default account.',
  },
  {
    id: 'storage.default-account',
    title: 'Default storage account exists and is readable',
    problem: 'Default storage account does not exist',
    severity: 'high',
    explain: {
      why: 'It stores run outputs, logs, code snapshots and models, and other storage rules check it. The workspace cannot be changed to use another account.',
      fix: 'None: restore the deleted account under the same name, or create a new workspace.',
      links: [links.secureWorkspace],
    },
  },
);

export const keyvaultResolved = linkedRule(
  {
    member: 'keyVault',
    what: 'key vault',
    shows: ['/location', '/properties/sku/name'],
    gone: 'A workspace cannot change its key vault.',
  },
  {
    id: 'keyvault.resolved',
    title: 'Key vault of the workspace exists and is readable',
    problem: 'Key vault of the workspace does not exist',
    severity: 'high',
    explain: {
      why: 'All key vault rules depend on it, and the workspace cannot be changed to use another key vault.',
      fix: 'None: recover the soft-deleted key vault, or create a new workspace.',
      links: [links.secureWorkspace],
    },
  },
);

export const acrResolved = linkedRule(
  {
    member: 'containerRegistry',
    what: 'container registry',
    shows: ['/properties/loginServer', '/sku/name'],
    none: 'The workspace has no container registry yet: the service creates one when an environment is first built.',
    gone: 'Environments cannot be built or pulled until the workspace uses another registry.',
  },
  {
    id: 'acr.resolved',
    title: 'Container registry of the workspace exists',
    problem: 'Container registry of the workspace does not exist',
    severity: 'medium',
    explain: {
      why: 'All registry rules depend on it. A workspace has no registry until an environment is built or a model is deployed for the first time.',
      fix: 'None: train or deploy once and the service creates a registry, or set one with az ml workspace update --container-registry.',
      links: [links.secureWorkspace],
    },
  },
);
