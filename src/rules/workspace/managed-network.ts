// The managed network of a workspace: its isolation mode, and that it is provisioned.

import { managedComputes } from '../../facts/compute-networks.ts';
import { outboundRules } from '../../facts/managed-network.ts';
import { computesOf } from '../../facts/needs.ts';
import { isOnService, onlineEndpoints } from '../../facts/online-endpoints.ts';
import { setMember } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import { isObject } from '../../model/json.ts';
import { needSentence } from '../../model/plan-need.ts';
import { memberNames, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { isNetworkV2, networkKindPointer, outboundRuleView } from '../../resource-types/managed-network.ts';
import { textsAt } from '../../resource-types/read.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { ruleProposal } from '../parts/private-link.ts';
import { workspaceSubjects } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  few,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  unknown,
} from '../parts/verdict.ts';
import {
  endpointEvidence,
  endpointsNamed,
  isOdd,
  managedPointer,
  managedStatusPointer,
  modePointer,
  oddVerdict,
  publicAccess,
  workspaceProposal,
} from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';

/** From the least to the most restrictive; a workspace can only move to the right. */
const modes: readonly string[] = ['AllowInternetOutbound', 'AllowOnlyApprovedOutbound'];
const changeable = `${managedPointer}/changeableIsolationModes`;

function checkMode(workspace: Resource, { index }: RuleContext): CheckResult {
  const { intents } = index.snapshot;
  const recreated = () =>
    endpointEvidence(workspace, index, isOnService, 'online endpoint to create again; its public network access');
  const rules = valueAt(workspace.body, `${managedPointer}/outboundRules`);
  const evidence = [
    evidenceAt(workspace, modePointer, 'isolation mode'),
    evidenceAt(workspace, managedStatusPointer, 'status of the managed network'),
    evidenceAt(workspace, `${managedPointer}/firewallSku`, 'firewall SKU'),
    noted(workspace.id, isObject(rules) ? memberNames(rules).length : 0, 'outbound rules'),
  ];
  if (isOdd(workspace, managedPointer, 'object')) return oddVerdict(workspace, managedPointer, 'managed network');
  if (isOdd(workspace, modePointer, 'string')) return oddVerdict(workspace, modePointer, 'isolation mode');
  const { mode } = workspaceView(workspace).managedNetwork;
  const name = displayName(workspace.id);
  switch (mode) {
    case undefined:
    case 'Disabled':
      return intents.architecture === 'managed-network'
        ? fail(`${name} has no managed network; the assumption architecture is managed-network.`, [
            ...evidence,
            ...recreated(),
          ])
        : notApplicable(`${name} has no managed network.`, evidence);
    case 'AllowOnlyApprovedOutbound':
      return pass(`The managed network of ${name} allows only approved outbound traffic.`, evidence);
    case 'AllowInternetOutbound':
      return intents.outboundMode === 'limited'
        ? fail(`The managed network of ${name} allows all outbound traffic; the assumption outboundMode is limited.`, [
            ...evidence,
            ...recreated(),
          ])
        : pass(`The managed network of ${name} allows outbound Internet traffic, as assumed.`, evidence);
    default:
      return oddVerdict(workspace, modePointer, 'isolation mode');
  }
}

/** The stricter modes that fix the finding and, where Azure lists them, that the workspace may still change to. */
function modesOffered(workspace: Resource, { index }: RuleContext): readonly string[] {
  const { mode } = workspaceView(workspace).managedNetwork;
  const stricter = modes.slice(modes.indexOf(mode ?? '') + 1);
  const fixing = index.snapshot.intents.outboundMode === 'limited' ? stricter.slice(-1) : stricter;
  if (valueAt(workspace.body, changeable) === undefined) return fixing;
  const allowed = textsAt(workspace.body, changeable).map(fold);
  return fixing.filter((one) => allowed.includes(fold(one)));
}

