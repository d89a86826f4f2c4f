// Azure's answers that are stored as one document each, under the path of the request, since their items are not resources:
// security admin rules, usages and sizes, and the diagnosis of a workspace. Reads only; never throws.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer, memberNames, type Pointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { itemsAt, listAt, memoizePerResource, numberAt, textAt } from './read.ts';

export const adminRulesType = 'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules';

/** Id of the document about a network. */
export const adminRulesOf = (vnet: string): string => `${vnet}/listNetworkManagerEffectiveSecurityAdminRules`;

export interface AdminRule {
  readonly id: string;
  readonly name: string;
  readonly raw: Json;
  readonly pointer: string;
}

/** Each rule with its pointer in the document. A rule without an id is named by its number. */
export const adminRulesIn = (document: Resource): readonly AdminRule[] =>
  itemsAt(document.body, '/value').map(({ item, pointer }, index) => {
    const id = textAt(item, '/id') ?? '';
    const name = id.slice(id.lastIndexOf('/') + 1) || `rule ${index + 1}`;
    return { id, name, raw: item, pointer };
  });

export const connectivityType =
  'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveConnectivityConfigurations';

/** Id of the document about the connectivity configurations of a network. */
export const connectivityOf = (vnet: string): string => `${vnet}/listNetworkManagerEffectiveConnectivityConfigurations`;

export interface ConnectedGroup {
  /** Id of the network group whose members reach each other. */
  readonly group: string;
  /** Also across regions. */
  readonly isGlobal: boolean;
  readonly pointer: string;
}

/** The groups whose members reach each other without a peering: of a mesh, or of a hub and spoke with direct connectivity. */
export const connectedGroupsIn = memoizePerResource((document: Resource): readonly ConnectedGroup[] =>
  itemsAt(document.body, '/value').flatMap(({ item, pointer }) => {
    const isMesh = fold(textAt(item, '/properties/connectivityTopology') ?? '') === 'mesh';
    const all = isTrue(valueAt(item, '/properties/isGlobal'));
    return itemsAt(item, '/properties/appliesToGroups').flatMap(({ item: applied, pointer: at }) => {
      const group = textAt(applied, '/networkGroupId');
      const isDirect = fold(textAt(applied, '/groupConnectivity') ?? '') === 'directlyconnected';
      if (group === undefined || !(isMesh || isDirect)) return [];
      return [{ group, isGlobal: all || isTrue(valueAt(applied, '/isGlobal')), pointer: `${pointer}${at}` }];
    });
  }),
);
/** Azure writes these as text. */
const isTrue = (value: Json | undefined): boolean =>
  value === true || (typeof value === 'string' && fold(value) === 'true');

/** Name of the network manager in a rule's id. */
export const managerOf = (ruleId: string): string | undefined => /\/networkmanagers\/([^/]+)/i.exec(ruleId)?.[1];

/** The hosts that a workspace needs, as it lists them itself: id of the document. */
export const requiredHostsOf = (workspace: string): string => `${workspace}/outboundNetworkDependenciesEndpoints`;
export interface RequiredHost {
  readonly category: string;
  readonly host: string;
  readonly ports: readonly string[];
}
export const requiredHostsIn = (document: Resource): readonly RequiredHost[] =>
  listAt(document.body, '/value').flatMap((item) =>
    listAt(item, '/properties/endpoints').flatMap((endpoint) => {
      const host = textAt(endpoint, '/domainName');
      if (host === undefined) return [];
      const ports = listAt(endpoint, '/endpointDetails').flatMap((one) => numberAt(one, '/port') ?? []);
      return [{ category: textAt(item, '/properties/category') ?? '', host, ports: ports.map(String) }];
    }),
  );

// Usages and limits: addresses of subnets, network resources and cores of a region, sizes of virtual machines.
export const addressUsagesOf = (vnet: string): string => `${vnet}/usages`;
export const networkUsagesOf = (subscription: string, location: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.Network/locations/${plainRegion(location)}/usages`;
export const coreUsagesOf = (subscription: string, location: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/${plainRegion(location)}/usages`;
export const machineSizesOf = (subscription: string, location: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/${plainRegion(location)}/vmSizes`;

/** `West Europe` and `westeurope` are one region; characters illegal in a path are removed. */
export const plainRegion = (location: string): string => fold(location).replaceAll(/[^a-z0-9]/g, '');

export interface Usage {
  /** For addresses the id of the subnet; elsewhere it need not be unique. */
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly used: number;
  readonly limit: number;
  readonly pointer: Pointer;
}

/** The rows with both numbers. */
export const usagesIn = memoizePerResource((document: Resource): readonly Usage[] =>
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

export const machineSizesIn = memoizePerResource((document: Resource): readonly MachineSize[] =>
  itemsAt(document.body, '/value').flatMap(({ item, pointer }) => {
    const name = textAt(item, '/name');
    if (name === undefined) return [];
    return [{ name, family: textAt(item, '/family'), cores: numberAt(item, '/vCPUs'), pointer }];
  }),
);

// The answer of `POST {workspace}/diagnose`. Undocumented codes are kept like all others.
export const diagnosisType = 'Microsoft.MachineLearningServices/workspaces/diagnose';
export const diagnosisAction = `${diagnosisType}/action`;
export const diagnosisOf = (workspace: string): string => `${workspace}/diagnose`;

export interface Statement {
  /** `storageAccountResults`, as the answer names it. */
  readonly category: string;
  readonly pointer: Pointer;
  readonly code: string | undefined;
  /** `Warning`, `Error`, `Information`, or any other value. */
  readonly level: string | undefined;
  readonly message: string | undefined;
  readonly raw: Json;
}

/** Every statement of an answer; undefined when it is not in the documented form. */
export function statementsIn(body: JsonObject): readonly Statement[] | undefined {
  const categories = valueAt(body, '/value');
  if (!isObject(categories)) return undefined;
  const lists = memberNames(categories).map((name) => [name, `/value${formatPointer([name])}`] as const);
  if (lists.some(([, pointer]) => !isListOrNothing(valueAt(body, pointer)))) return undefined;
  return lists.flatMap(([category, pointer]) =>
    listAt(body, pointer).map((raw, index) => ({
      category,
      pointer: `${pointer}/${index}`,
      code: textAt(raw, '/code'),
      level: textAt(raw, '/level'),
      message: textAt(raw, '/message'),
      raw,
    })),
  );
}

const isListOrNothing = (value: Json | undefined): boolean => value === undefined || value === null || isArray(value);
