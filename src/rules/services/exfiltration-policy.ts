// storage.exfiltration-policy: where outbound access is limited, a service endpoint policy limits which accounts a subnet
// reaches.

import { auditedAccounts, unresolvedAccounts } from '../../facts/accounts.ts';
import { outboundModeOf } from '../../facts/flows.ts';
import { connectsPrivately } from '../../facts/reach.ts';
import { editChange } from '../../model/change.ts';
import { addTo } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { findSubnet, subnetType, subnetView, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { servicePolicyType, servicePolicyView } from '../../resource-types/service-endpoint-policy.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { numberedName, placeToMake } from '../parts/naming.ts';
import { subnetKey } from '../parts/proposals.ts';
import { noTraining, trainingSubjects } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, listed, notApplicable, noted, pass, subnetShown } from '../parts/verdict.ts';
import type { CheckResult, Proposal, RuleContext, Subjects } from '../rule.ts';
import {
  completed,
  definitionsFor,
  endpointStanding,
  endpointsPointer,
  listsAccount,
  listsAlias,
  machineLearningAlias,
  serviceEndpoint,
} from './parts/service-endpoints.ts';

const policiesPointer = '/properties/serviceEndpointPolicies';

const trainingSubnets: Subjects<Resource> = {
  list: (context) => trainingSubjects(context),
  resolve: ({ resource: id }, { index }) =>
    noTraining(id, index) ??
    findSubnet(index, id) ??
    notApplicable(`${subnetShown(id)} does not exist; see workspace.network-preexists.`),
};

/** Accounts that the subnet reaches through its service endpoint. Throws UnreadableError when one was not found. */
function reachedByEndpoint(subnet: string, index: SnapshotIndex): string[] {
  const [missing] = unresolvedAccounts(index);
  if (missing) {
    const reason = `The storage account ${displayName(missing.name)} was not found in any readable subscription.`;
    throw new UnreadableError({ id: missing.name, reason, action: 'Microsoft.Storage/storageAccounts/read' });
  }
  return auditedAccounts(index)
    .filter((account) => account.missing === undefined)
    .map(({ id }) => id)
    .filter((id) => !connectsPrivately(id, subnet, index));
}

function check(subnet: Resource, { index }: RuleContext): CheckResult {
  const { id } = subnet;
  const name = subnetShown(id);
  if (outboundModeOf(id, index) !== 'limited') return notApplicable(`Outbound access of ${name} is not limited.`);
  const evidence = [
    evidenceAt(subnet, policiesPointer, 'service endpoint policies'),
    evidenceAt(subnet, endpointsPointer, 'service endpoints'),
  ];
  const policies = subnetView(subnet).endpointPolicies;
  if (policies.length === 0)
    return fail(`${name} has no service endpoint policy: nodes can copy data to any storage account.`, evidence);
  if (endpointStanding(subnet, 'storage', index).standing === 'none')
    return fail(`${name} has no Microsoft.Storage service endpoint, so its policy has no effect.`, evidence);
  const allowed = policies.flatMap((policy) => {
    const found = index.get(policy);
    return found ? servicePolicyView(found).definitions.flatMap(({ resources }) => resources) : [];
  });
  const all = [...evidence, noted(policies[0] ?? id, allowed, 'resources of the policy')];
  if (!listsAlias(allowed))
    return fail(`The policy of ${name} does not list ${machineLearningAlias}, so nodes cannot be created.`, all);
  const missing = reachedByEndpoint(id, index).filter((account) => !listsAccount(allowed, account));
  return missing.length === 0
    ? pass(`The policy of ${name} lists all storage accounts of the workspace.`, all)
    : fail(`The policy of ${name} blocks ${listed(missing.map(displayName))}.`, all);
}

/** One policy, complete in its first write and then set on the subnet; an existing policy gets what is missing. */
function limit(subnet: Resource, { index, isOwn }: RuleContext): readonly Proposal[] | string {
  const network = index.get(vnetOf(subnet.id));
  const location = network && vnetView(network).location;
  if (location === undefined) return `The region of the virtual network of ${subnetShown(subnet.id)} is not known.`;
  const accounts = reachedByEndpoint(subnet.id, index);
  const endpoint = serviceEndpoint(subnet, 'Microsoft.Storage', index);
  if (typeof endpoint === 'string') return endpoint;
  const [present] = subnetView(subnet).endpointPolicies;
  if (present !== undefined) {
    const policy = index.get(present);
    return policy
      ? [...endpoint, ...completed(policy, accounts)]
      : `The policy ${displayName(present)} of the subnet does not exist: remove it from the subnet first.`;
  }
  const parts = ['sep', displayName(vnetOf(subnet.id)), displayName(subnet.id)];
  const home = `${groupIdOf(subnet.id) ?? ''}/providers/${servicePolicyType}`;
  const { id, stands } = placeToMake(
    (position) => `${home}/${numberedName(parts, 80, position)}`,
    index,
    (there) => isOwn?.(there.id) === true,
  );
  const own = stands ? index.get(id) : undefined;
  const body = { location, properties: { serviceEndpointPolicyDefinitions: definitionsFor(accounts) } };
  const created: Proposal = { change: { kind: 'create', resource: id, edits: [], body }, phase: 1 };
  return [
    ...(own ? completed(own, accounts) : [created]),
    ...endpoint,
    {
      change: editChange(subnet.id, [addTo(subnet.body, policiesPointer, { id }, subnetKey)]),
      phase: 5,
      advice: `The policy lists the storage accounts that ${subnetShown(subnet.id)} may use; add your others to it first.`,
    },
  ];
}

export const storageExfiltrationPolicy = defineRule({
  id: 'storage.exfiltration-policy',
  title: 'Service endpoint policy limits the reachable accounts',
  problem: 'Service endpoint policy is missing or incomplete',
  severity: 'low',
  profiles: ['current'],
  strategyScope: 'workspace',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: "A security rule for the Storage tag of a region allows every account there. Code on a node can copy data to another tenant's account.",
    fix: 'Creates a service endpoint policy with the Azure Machine Learning alias and the accounts that the subnet uses. Sets it on the subnet as the last step. The Azure CLI cannot add the alias; Bastide sends it through Azure Resource Manager.',
    breaks:
      'The subnet can no longer reach accounts that the policy does not list, including those that only its jobs know.',
    links: [links.exfiltration, links.storageFirewall],
  },
  fixKind: 'guided',
  subjects: trainingSubnets,
  check,
  fix: limit,
});
