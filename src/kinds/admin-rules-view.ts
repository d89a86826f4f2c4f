// The security admin rules that a network manager puts in force in a virtual network: an answer of Azure's, kept as one document
// under the path of the question, since its items are no resources. Reads only; never throws.
import type { Json } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { itemsAt, textAt } from './read.ts';

export const adminRulesType = 'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules';

/** Id of the document about a network. */
export const adminRulesOf = (vnet: string): string => `${vnet}/listNetworkManagerEffectiveSecurityAdminRules`;

export interface AdminRule {
  readonly id: string;
  readonly name: string;
  readonly raw: Json;
  readonly pointer: string;
}

/** Each rule with where it stands in the document. A rule without an id is called by its number. */
export const adminRulesIn = (document: Resource): readonly AdminRule[] =>
  itemsAt(document.body, '/value').map(({ item, pointer }, index) => {
    const id = textAt(item, '/id') ?? '';
    const name = id.slice(id.lastIndexOf('/') + 1) || `rule ${index + 1}`;
    return { id, name, raw: item, pointer };
  });

/** Name of the network manager that an id of a rule lies under. */
export const managerOf = (ruleId: string): string | undefined => /\/networkmanagers\/([^/]+)/i.exec(ruleId)?.[1];
