// acr.shared-private-link, acr.shared-private-link-approved: the workspace service reaches a registry that denies by default
// through a shared private link of the workspace, approved at the registry.

import { customerEndpoints } from '../../facts/endpoints.ts';
import { addTo } from '../../model/edit.ts';
import { isArray } from '../../model/json.ts';
import { needSentence } from '../../model/plan-need.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import type { EndpointConnection } from '../../resource-types/network-acls.ts';
import { type SharedLink, sharedLinksPointer } from '../../resource-types/shared-private-link.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { registryFirewalls, type ServiceFirewall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { legalName } from '../parts/naming.ts';
import { approval } from '../parts/private-link.ts';
import { displayName, evidenceAt, fail, notApplicable, pass, quoted, unknown } from '../parts/verdict.ts';
import { connectionsPointer, isOdd, oddVerdict, workspaceProposal } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { serviceConnections } from './parts/access.ts';
import { notClosed } from './parts/shared-subnets.ts';

const linksTo = (registry: ServiceFirewall, workspace: Resource): readonly SharedLink[] =>
  workspaceView(workspace).sharedPrivateLinks.filter(
    ({ target, group }) => sameId(target, registry.resource.id) && group === 'registry',
  );

const isStatus = ({ status }: { readonly status: string | undefined }, wanted: string): boolean =>
  fold(status ?? '') === wanted;

/**
 * The connections that these links may have created, by their request message. If none has it, the message was overwritten by the
 * answer, and any connection of the service may be one: where these differ, none of them decides.
 */
function linkConnections(
  registry: ServiceFirewall,
  shared: readonly SharedLink[],
  index: SnapshotIndex,
): readonly EndpointConnection[] {
  const all = serviceConnections(registry, index);
  const own = all.filter(({ says }) => says !== undefined && shared.some(({ message }) => message === says));
  if (own.length > 0) return own;
  const approved = all.filter((one) => isStatus(one, 'approved'));
  return approved.length === 0 || approved.length === all.length ? all : [];
}

function hasLink(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const early = notClosed(firewall);
  if (early) return early;
  const workspace = index.workspace();
  if (!workspace || customerEndpoints(workspace.id, index).length === 0)
    return notApplicable('The workspace has no private endpoint.');
  if (isOdd(workspace, sharedLinksPointer, 'list'))
    return oddVerdict(workspace, sharedLinksPointer, 'list of shared private links');
  const [first] = linksTo(firewall, workspace);
  const evidence = [
    evidenceAt(workspace, first?.pointer ?? sharedLinksPointer, 'shared private links'),
    evidenceAt(workspace, connectionsPointer, 'private endpoint connections of the workspace'),
  ];
  return first
    ? pass(`The workspace has a shared private link to the ${firewall.name}.`, evidence)
    : fail(
        `The workspace has no shared private link to the ${firewall.name}, so the workspace service, which runs outside your network, cannot connect.`,
        evidence,
      );
}

/**
 * The request message of a link, at most 140 characters. It contains the snapshot, so that the plan identifies its own
 * connection at the registry.
 */
const request = (snapshot: string): string => `Approve (Bastide, ${snapshot.replaceAll(/[^\w-]/g, '').slice(0, 80)})`;
/** Is it such a message? Any other may be that of several requests. */
const isOwnRequest = (message: string | undefined): boolean => /^Approve \(Bastide, [\w-]+\)$/.test(message ?? '');

function addLink(firewall: ServiceFirewall, { index }: RuleContext, answers: Answers): Proposal | string {
  const workspace = index.workspace();
  if (!workspace) return 'No workspace was found.';
  const name = answers.link?.trim() ?? '';
  if (name === '' || legalName([name], 64) !== name) {
    const invalid = name === '' ? '' : `${quoted(name)} is not a valid link name. `;
    const need = needSentence({ kind: 'text', name: 'link', what: 'NAME', suggestion: 'Acr' });
    return `${invalid}${need} The new link gets this name. The whole workspace is written, with all other settings unchanged.`;
  }
  const present = valueAt(workspace.body, sharedLinksPointer);
  if (present !== undefined && present !== null && !isArray(present))
    return 'The shared private links of the workspace have an unexpected format.';
  if (workspaceView(workspace).sharedPrivateLinks.some((one) => sameId(one.name, name)))
    return `The workspace already has a link ${quoted(name)}: choose another name (--answer link=NAME).`;
  const properties = {
    privateLinkResourceId: `${firewall.resource.id}/privateLinkResources/registry`,
    groupId: 'registry',
    requestMessage: request(index.snapshot.id),
    status: 'Pending',
  };
  return workspaceProposal(
    workspace,
    2,
    (body) => [addTo(body, sharedLinksPointer, { name, properties }, { member: 'name', fold: true })],
    `The whole workspace is written, with all other settings unchanged. ${clean(name, 60)} stays pending until ${displayName(firewall.resource.id)} approves it (acr.shared-private-link-approved).`,
  );
}

