// What Azure counts and limits: addresses of subnets, network resources and cores of a region, sizes of machines (rules-catalogue
// R9, R13, R14, R28). Each answer is one document under its own path, since its items are no resources. Reads only; never throws.
import type { Pointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { itemsAt, numberAt, oncePerResource, textAt } from './read.ts';

export const addressUsagesOf = (vnet: string): string => `${vnet}/usages`;
export const networkUsagesOf = (subscription: string, location: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.Network/locations/${plainRegion(location)}/usages`;
export const coreUsagesOf = (subscription: string, location: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/${plainRegion(location)}/usages`;
export const machineSizesOf = (subscription: string, location: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/${plainRegion(location)}/vmSizes`;

/** `West Europe` and `westeurope` are one region; what cannot stand in a path is left out. */
export const plainRegion = (location: string): string => fold(location).replaceAll(/[^a-z0-9]/g, '');

export interface Usage {
  /** For addresses the id of the subnet; elsewhere it need not be the only one of its id. */
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly used: number;
  readonly limit: number;
  readonly pointer: Pointer;
}

/** The rows that show both numbers. */
export const usagesIn = oncePerResource((document: Resource): readonly Usage[] =>
  itemsAt(document.body, '/value').flatMap(({ item, pointer }) => {
    const [used, limit] = [numberAt(item, '/currentValue'), numberAt(item, '/limit')];
    if (used === undefined || limit === undefined) return [];
    return [
      { id: textAt(item, '/id'), type: textAt(item, '/type'), name: textAt(item, '/name/value'), used, limit, pointer },
    ];
  }),
);

export interface MachineSize {
  readonly name: string;
  readonly family: string | undefined;
  readonly cores: number | undefined;
  readonly pointer: Pointer;
}

export const machineSizesIn = oncePerResource((document: Resource): readonly MachineSize[] =>
  itemsAt(document.body, '/value').flatMap(({ item, pointer }) => {
    const name = textAt(item, '/name');
    if (name === undefined) return [];
    return [{ name, family: textAt(item, '/family'), cores: numberAt(item, '/vCPUs'), pointer }];
  }),
);
