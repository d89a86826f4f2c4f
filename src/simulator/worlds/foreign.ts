// World "foreign": the world "mixed" as real Azure spells it, in ragged pages, with a lock whose note is hostile: ids, enumerations
// and regions in any letter case, numbers with fractions, nulls where objects are expected, undocumented members, and terminal
// escape sequences in every free text. No setting is changed, so an audit must come to the same results. Taken from recorded answers.
import { fold, typeOf } from '../gateway/address.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  isObject,
  JsonNumber,
  parseJson,
  put,
  stringifyJson,
  text,
} from '../json.ts';
import { account, resourcesOf, type WorldFile, worldFile } from './world.ts';

/** Members whose values are enumerations: letter case carries no meaning in them. What tells kinds apart is always spelt alike. */
const enumerations = new Set(
  [
    'access action bypass defaultAction direction isolationMode level protocol provisioningState',
    'publicNetworkAccess remoteLoginPortPublicAccess sshPublicAccess state status subresourceTarget tier',
  ].flatMap((names) => names.split(' ')),
);
/** Enumerations of sets: members joined by commas, with any spacing. */
const sets = new Set(['bypass']);
/** Members that people fill in as they like. */
const freeTexts = new Set(['description', 'friendlyName', 'notes', 'displayName', 'userName']);
/** Numbers that Azure gives as decimals now and then. */
const counts = new Set([
  'maxNodeCount',
  'minNodeCount',
  'currentNodeCount',
  'targetNodeCount',
  'priority',
  'sshPort',
  'ttl',
]);

const esc = '\u001b';
/** What a hostile or careless author leaves in a free text: colours, a link, a title, C1 controls, breaks, bidi marks, emoji. */
export const strange =
  `a${esc}[31mred${esc}[0m ${esc}]8;;https://example.org\u0007link${esc}]8;;\u0007 ${esc}]0;title\u0007\u009b2J` +
  '\r\nnext\tline \u202egnp.exe\u202c \u200bnothing\u2066 👩‍🔬 e\u0301 \u0000end';
const longTag = `${strange} ${'x'.repeat(255)}`;

/** Optional objects and lists that a type may show as null, under `properties`. */
const nullable: Readonly<Record<string, readonly string[]>> = {
  'microsoft.machinelearningservices/workspaces': [
    'imageBuildCompute',
    'privateEndpointConnections',
    'serverlessComputeSettings',
    'sharedPrivateLinkResources',
    'encryption',
  ],
  'microsoft.machinelearningservices/workspaces/computes': ['description', 'resourceId', 'provisioningErrors'],
  'microsoft.machinelearningservices/workspaces/datastores': ['tags', 'description'],
  'microsoft.storage/storageaccounts': ['privateEndpointConnections', 'networkAcls', 'customDomain', 'isHnsEnabled'],
  'microsoft.keyvault/vaults': ['networkAcls', 'privateEndpointConnections', 'enablePurgeProtection'],
  'microsoft.containerregistry/registries': ['networkRuleSet', 'encryption'],
  'microsoft.network/virtualnetworks': ['dhcpOptions', 'virtualNetworkPeerings', 'ddosProtectionPlan'],
  'microsoft.network/virtualnetworks/subnets': [
    'networkSecurityGroup',
    'routeTable',
    'natGateway',
    'serviceEndpoints',
    'serviceEndpointPolicies',
    'delegations',
  ],
  'microsoft.network/privateendpoints': ['manualPrivateLinkServiceConnections', 'customDnsConfigs', 'ipConfigurations'],
};
/** Members seen in real answers and in no published document. */
const undocumented: Readonly<Record<string, readonly (readonly [member: string, value: ArmJson])[]>> = {
  'microsoft.machinelearningservices/workspaces': [
    ['sdkTelemetryAppInsightsKey', '00000000-0000-4000-8000-00000000002c'],
    ['allowRoleAssignmentOnRG', true],
    ['softDeleteEnabled', false],
    ['enableDataIsolation', false],
    ['linkedModelInventoryArmId', null],
  ],
  'microsoft.storage/storageaccounts': [['dualStackEndpointPreference', new Map([['publishIpv6Endpoint', false]])]],
  'microsoft.keyvault/vaults': [['hsmPoolResourceId', null]],
  'microsoft.network/virtualnetworks': [['privateEndpointVNetPolicies', 'Disabled']],
};

/** JSON text of an array of resources, in and out. The same text always gives the same answer. */
export function asAzureSpells(resources: string): string {
  const bodies = parseJson(resources);
  if (!Array.isArray(bodies)) return resources;
  const subnets = new Map(
    bodies.filter(isObject).map((body) => [text(body, 'id'), text(body, 'properties', 'subnet', 'id')]),
  );
  return stringifyJson(bodies.map((body) => (isObject(body) ? resource(body, subnets) : body)));
}

