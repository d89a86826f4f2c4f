// What the documents of private DNS share: one place, which is everywhere, and etags of their own kind.
import { fold } from '../../gateway/address.ts';
import { gatewayError } from '../../gateway/answer.ts';
import { type ArmObject, put } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { setFirst } from '../documents.ts';
import { requireLocation } from './references.ts';

export const zoneType = 'Microsoft.Network/privateDnsZones';
export const linkType = `${zoneType}/virtualNetworkLinks`;

/** Sets the place, or refuses another one in ARM's words. */
export function placeEverywhere(next: ArmObject, type: string): void {
  const location = requireLocation(next);
  if (fold(location) !== 'global') {
    throw gatewayError(
      400,
      'LocationNotAvailableForResourceType',
      `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is 'global'.`,
    );
  }
  put(next, 'location', 'global');
}

/** Plain GUIDs, unlike the rest of the network provider. */
export function stamp(store: Store, id: string, newId: () => string): void {
  const body = store.get(id);
  if (body) setFirst(body, 'etag', newId());
}