function setMode(workspace: Resource, context: RuleContext, answers: Answers): Proposal | string {
  const choices = modesOffered(workspace, context);
  if (choices.length === 0) {
    return `Azure does not allow ${displayName(workspace.id)} a stricter mode (changeableIsolationModes). Create a new workspace with the mode.`;
  }
  const chosen = choices.find((mode) => fold(mode) === fold(answers.mode ?? ''));
  if (chosen === undefined) {
    const said = answers.mode === undefined ? '' : `${quoted(answers.mode)} is not one of the modes. `;
    const options = choices.map((mode) => ({ name: 'mode', value: mode, says: '' }));
    return `${said}${needSentence({ kind: 'choice', options })} This change cannot be undone.`;
  }
  return workspaceProposal(
    workspace,
    1,
    (body) => [
      isObject(valueAt(body, managedPointer))
        ? setMember(body, modePointer, chosen)
        : setMember(body, managedPointer, { isolationMode: chosen }),
    ],
    `Managed compute and online endpoints must be deleted and created again.${existingComputes(workspace, context)}${existingEndpoints(workspace, context)}`,
  );
}

/** Microsoft requires computes to be deleted before the network is enabled; the effect otherwise is not documented. */
function existingComputes(workspace: Resource, { index }: RuleContext): string {
  if (workspaceView(workspace).managedNetwork.on) return '';
  const names = index.hasList(computesOf(workspace.id)) ? managedComputes(index).map(({ id }) => displayName(id)) : [];
  return names.length === 0 ? '' : ` Delete ${listed(names)} first: Azure may refuse the change while they exist.`;
}

function existingEndpoints(workspace: Resource, { index }: RuleContext): string {
  if (onlineEndpoints(workspace.id, index) === undefined) return ' The online endpoints could not be read.';
  const named = endpointsNamed(workspace, index, isOnService);
  return named === undefined ? '' : ` Create again: ${named}, with all deployments.`;
}

