// Service endpoint policies: what they admit, and the definitions that admit accounts and what Batch needs to make nodes.
import { policyDefinitionsPointer, servicePolicyView } from '../../kinds/service-endpoint-policy.ts';
import { editChange } from '../../model/change.ts';
import { addTo } from '../../model/edit.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin } from '../../model/resource-id.ts';
import type { Proposal } from '../rule.ts';

/** Lets Batch make nodes: what it needs in storage accounts of its own (rules-catalogue, D9). */
export const machineLearningAlias = '/services/Azure/MachineLearning';

export const admitsAlias = (admitted: readonly string[]): boolean =>
  admitted.some((one) => fold(one) === fold(machineLearningAlias));

/** Definitions that admit these accounts and, where it is missing, the alias. */
export const definitionsFor = (accounts: readonly string[], withAlias = true): JsonObject[] => [
  ...(accounts.length === 0 ? [] : [definition('accounts', 'Microsoft.Storage', accounts)]),
  ...(withAlias ? [definition('machine-learning', 'Global', [machineLearningAlias])] : []),
];
const definition = (name: string, service: string, resources: readonly string[]): JsonObject => ({
  name,
  properties: { service, serviceResources: [...resources] },
});

export const admits = (admitted: readonly string[], account: string): boolean =>
  admitted.some((one) => isWithin(account, one));

/** What an existing policy lacks, as definitions of their own. */
export function completed(policy: Resource, accounts: readonly string[]): Proposal[] {
  const { definitions } = servicePolicyView(policy);
  const admitted = definitions.flatMap(({ resources }) => resources);
  const missing = accounts.filter((account) => !admits(admitted, account));
  const taken = definitions.map(({ name }) => fold(name));
  const edits = definitionsFor(missing, !admitsAlias(admitted)).map((one) => {
    const name = String(one.name);
    const free = taken.includes(fold(name)) ? `${name}-${definitions.length + 1}` : name;
    return addTo(policy.body, policyDefinitionsPointer, { ...one, name: free }, { member: 'name', fold: true });
  });
  return edits.length === 0 ? [] : [{ change: editChange(policy.id, edits), phase: 2 }];
}
