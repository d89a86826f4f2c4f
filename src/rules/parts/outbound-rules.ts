// Private endpoints in Microsoft's network, asked for by outbound rules of the managed network (rules-catalogue, P-MNET).
import { endpointsOfItsOwn, networkStatusPointer, outboundRuleView } from '../../kinds/managed-network.ts';
import { workspaceView } from '../../kinds/workspace-view.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { outboundRules } from '../../posture/managed-network.ts';
import type { Judgement, Proposal } from '../rule.ts';
import { legalName, nameUuid } from './naming.ts';
import { listed, quoted, shown } from './verdict.ts';

export interface OutboundWish {
  /** Id of the resource to be reached. */
  readonly target: string;
  readonly groups: readonly string[];
}

/** A rule of this name is legal: `^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$`. */
const longest = 33;

/**
 * An endpoint rule for each group that has none, and the provisioning without which none is in force; [] where all stand. Or
 * the sentence why there can be none.
 */
export function outboundRuleProposals({ target, groups }: OutboundWish, { world }: Judgement): Proposal[] | string {
  const workspace = world.workspace();
  if (!workspace) return 'There is no workspace whose managed network could reach it.';
  const { on, status } = workspaceView(workspace).managedNetwork;
  if (!on) return `${shown(workspace.id)} has no managed network.`;
  const known = outboundRules(world).map(outboundRuleView);
  const ruleFor = (group: string) =>
    known.find((rule) => rule.type === 'PrivateEndpoint' && sameId(rule.target, target) && rule.group === fold(group));
  // What provisioning makes of itself is not asked for beside it.
  const own = status === 'Active' ? [] : endpointsOfItsOwn(workspace, (id) => world.get(id));
  const isOwn = (group: string) => own.some((one) => sameId(one.target, target) && one.group === fold(group));
  const unruled = groups.filter((group) => ruleFor(group) === undefined);
  const missing = unruled.filter((group) => !isOwn(group));
  const idle = groups.flatMap((group) => ruleFor(group) ?? []).filter((rule) => rule.status !== 'Active');
  if (status === 'Active' && missing.length === 0 && idle.length > 0) {
    const states = idle.map((rule) => `${quoted(rule.name)} is ${quoted(rule.status ?? 'without a state')}`);
    return `The rules are there and not in force, although the managed network is: ${listed(states)}. Delete them and run this fix again.`;
  }
  const waits = status !== 'Active' && unruled.length + idle.length > 0;
  if (waits && status !== 'Inactive') {
    return `The managed network of ${shown(workspace.id)} is ${quoted(status ?? 'in no state that is shown')}: wait until it is Active.`;
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
  risk: 'The managed network is built now, which takes up to half an hour and is never taken back: outbound rules are in force only then. Its private endpoints, and a firewall where a rule names a host, are billed.',
});

/**
 * A network that is still to be provisioned gets its rules before: provisioning makes rules of its own for what is shut to the
 * public and has none, and Azure takes no second one.
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
    risk: `The managed network gets a private endpoint to ${shown(target)} (${group}), which is billed; the workspace's identity must be allowed to approve it there.`,
  };
}

/** `pe-stmlsim-blob`; where that is too long or taken, its end is made of the wish itself. */
function ruleName(target: string, group: string, taken: readonly string[]): string {
  const name = ['pe', nameOf(target), group].join('-').replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  if (name.length <= longest && !taken.includes(fold(name))) return name;
  const mark = nameUuid(`${fold(target)} ${fold(group)}`).slice(0, 8);
  return `${legalName([name], longest - mark.length - 1)}-${mark}`;
}
