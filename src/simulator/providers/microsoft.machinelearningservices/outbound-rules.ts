// Microsoft.MachineLearningServices/workspaces/outboundRules: 200 or 202, never 201; the workspace shows them too, and takes one
// write at a time.
import { nameOf, parentOf } from '../../gateway/address.ts';
import { type ArmObject, at, clone, isObject, object, put } from '../../json.ts';
import type { ProviderType } from '../provider.ts';
import { ruleGone, ruleStored } from './managed-network-effects.ts';
import { badRequest, isUserDefined, ruleType } from './managed-network-parts.ts';
import { settledRule } from './outbound-rule-document.ts';

export const outboundRules: ProviderType = {
  type: ruleType,
  shape: { properties: { type: 'text', category: 'text' } },
  long: { put: 'location', delete: 'location' },
  always202: true,
  leastWait: 10,
  created: 200,
  allows: { patch: false },
  provisions: false,
  holds: parentOf,
  replace({ before, body, id, store }) {
    const old = at(before, 'properties');
    const workspace: ArmObject = store.get(parentOf(id)) ?? new Map();
    const properties = settledRule(
      store,
      workspace,
      nameOf(id),
      at(body, 'properties'),
      isObject(old) ? old : undefined,
    );
    const next = before ? clone(before) : object({});
    put(next, 'properties', properties);
    return next;
  },
  mayDelete({ before, id }) {
    if (!isUserDefined(at(before, 'properties')))
      throw badRequest(`The outbound rule '${nameOf(id)}' is the service's own and cannot be deleted.`);
  },
  stored: ruleStored,
  gone: (store, id, _newId, body) => ruleGone(store, id, body),
};