export const workspaceManagedNetworkMode = defineRule({
  id: 'workspace.managed-network-mode',
  answers: { mode: ['AllowInternetOutbound', 'AllowOnlyApprovedOutbound'] },
  title: 'Managed network has the assumed isolation mode',
  problem: 'Managed network is off or has another isolation mode',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'With a managed network the service places compute in its own network. Subnet rules no longer apply, and the isolation mode alone decides which outbound traffic is allowed.',
    fix: 'Sets the isolation mode you name (--answer mode=AllowInternetOutbound or mode=AllowOnlyApprovedOutbound), if Azure lists it as changeable.',
    breaks:
      'The change cannot be undone: a managed network stays on and never becomes less strict. Managed compute and online endpoints must be deleted and created again. Compute in your own virtual network is not supported together with it. FQDN rules start a billed firewall.',
    links: [links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: workspaceSubjects,
  check: checkMode,
  fix: setMode,
});

/** In version 2 the state of each outbound rule decides. */
function checkRules(workspace: Resource, { index }: RuleContext, seen: readonly Evidence[]): CheckResult {
  const rules = outboundRules(index);
  const name = displayName(workspace.id);
  const states = rules.map((rule) => ({ rule, state: outboundRuleView(rule).status }));
  const evidence = [
    evidenceAt(workspace, networkKindPointer, 'version of the managed network'),
    ...seen,
    ...rules.map((rule) => evidenceAt(rule, '/properties/status', 'state of the outbound rule')),
  ];
  const of = (...wanted: readonly string[]) => states.filter(({ state }) => wanted.includes(state ?? ''));
  const shown = (some: typeof states) =>
    few(some.map(({ rule, state }) => `${displayName(rule.id)} (${clean(state ?? 'no state', 40)})`));
  const bad = of('Failed', 'Inactive');
  if (bad.length > 0) return fail(`Outbound rules of ${name} are not in effect: ${shown(bad)}.`, evidence);
  const open = states.filter(({ state }) => state !== 'Active');
  if (open.length > 0 || rules.length === 0)
    return unknown(
      rules.length === 0
        ? `The managed network of ${name} has version 2, and the state of its outbound rules is not known.`
        : `Outbound rules of ${name} are in another state: ${shown(open)}.`,
      evidence,
    );
  return pass(`All outbound rules of ${name} are Active.`, evidence);
}

function checkProvisioned(workspace: Resource, context: RuleContext): CheckResult {
  const { on, status } = workspaceView(workspace).managedNetwork;
  const name = displayName(workspace.id);
  const evidence = [
    evidenceAt(workspace, managedStatusPointer, 'status of the managed network'),
    evidenceAt(workspace, `${managedPointer}/status/sparkReady`, 'ready for Spark'),
    evidenceAt(workspace, modePointer, 'isolation mode'),
  ];
  if (!on) return notApplicable(`${name} has no managed network.`, evidence);
  if (isNetworkV2(workspace.body)) return checkRules(workspace, context, evidence);
  if (status === 'Active') return pass(`The managed network of ${name} is provisioned (Active).`, evidence);
  if (status === 'Inactive') {
    return fail(
      `The managed network of ${name} is not provisioned (Inactive): its private endpoints and rules do not exist yet.`,
      evidence,
    );
  }
  return status === undefined
    ? unknown(`The status of the managed network of ${name} is not known.`, evidence)
    : unknown(`The managed network of ${name} is in state ${quoted(status)}.`, evidence);
}

/** The edit is sent as POST provisionManagedNetwork. */
function provision(workspace: Resource, context: RuleContext, answers: Answers): readonly Proposal[] | string {
  const { status } = workspaceView(workspace).managedNetwork;
  if (isNetworkV2(workspace.body))
    return `The managed network of ${displayName(workspace.id)} has version 2: add the rules that are not in effect again (az ml workspace outbound-rule set).`;
  if (status !== 'Inactive') return `The managed network of ${displayName(workspace.id)} is not Inactive.`;
  if (answers.provision !== 'yes') {
    const says = 'creates billed private endpoints, and an Azure Firewall for FQDN rules; it cannot be undone';
    return needSentence({ kind: 'choice', options: [{ name: 'provision', value: 'yes', says }] });
  }
  const provisioned = workspaceProposal(
    workspace,
    2,
    (body) => [setMember(body, managedStatusPointer, 'Active')],
    'Takes up to 30 minutes, and 10 more for the first FQDN rule.',
  );
  if (typeof provisioned === 'string') return provisioned;
  if (publicAccess(workspace) === 'Disabled') return [provisioned];
  // With public access on, the service may not create the workspace's own private endpoint.
  if (answers.public === 'keep') return [provisioned, ...ownEndpoint(workspace, context)];
  const disabled = workspaceProposal(
    workspace,
    1,
    (body) => [setMember(body, '/properties/publicNetworkAccess', 'Disabled')],
    'Provisioning creates a private endpoint to the workspace only while its public network access is Disabled. Pass --answer public=keep to leave it on.',
  );
  return typeof disabled === 'string' ? disabled : [disabled, provisioned];
}

/** The private endpoint to the workspace itself, which is then a rule like any other. */
const ownEndpoint = (workspace: Resource, { index }: RuleContext): Proposal[] => {
  const known = outboundRules(index).map(outboundRuleView);
  if (known.some(({ target }) => sameId(target, workspace.id))) return [];
  const names = known.map(({ name }) => fold(name));
  return [{ ...ruleProposal(workspace, workspace.id, 'amlworkspace', names), phase: 3 }];
};

export const workspaceManagedNetworkProvisioned = defineRule({
  id: 'workspace.managed-network-provisioned',
  answers: { provision: ['yes'], public: ['keep'] },
  title: 'Managed network is provisioned',
  problem: 'Managed network is not provisioned',
  severity: 'medium',
  profiles: ['current'],
  for: ['managed-network'],
  explain: {
    why: 'Without this step the managed network is provisioned with the first compute, which often times out. Its private endpoints do not exist before that.',
    fix: 'Disables public network access, unless you keep it (--answer public=keep), then provisions the managed network and waits until it is Active. It is never part of --all: pass --answer provision=yes.',
    breaks:
      'Clients without a private endpoint to the workspace lose access. The change cannot be undone, and the private endpoints and firewall of the managed network are billed from then on.',
    links: [links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: workspaceSubjects,
  check: checkProvisioned,
  fix: provision,
});
