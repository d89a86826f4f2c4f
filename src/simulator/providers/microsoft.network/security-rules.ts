// Microsoft.Network/networkSecurityGroups/securityRules: inline in the group; priority and direction are unique.
import { fold, parentOf } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { at, JsonNumber, list, put, text } from '../../json.ts';
import { replaceDocument, setFirst } from '../documents.ts';
import type { ProviderType } from '../provider.ts';
import { touch } from './network-parts.ts';
import { propertiesOf } from './subnet-document.ts';

const [lowest, highest] = [100, 4096];
const plurals = ['sourcePortRanges', 'destinationPortRanges', 'sourceAddressPrefixes', 'destinationAddressPrefixes'];
const required = ['protocol', 'access', 'priority', 'direction'];

export const securityRules: ProviderType = {
  type: 'Microsoft.Network/networkSecurityGroups/securityRules',
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  making: 'Updating',
  etags: true,
  holds: parentOf,
  replace({ before, body, id, store }) {
    const next = replaceDocument(before, body);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    for (const name of required) {
      if (at(properties, name) === undefined) {
        throw networkError(
          400,
          'SecurityRuleMissingRequiredParameter',
          `Security rule ${id} lacks the required parameter ${name}.`,
        );
      }
    }
    for (const name of plurals) if (at(properties, name) === undefined) put(properties, name, []);
    const priority = at(properties, 'priority');
    const value = priority instanceof JsonNumber ? Number(priority.text) : Number.NaN;
    if (!(value >= lowest && value <= highest)) {
      throw networkError(
        400,
        'SecurityRuleInvalidPriority',
        `Security rule has invalid Priority. Value provided: ${Number.isNaN(value) ? 'nothing' : value} Allowed range ${lowest}-${highest}.`,
      );
    }
    const direction = fold(text(properties, 'direction') ?? '');
    const rival = list(store.get(parentOf(id)), 'properties', 'securityRules').find((rule) => {
      const other = at(rule, 'properties', 'priority');
      const isOther = fold(text(rule, 'id') ?? '') !== fold(id);
      return (
        isOther &&
        other instanceof JsonNumber &&
        Number(other.text) === value &&
        fold(text(rule, 'properties', 'direction') ?? '') === direction
      );
    });
    if (rival) {
      throw networkError(
        400,
        'SecurityRuleConflict',
        `Security rule ${id.slice(id.lastIndexOf('/') + 1)} conflicts with rule ${text(rival, 'name')}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`,
      );
    }
    setFirst(properties, 'provisioningState', 'Succeeded');
    return next;
  },
  stored: touch,
  gone: touch,
};
