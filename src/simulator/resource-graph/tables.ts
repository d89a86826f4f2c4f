// Which table of Resource Graph holds which resource types, and what a row looks like. What no table lists, such as computes,
// datastores, outbound rules, locks and DNS zone groups, the service does not hold.
import { addressOf, fold, typeOf } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, text } from '../json.ts';
import { idOf } from '../store/store.ts';

export const tableNames = [
  'resources',
  'resourcecontainers',
  'networkresources',
  'dnsresources',
  'authorizationresources',
  'policyresources',
  'resourcechanges',
  'resourcecontainerchanges',
  'networkresourcechanges',
] as const;
export type TableName = (typeof tableNames)[number];

/** Tables of change records, each with the table of what changed. */
export const changeTables = {
  resourcechanges: 'resources',
  resourcecontainerchanges: 'resourcecontainers',
  networkresourcechanges: 'networkresources',
} as const satisfies { readonly [name: string]: TableName };
export type ChangeTable = keyof typeof changeTables;
export const isChangeTable = (table: TableName): table is ChangeTable => Object.hasOwn(changeTables, table);

const network = 'microsoft.network';
const learning = 'microsoft.machinelearningservices/workspaces';

/** Types below another resource that have rows; a type with one segment is in `resources` unless it stands here. */
const elsewhere: ReadonlyMap<string, TableName> = new Map<string, TableName>([
  ['microsoft.resources/subscriptions', 'resourcecontainers'],
  ['microsoft.resources/resourcegroups', 'resourcecontainers'],
  ...[
    `${network}/privatednszones/virtualnetworklinks`,
    `${learning}/onlineendpoints`,
    `${learning}/batchendpoints`,
  ].map((type) => [type, 'resources'] as const),
  ...[`${learning}/onlineendpoints/deployments`, `${learning}/batchendpoints/deployments`].map(
    (type) => [type, 'resources'] as const,
  ),
  ...['a', 'aaaa', 'cname', 'mx', 'ptr', 'soa', 'srv', 'txt'].map(
    (kind) => [`${network}/privatednszones/${kind}`, 'dnsresources'] as const,
  ),
  [`${network}/firewallpolicies/rulecollectiongroups`, 'networkresources'],
  ...['links', 'linkreferences', 'profiles', 'profiles/accessrules', 'resourceassociations'].map(
    (part) => [`${network}/networksecurityperimeters/${part}`, 'networkresources'] as const,
  ),
  ...[
    'connectivityconfigurations',
    'networkgroups',
    'networkgroups/staticmembers',
    'securityadminconfigurations',
    'securityadminconfigurations/rulecollections',
    'securityadminconfigurations/rulecollections/rules',
  ].map((part) => [`${network}/networkmanagers/${part}`, 'networkresources'] as const),
  ...['roleassignments', 'roledefinitions'].map(
    (type) => [`microsoft.authorization/${type}`, 'authorizationresources'] as const,
  ),
  ...['policyassignments', 'policydefinitions', 'policysetdefinitions', 'policyexemptions'].map(
    (type) => [`microsoft.authorization/${type}`, 'policyresources'] as const,
  ),
]);

/** Undefined for what Resource Graph does not hold. */
export function tableOf(id: string): TableName | undefined {
  const type = fold(typeOf(id));
  const found = elsewhere.get(type);
  if (found !== undefined) return found;
  const address = addressOf(id);
  const isTracked = address.group !== undefined && address.types.length === 1 && address.names.length === 1;
  return isTracked && !/^microsoft\.(?:authorization|resources)\//.test(type) ? 'resources' : undefined;
}

/** The names of the columns of a row. */
export const tableColumns: readonly string[] = [
  ...['id', 'name', 'type', 'tenantId', 'kind', 'location', 'resourceGroup', 'subscriptionId', 'managedBy', 'sku'],
  ...['plan', 'properties', 'tags', 'identity', 'zones', 'extendedLocation'],
];

/** The members of a resource that are columns; a row holds every column, null where the resource has no such member. */
const columns = ['kind', 'location', 'managedBy', 'sku', 'plan', 'tags', 'identity', 'zones', 'extendedLocation'];
const emptyTexts = ['kind', 'location', 'managedBy'];

/**
 * The row of a resource as ARM shows it. The id and the type are in lower case; ids inside keep their spelling but for the resource
 * group, which is in lower case as well.
 */
export function rowOf(body: ArmObject, tenant: string): ArmObject {
  const row = headOf(idOf(body), tenant);
  const name = text(body, 'name') ?? text(body, 'displayName');
  if (name !== undefined) row.set('name', name);
  for (const name of columns) row.set(name, lowered(at(body, name) ?? (emptyTexts.includes(name) ? '' : null)));
  row.set('properties', lowered(at(body, 'properties') ?? propertiesOf(body)));
  return row;
}

/** The columns of a row that follow from the id. */
export function headOf(id: string, tenant: string): ArmObject {
  const address = addressOf(id);
  const isGroup = fold(typeOf(id)) === 'microsoft.resources/resourcegroups';
  return new Map<string, ArmJson>([
    ['id', fold(id)],
    ['name', id.slice(id.lastIndexOf('/') + 1)],
    ['type', isGroup ? 'microsoft.resources/subscriptions/resourcegroups' : fold(typeOf(id))],
    ['tenantId', tenant],
    ['resourceGroup', fold(address.group ?? '')],
    ['subscriptionId', address.subscription ?? ''],
  ]);
}

/** A subscription keeps beside its id what other resources keep in `properties`. */
function propertiesOf(body: ArmObject): ArmJson {
  if (fold(typeOf(idOf(body))) !== 'microsoft.resources/subscriptions') return null;
  return new Map([...body].filter(([name]) => !['id', 'name', 'type', 'tags'].includes(name)));
}

const groupInId = /^(\/subscriptions\/[^/]+\/resourcegroups\/)([^/]+)/i;

function lowered(value: ArmJson): ArmJson {
  if (typeof value === 'string') {
    if (!value.startsWith('/')) return value;
    return value.replace(groupInId, (_, before: string, group: string) => before + fold(group));
  }
  if (Array.isArray(value)) return value.map(lowered);
  if (value instanceof Map) return new Map([...value].map(([name, item]) => [name, lowered(item)]));
  return value;
}
