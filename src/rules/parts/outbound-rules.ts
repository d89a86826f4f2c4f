// Private endpoints of the managed network, created by its outbound rules.

import { outboundRules } from '../../facts/managed-network.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { managedEndpointsOf, networkStatusPointer, outboundRuleView } from '../../resource-types/managed-network.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import type { Proposal, RuleContext } from '../rule.ts';
import { legalName, nameUuid } from './naming.ts';
import { displayName, listed, quoted } from './verdict.ts';

export interface OutboundWish {
  /** Id of the resource to be reached. */
  readonly target: string;
  readonly groups: readonly string[];
}

/** Rule names match `^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$`. */
const longest = 33;

/**
 * A private endpoint rule for each group without one, and the provisioning that makes them effective; [] where all exist. Or the
 * reason why there can be none.
 */
export function outboundRuleProposals({ target, groups }: OutboundWish, { index }: RuleContext): Proposal[] | string {
  const workspace = index.workspace();
  if (!workspace) return 'There is no workspace with a managed network.';
  const { on, status } = workspaceView(workspace).managedNetwork;
  if (!on) return `${displayName(workspace.id)} has no managed network.`;
  const known = outboundRules(index).map(outboundRuleView);
  const ruleFor = (group: string) =>
    known.find((rule) => rule.type === 'PrivateEndpoint' && sameId(rule.target, target) && rule.group === fold(group));
  // Provisioning creates some rules itself; these are not created here.
  const own = status === 'Active' ? [] : managedEndpointsOf(workspace, (id) => index.get(id));
  const isOwn = (group: string) => own.some((one) => sameId(one.target, target) && one.group === fold(group));
  const unruled = groups.filter((group) => ruleFor(group) === undefined);
  const missing = unruled.filter((group) => !isOwn(group));
  const idle = groups.flatMap((group) => ruleFor(group) ?? []).filter((rule) => rule.status !== 'Active');
  if (status === 'Active' && missing.length === 0 && idle.length > 0) {
    const states = idle.map((rule) => `${quoted(rule.name)} is ${quoted(rule.status ?? 'without a state')}`);
    return `The outbound rules exist but are not Active, although the managed network is: ${listed(states)}. Delete them and run this fix again.`;
  }
  const waits = status !== 'Active' && unruled.length + idle.length > 0;
  if (waits && status !== 'Inactive') {
    return `The status of the managed network of ${displayName(workspace.id)} is ${quoted(status ?? 'not shown')}. Wait until it is Active.`;
  }
  const taken = known.map(({ name }) => fold(name));
  return [
    ...missing.map((group) => ruleProposal(workspace, target, group, taken)),
    ...(waits ? [provisioning(workspace)] : []),
  ];
}

const provisioning = (workspace: Resource): Proposal => ({
  change: editChange(workspace.id, [setMember(workspace.body, networkStatusPointer, 'Active')]),
  phase: 2,
  risk: 'Provisions the managed network, which makes its outbound rules effective. It takes up to 30 minutes and cannot be undone. Private endpoints, and the firewall of FQDN rules, are billed.',
});

/**
 * Created before the managed network is provisioned: provisioning creates its own rules for resources without public network access
 * that have none, and Azure accepts no second one.
 */
function ruleProposal(workspace: Resource, target: string, group: string, taken: readonly string[]): Proposal {
  const destination = { serviceResourceId: target, subresourceTarget: group, sparkEnabled: false };
  const properties = { type: 'PrivateEndpoint', category: 'UserDefined', destination };
  return {
    change: {
      kind: 'create',
      resource: `${workspace.id}/outboundRules/${ruleName(target, group, taken)}`,
      edits: [],
      body: { properties },
    },
    phase: 2,
    risk: `Creates a private endpoint from the managed network to ${displayName(target)} (${group}), which is billed. The identity of the workspace must have permission to approve it there.`,
  };
}

/** `pe-stmlsim-blob`; where that is too long or in use, it ends in a hash of target and group. */
function ruleName(target: string, group: string, taken: readonly string[]): string {
  const name = ['pe', nameOf(target), group].join('-').replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  if (name.length <= longest && !taken.includes(fold(name))) return name;
  const mark = nameUuid(`${fold(target)} ${fold(group)}`).slice(0, 8);
  return `${legalName([name], longest - mark.length - 1)}-${mark}`;
}