function resource(body: ArmObject, subnets: ReadonlyMap<string | undefined, string | undefined>): ArmObject {
  const id = text(body, 'id') ?? '';
  const type = fold(typeOf(id));
  const next: ArmObject = new Map(body);
  for (const [name, value] of body)
    if (name !== 'id' && name !== 'name' && name !== 'type') next.set(name, spelt(value, name, `${id}/${name}`));
  const isTagged = body.has('location');
  if (isTagged) next.set('tags', tags(at(next, 'tags')));
  const properties = at(next, 'properties');
  if (isObject(properties)) decorate(properties, type, subnets);
  return next;
}

/** The tags that are there, and what people put into tags. */
function tags(present: ArmJson | undefined): ArmJson {
  const next: ArmObject = new Map(isObject(present) ? present : []);
  next.set('note', strange);
  next.set(`\u001b[7m${'k'.repeat(120)}`, longTag);
  next.set('hidden-link:/subscriptions', null);
  return next;
}

function decorate(
  properties: ArmObject,
  type: string,
  subnets: ReadonlyMap<string | undefined, string | undefined>,
): void {
  for (const name of nullable[type] ?? []) {
    const value = at(properties, name);
    if (value === undefined || (Array.isArray(value) && value.length === 0)) put(properties, name, null);
  }
  for (const [name, value] of undocumented[type] ?? []) if (!properties.has(name)) put(properties, name, value);
  for (const subnet of children(properties, 'subnets')) {
    const inside = at(subnet, 'properties');
    if (isObject(inside)) decorate(inside, `${type}/subnets`, subnets);
  }
  for (const connection of children(properties, 'privateEndpointConnections')) {
    const endpoint = at(connection, 'properties', 'privateEndpoint');
    const where = [...subnets].find(([id]) => id !== undefined && fold(id) === fold(text(endpoint, 'id') ?? ''))?.[1];
    if (isObject(endpoint) && where !== undefined) put(endpoint, 'subnetArmId', where);
  }
  if (type.endsWith('/datastores')) {
    // Known by its name alone, as datastores made by the first SDK are.
    put(properties, 'subscriptionId', null);
    put(properties, 'resourceGroup', null);
  }
}

const children = (properties: ArmObject, member: string): ArmJson[] => {
  const found = at(properties, member);
  return Array.isArray(found) ? found : [];
};

function spelt(value: ArmJson, name: string, path: string): ArmJson {
  if (Array.isArray(value)) return value.map((item, index) => spelt(item, name, `${path}/${index}`));
  if (isObject(value)) {
    return new Map([...value].map(([member, item]) => [member, spelt(item, member, `${path}/${member}`)]));
  }
  if (value instanceof JsonNumber) return counts.has(name) ? new JsonNumber(`${value.text}.0`) : value;
  if (typeof value !== 'string') return value;
  const turn = turnOf(path);
  if (freeTexts.has(name)) return `${value} ${strange}`;
  if (name === 'location') return turn === 0 ? 'West Europe' : value;
  if (value.startsWith('/subscriptions/')) {
    return turn === 0
      ? value.toLowerCase()
      : turn === 1
        ? value.replace('/resourceGroups/', '/resourcegroups/')
        : value;
  }
  if (sets.has(name)) return turn === 0 ? value.replaceAll(', ', ',').toLowerCase() : value.replaceAll(', ', ' ,  ');
  if (enumerations.has(name)) return turn === 0 ? value.toLowerCase() : turn === 1 ? value.toUpperCase() : value;
  return value;
}

/** 0, 1 or 2: which of three spellings this place gets. */
function turnOf(path: string): number {
  let sum = 0;
  for (const character of path) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 999_983;
  return sum % 3;
}

/** The same in Azure's documented spelling. */
export const cleanTwin = (): string => stringifyJson([...resourcesOf('mixed'), parseJson(lock())]);

function lock(): string {
  const scope = account('stmlarch').replace('/resourceGroups/', '/resourcegroups/');
  const notes = JSON.stringify(`Ask first. ${strange}`);
  return `{"properties": {"level": "CanNotDelete", "notes": ${notes}, "owners": null},
    "id": "${scope}/providers/Microsoft.Authorization/locks/keep-archive", "type": "Microsoft.Authorization/locks", "name": "keep-archive"}`;
}

const mixed = worldFile('mixed', 'Half closed');

export const foreign: WorldFile = {
  ...{ name: 'foreign', aliases: [], title: 'Half closed, in Azure’s real spelling', pages: 'ragged' },
  get intents() {
    return mixed.intents;
  },
  get faults() {
    return mixed.faults;
  },
  resources: () => asAzureSpells(cleanTwin()),
};
