// workspace.managed-network-approver: the identity of the workspace may approve the private endpoints of its managed network.

import { inheritedFrom, settingsPrincipal } from '../../facts/links.ts';
import { outboundRules } from '../../facts/managed-network.ts';
import type { Resource } from '../../model/resource.ts';
import { isWithin, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { outboundRuleView } from '../../resource-types/managed-network.ts';
import {
  approverRoles,
  assignmentsOf,
  roleAssignmentType,
  roleAssignmentView,
  roleNames,
  roles,
} from '../../resource-types/role-assignment.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { mayAssign, roleProposal } from '../parts/roles.ts';
import { orElse, perPlace } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  unknown,
} from '../parts/verdict.ts';
import type { CheckResult, RuleContext, Subjects } from '../rule.ts';

interface ApprovedTarget {
  readonly target: string;
  readonly rules: readonly Resource[];
}

const endpointRules = ({ index }: RuleContext): Resource[] =>
  outboundRules(index).filter((rule) => outboundRuleView(rule).type === 'PrivateEndpoint');

/** Each target of a private endpoint rule; the workspace alone where there is none. */
const targets: Subjects<ApprovedTarget> = {
  list(context) {
    const workspace = inheritedFrom(context.index) ?? context.index.snapshot.workspace;
    if (workspace === null) return [];
    const rules = orElse(() => endpointRules(context), []);
    return perPlace(workspace, onceEach(rules.flatMap((rule) => outboundRuleView(rule).target ?? [])));
  },
  resolve({ where }, context) {
    const rules = endpointRules(context).filter((rule) => sameId(outboundRuleView(rule).target, where));
    return where === undefined
      ? notApplicable('The managed network has no private endpoint rule.')
      : { target: where, rules };
  },
};

function check({ target, rules }: ApprovedTarget, { index }: RuleContext): CheckResult {
  const states = rules.map((rule) => outboundRuleView(rule).status);
  const seen = rules.map((rule) => evidenceAt(rule, '/properties/status', 'state of the private endpoint rule'));
  const to = `the private endpoints to ${displayName(target)}`;
  if (states.every((state) => state === 'Active')) return pass(`Approved: ${to} are Active.`, seen);
  const principal = settingsPrincipal(index);
  if (principal === undefined)
    return unknown(`The identity of the workspace is not known; whether it may approve ${to} is not known.`, seen);
  index.list(assignmentsOf(principal, subscriptionOf(target) ?? ''));
  const held = index
    .ofType(roleAssignmentType)
    .filter(
      (one) => sameId(roleAssignmentView(one).principal, principal) && isWithin(target, roleAssignmentView(one).scope),
    );
  const names = held.map((one) => roleNames[roleAssignmentView(one).role] ?? roleAssignmentView(one).role);
  const evidence = [...seen, noted(target, names, 'roles of the identity of the workspace')];
  if (held.some((one) => approverRoles.includes(roleAssignmentView(one).role)))
    return pass(`The identity of the workspace may approve ${to}: ${listed(names)}.`, evidence);
  if (held.some((one) => roleNames[roleAssignmentView(one).role] === undefined))
    return unknown(
      `Whether the custom roles ${listed(names.map(quoted))} allow the workspace to approve ${to} is not known.`,
      evidence,
    );
  return states.some((state) => state === 'Inactive' || state === 'Failed')
    ? fail(
        `The identity of the workspace has no role to approve ${to}, which are ${listed([...new Set(states.map((state) => state ?? 'without a state'))])}.`,
        evidence,
      )
    : unknown(`The identity of the workspace has no role to approve ${to}, whose state may still change.`, evidence);
}

export const workspaceManagedNetworkApprover = defineRule({
  id: 'workspace.managed-network-approver',
  title: 'Workspace may approve its managed private endpoints',
  problem: 'Workspace cannot approve its managed private endpoints',
  severity: 'medium',
  profiles: ['current'],
  for: ['managed-network'],
  explain: {
    why: 'A managed network asks each target to approve its private endpoint, and the identity of the workspace approves it. Without the role Azure AI Enterprise Network Connection Approver at the target, the endpoint stays pending.',
    fix: 'Assigns that role to the identity of the workspace at the target.',
    breaks:
      'None. The identity may approve private endpoint connections of that resource. An undo deletes the role assignment.',
    links: [links.managedNetwork, links.roles],
  },
  fixKind: 'guided',
  subjects: targets,
  check,
  fix({ target }, context) {
    const { index } = context;
    const principal = settingsPrincipal(index);
    if (principal === undefined) return 'The identity of the workspace is not known; the role cannot be assigned.';
    if (!mayAssign(target, index))
      return `You cannot assign roles on ${displayName(target)}. Ask its owner to assign Azure AI Enterprise Network Connection Approver.`;
    const advice = `The workspace may approve private endpoint connections of ${displayName(target)}. The assignment takes some minutes to apply.`;
    return roleProposal({ scope: target, role: roles.networkApprover, principal, advice }, context);
  },
});
