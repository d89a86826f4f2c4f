// How a rule is written down: what every rule has in common is filled in here, so that a rule's file holds only its own.
import type { Rule } from './rule.ts';

export type Draft = Omit<Rule, 'letters' | 'gates' | 'undo' | 'for' | 'profiles'> &
  Partial<Pick<Rule, 'letters' | 'gates' | 'undo' | 'for' | 'profiles'>>;

const ownStrategy = /^(storage|keyvault|acr)\./;

/**
 * Completes a rule: both profiles, all three architectures, no gates and no undo unless it says otherwise; letters held
 * against the subject's own strategy for storage, vault and registry rules, else the workspace's (rules-catalogue 3.13).
 */
export const defineRule = (draft: Draft): Rule => ({
  letters: ownStrategy.test(draft.id) ? 'subject' : 'workspace',
  profiles: ['seed-2020', 'current'],
  for: ['service-endpoint', 'private-endpoint', 'managed-network'],
  gates: [],
  undo: 'none',
  ...draft,
});
