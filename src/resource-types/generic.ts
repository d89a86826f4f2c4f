// Every other resource type: read only, at the api-version of its namespace.
import { isArray, isObject, type Json } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { textAt } from './read.ts';
import type { ResourceType } from './resource-type.ts';

/** Longest match wins; a namespace alone covers all its types. */
const versions: Readonly<Record<string, string>> = {
  'microsoft.network': '2024-01-01',
  'microsoft.network/privatednszones': '2024-06-01',
  'microsoft.network/networksecurityperimeters': '2024-07-01',
  'microsoft.storage': '2023-05-01',
  'microsoft.keyvault': '2023-07-01',
  'microsoft.containerregistry': '2023-07-01',
  'microsoft.machinelearningservices': '2024-04-01',
  'microsoft.containerservice': '2024-05-01',
  'microsoft.compute': '2024-07-01',
  'microsoft.hdinsight': '2021-06-01',
  'microsoft.databricks': '2024-05-01',
  'microsoft.containerinstance': '2023-05-01',
  'microsoft.authorization/locks': '2020-05-01',
  'microsoft.authorization/policyassignments': '2024-05-01',
  'microsoft.authorization/policydefinitions': '2024-05-01',
  'microsoft.authorization/policysetdefinitions': '2024-05-01',
  'microsoft.authorization': '2022-04-01',
  'microsoft.resources': '2024-07-01',
};
const otherwise = '2024-07-01';

/** The api-version a type is read at. */
export function versionOf(type: string): string {
  const parts = fold(type).split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const key = parts.slice(0, length).join('/');
    const version = Object.hasOwn(versions, key) ? versions[key] : undefined;
    if (version !== undefined) return version;
  }
  return otherwise;
}

const names: Readonly<Record<string, readonly [string, string]>> = {
  'microsoft.network/privateendpoints': ['private endpoint', 'private endpoints'],
  'microsoft.network/networksecurityperimeters': ['network security perimeter', 'network security perimeters'],
  'microsoft.network/networksecurityperimeters/profiles': ['perimeter profile', 'perimeter profiles'],
  'microsoft.compute/virtualmachines/instanceview': ['instance view', 'instance views'],
  'microsoft.network/virtualnetworks/usages': ['address usage', 'address usages'],
  'microsoft.network/virtualnetworks/listnetworkmanagereffectivesecurityadminrules': [
    'security admin rules',
    'security admin rules',
  ],
  'microsoft.network/locations/usages': ['network quota', 'network quotas'],
  'microsoft.machinelearningservices/locations/usages': ['core quota', 'core quotas'],
  'microsoft.machinelearningservices/locations/vmsizes': ['VM sizes', 'VM sizes'],
  'microsoft.machinelearningservices/workspaces/outboundnetworkdependenciesendpoints': [
    'list of required hosts',
    'lists of required hosts',
  ],
  'microsoft.authorization/policyassignments': ['policy assignment', 'policy assignments'],
  'microsoft.authorization/policydefinitions': ['policy definition', 'policy definitions'],
  'microsoft.authorization/policysetdefinitions': ['policy initiative', 'policy initiatives'],
  'microsoft.resources/resourcegroups': ['resource group', 'resource groups'],
};

/** Ids anywhere in a body: the references of a resource of an unknown type. */
function idsIn(value: Json): string[] {
  if (typeof value === 'string')
    return /^\/subscriptions\/[^/]+\/resourcegroups\/.+\/providers\//i.test(value) ? [value] : [];
  if (isArray(value)) return value.flatMap(idsIn);
  return isObject(value) ? Object.values(value).flatMap(idsIn) : [];
}

/** A read-only resource type for an ARM type without a file. */
export function genericResourceType(type: string): ResourceType {
  const last = type.split('/').at(-1) ?? type;
  const [label, plural] = (Object.hasOwn(names, fold(type)) ? names[fold(type)] : undefined) ?? [last, last];
  return defineResourceType({
    type,
    label,
    plural,
    apiVersion: versionOf(type),
    columns: [{ title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' }],
    references(body) {
      const own = textAt(body, '/id');
      return [...new Set(idsIn(body))].filter((id) => own === undefined || fold(id) !== fold(own));
    },
  });
}
