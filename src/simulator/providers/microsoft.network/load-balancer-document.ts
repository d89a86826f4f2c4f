// What the network provider makes of the parts of a load balancer: their identities, what they name among themselves, and how
// whatever is named shows who names it.
import { fold, sameId } from '../../gateway/address.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, nameIn, object, put, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { replaceMembers, setFirst } from '../documents.ts';
import { invalidReference, missingValue } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

export const loadBalancerType = 'Microsoft.Network/loadBalancers';

const named = ['frontendIPConfigurations', 'backendAddressPools', 'probes'] as const;
/** Lists of parts that name others. */
const namingLists = ['loadBalancingRules', 'inboundNatRules', 'inboundNatPools', 'outboundRules'] as const;
export type PartList = (typeof named)[number] | (typeof namingLists)[number];

/** Under which member a part names one of a list, alone or as several. */
const references: readonly (readonly [member: string, of: (typeof named)[number]])[] = [
  ['frontendIPConfiguration', 'frontendIPConfigurations'],
  ['frontendIPConfigurations', 'frontendIPConfigurations'],
  ['backendAddressPool', 'backendAddressPools'],
  ['backendAddressPools', 'backendAddressPools'],
  ['probe', 'probes'],
];

/** Members of a part that say who names it: the service's own. */
const backReferences = [...namingLists, 'outboundRule', 'backendIPConfigurations', 'backendIPConfiguration'];

export const partsIn = (balancer: ArmJson | undefined, member: PartList): ArmObject[] =>
  list(balancer, 'properties', member).filter(isObject);

export function partNamed(balancer: ArmJson | undefined, member: PartList, name: string): ArmObject | undefined {
  return partsIn(balancer, member).find((part) => fold(text(part, 'name') ?? '') === fold(name));
}

/** A part as it is stored: `sent` under the identity that its place gives it. Throws where it has no name. */
export function settledPart(
  balancerId: string,
  member: PartList,
  sent: ArmObject,
  old: ArmObject | undefined,
): ArmObject {
  const name = text(sent, 'name') ?? text(old, 'name');
  if (name === undefined) throw missingValue(`properties.${member}[].name`);
  const next = object({ name, id: `${balancerId}/${member}/${name}`, type: `${loadBalancerType}/${member}` });
  const properties = replaceMembers(propertiesOf(old), propertiesOf(sent), ['provisioningState', ...backReferences]);
  setFirst(properties, 'provisioningState', 'Succeeded');
  put(next, 'properties', properties);
  const zones = at(sent, 'zones');
  if (zones !== undefined) put(next, 'zones', zones);
  return next;
}

/** Ids that a part names in a list. */
function namedBy(part: ArmObject, of: PartList): string[] {
  return references.flatMap(([member, where]) => {
    if (where !== of) return [];
    const value = at(part, 'properties', member);
    return (Array.isArray(value) ? value : [value]).flatMap((item) => text(item, 'id') ?? []);
  });
}

/** Throws where one of the parts names another that the load balancer does not have. */
export function checkNames(balancer: ArmJson | undefined, parts: readonly ArmObject[] = naming(balancer)): void {
  for (const part of parts) {
    for (const of of named) {
      const known = partsIn(balancer, of).map(idOf);
      const missing = namedBy(part, of).find((id) => !known.some((other) => sameId(other, id)));
      if (missing !== undefined) throw invalidReference(missing, idOf(part));
    }
  }
}

const naming = (balancer: ArmJson | undefined): ArmObject[] =>
  namingLists.flatMap((member) => partsIn(balancer, member));

/** Makes every part that is named show who names it, and no other. */
export function showNames(balancer: ArmObject): void {
  for (const of of named) {
    for (const part of partsIn(balancer, of)) {
      for (const member of namingLists) {
        const users = partsIn(balancer, member).filter((one) => namedBy(one, of).some((id) => sameId(id, idOf(part))));
        const properties = propertiesOf(part);
        if (users.length > 0) put(properties, member, json(users.map((user) => ({ id: idOf(user) }))));
        else properties.delete(nameIn(properties, member) ?? member);
      }
    }
  }
}

/** The parts that name this one. */
export const usersOfPart = (balancer: ArmJson | undefined, of: (typeof named)[number], id: string): string[] =>
  naming(balancer)
    .filter((part) => namedBy(part, of).some((other) => sameId(other, id)))
    .map(idOf);