export const acrSharedPrivateLink = defineRule({
  id: 'acr.shared-private-link',
  answers: { link: 'NAME' },
  title: 'Workspace has a shared private link to the registry',
  problem: 'Workspace has no shared private link to the registry',
  severity: 'high',
  for: ['service-endpoint'],
  explain: {
    why: 'The workspace service runs outside your network. When the workspace has a private endpoint and the registry denies by default, the service needs a shared private link to the registry.',
    fix: 'Adds the link to the workspace under the name that you choose (--answer link=NAME). This writes the whole workspace, because no smaller write supports the setting. The same plan approves it at the registry after the service creates its connection (acr.shared-private-link-approved).',
    breaks:
      'No other setting changes, but settings that only a newer api-version shows may be lost. An undo removes the link and its connection at the registry.',
    links: [links.secureWorkspace, links.registryPrivateLink],
  },
  fixKind: 'guided',
  undo: 'equivalent',
  carries: ['acr.shared-private-link-approved'],
  instead: 'acr.private-endpoint',
  subjects: registryFirewalls,
  check: hasLink,
  fix: addLink,
});

/** The state at the registry takes precedence over that in the workspace. */
function isApproved(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const workspace = index.workspace();
  const shared = workspace ? linksTo(firewall, workspace) : [];
  if (!workspace || shared.length === 0)
    return notApplicable(`The workspace has no shared private link to the ${firewall.name}.`);
  const connections = linkConnections(firewall, shared, index);
  const evidence = [
    ...shared.map(({ pointer }) => evidenceAt(workspace, pointer, 'shared private link')),
    ...connections.map(({ pointer }) => evidenceAt(firewall.resource, pointer, 'connection at the registry')),
  ];
  const states = (connections.length > 0 ? connections : shared).flatMap(({ status }) => status ?? []);
  const link = `The shared private link to the ${firewall.name}`;
  if (states.some((status) => fold(status) === 'approved')) return pass(`${link} is Approved.`, evidence);
  const [first] = states;
  return first === undefined
    ? unknown(`${link} shows no approval state.`, evidence)
    : fail(`${link} is ${quoted(first)}; Approved is expected.`, evidence);
}

/** Only what is pending is approved: a rejection is a decision. Which connection is meant is asked, unless its request message proves it. */
function approve(firewall: ServiceFirewall, { index }: RuleContext, answers: Answers): readonly Proposal[] | string {
  const workspace = index.workspace();
  const shared = workspace ? linksTo(firewall, workspace) : [];
  const all = serviceConnections(firewall, index);
  const pending = all.flatMap((one) => {
    const found = one.id === undefined || !isStatus(one, 'pending') ? undefined : index.peek(one.id);
    return found?.state === 'read' ? [{ ...one, resource: found.resource }] : [];
  });
  const wanted = answers.connection?.trim();
  const isWanted = ({ id, name }: EndpointConnection) => sameId(name, wanted) || sameId(id, wanted);
  if (all.some((one) => isWanted(one) && isStatus(one, 'approved')))
    return `The connection ${quoted(wanted ?? '')} is approved. The workspace may show it later: scan again.`;
  if (pending.length === 0) return nonePending(firewall, all);
  const proven = pending.filter(({ says }) => isOwnRequest(says) && shared.some(({ message }) => message === says));
  const [only, ...others] = wanted === undefined ? proven : pending.filter(isWanted);
  if (only !== undefined && others.length === 0) return [approval(only.resource)];
  const options = pending.map(({ name, endpointId }) => ({
    name: 'connection',
    value: name,
    says: `from subscription ${subscriptionOf(endpointId ?? '') ?? 'not known'}`,
  }));
  const invalid = wanted === undefined ? '' : `${quoted(wanted)} is not one of them. `;
  return `Nothing that was read says which connection the shared private link created. ${invalid}${needSentence({ kind: 'choice', options }, 'NAME')}`;
}

function nonePending(firewall: ServiceFirewall, all: readonly EndpointConnection[]): string {
  const refused = all.filter((one) => !isStatus(one, 'approved'));
  const [first] = refused;
  return first === undefined
    ? `The ${firewall.name} shows no pending connection: scan again after the service has created it.`
    : `The connection ${quoted(first.name)} is ${quoted(first.status ?? 'without a state')}: only pending connections are approved. Ask the owner of the ${firewall.name}.`;
}

export const acrSharedPrivateLinkApproved = defineRule({
  id: 'acr.shared-private-link-approved',
  title: 'Shared private link is approved at the registry',
  problem: 'Shared private link is not approved at the registry',
  severity: 'high',
  for: ['service-endpoint'],
  explain: {
    why: 'A shared private link is pending at first. Until the registry approves it, no traffic uses it.',
    fix: 'Approves the pending connection of the workspace service at the registry. Unless its request is one of Bastide, the name of the connection is asked (--answer connection=NAME). Connections of your private endpoints are not changed.',
    breaks:
      'The private endpoint of the connection gets access to the registry. An approved connection cannot become pending again: an undo can only reject it.',
    links: [links.registryPrivateLink],
  },
  fixKind: 'guided',
  answers: { connection: 'NAME' },
  undo: 'partial',
  instead: 'acr.private-endpoint',
  subjects: registryFirewalls,
  check: isApproved,
  fix: approve,
});
