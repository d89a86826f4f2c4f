// Every other resource type: read only.
import { isArray, isObject, type Json } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { textAt } from './read.ts';
import type { ResourceType } from './resource-type.ts';

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
    columns: [{ title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' }],
    references(body) {
      const own = textAt(body, '/id');
      return [...new Set(idsIn(body))].filter((id) => own === undefined || fold(id) !== fold(own));
    },
  });
}
