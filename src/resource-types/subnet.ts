// Subnets and their service association links. A subnet is written with a PUT without what Azure computes, never through its
// network: that would replace every subnet. How a subnet appears in its network's body is in network-view.ts (`subnetsOf`,
// `withSubnet`).
import { writeVersionOf } from '../model/api-versions.ts';
import type { Change } from '../model/change.ts';
import { applyEdits, type Edit, type ListKey } from '../model/edit.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { type Pointer, parsePointer, updateAt, valueAt, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, nameInParent, parseId } from '../model/resource-id.ts';
import { defineResourceType, ifRead, unseen } from './define.ts';
import { subnetType, subnetView, vnetOf, withoutSubnet, withSubnet } from './network-view.ts';
import { actionOn, eachObject, groupOf, isUnder, sendable, twinSpelling, without } from './parts/bodies.ts';
import { attachmentEffects, movedItems, movedText } from './parts/effects.ts';
import { parentSideEffects } from './parts/inline-list.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';
import type { ChangeSides, OwnEffect, WriteRequest } from './resource-type.ts';

// Container instances leave a service association link on a subnet. Its name in the subnet's body is `acisal`, and it is
// deleted as `default`. Only the service creates one.
export const associationLinks = '/properties/serviceAssociationLinks';
export const linkKey = { member: 'name', fold: true };

/** Is it a link of container instances? Other services create links too. */
export const isContainerLink = (link: Json): boolean =>
  fold(textAt(link, '/properties/linkedResourceType') ?? '') === 'microsoft.containerinstance/containergroups';

const removesLink = (edit: Edit): boolean =>
  edit.op === 'remove' && edit.pointer === associationLinks && isContainerLink(edit.before);
const touchesLinks = (edits: readonly Edit[]): boolean =>
  edits.some(({ pointer }) => pointer === associationLinks || pointer.startsWith(`${associationLinks}/`));

const linkType = 'Microsoft.ContainerInstance/serviceAssociationLinks';
const idIn = (subnet: string): string => `${subnet}/providers/${linkType}/default`;

/** The request that removes the link, or why there is none: a separate DELETE removes it, and only the service creates one. */
function unlinkRequest(subnet: string, edits: readonly Edit[]): WriteRequest | string {
  const [edit] = edits;
  return edits.length === 1 && edit && removesLink(edit)
    ? { method: 'DELETE', id: idIn(subnet), apiVersion: writeVersionOf(linkType), body: null }
    : 'Service association links are created by their service. Only that of container instances is deleted, in a separate request.';
}

const unlinkLine = (subnet: string): string =>
  line('az', 'resource', 'delete', '--ids', idIn(subnet), '--api-version', writeVersionOf(linkType));

/** Why an edit of the links cannot be written. */
const refusesLink = (edit: Edit): string | null =>
  touchesLinks([edit]) && !removesLink(edit)
    ? 'the link is created by the service when a container group is deployed.'
    : null;
const inUse = 'SubnetDelegationsCannotChangeWhenSubnetUsedByResource';
/** A delegation changes only while the subnet is empty, and a subnet is deleted only then. */
function mayRefuseUndo(change: Change): string | null {
  if (change.kind === 'create') return 'an undo deletes the subnet, which Azure refuses while it is in use.';
  return change.edits.some((edit) => isUnder(edit, delegations))
    ? `Azure refuses to change the delegation of a subnet that is in use (${inUse}): an undo is refused from then on.`
    : null;
}
const linkIsOneWay = (edit: Edit): string | null =>
  removesLink(edit)
    ? 'an undo does not restore the service association link; a new container group creates one.'
    : null;

const computed = [
  'provisioningState',
  'ipConfigurations',
  'ipConfigurationProfiles',
  'privateEndpoints',
  'resourceNavigationLinks',
  'serviceAssociationLinks',
  'purpose',
];
const delegations = '/properties/delegations';
const endpoints = '/properties/serviceEndpoints';
const lists: Record<string, ListKey> = {
  [endpoints]: { member: 'service', fold: true },
  [delegations]: { member: 'name', fold: true },
  '/properties/serviceEndpointPolicies': { member: 'id', fold: true },
};

/** Members of a subnet that change without a write; also used for subnets inside a network's body. */
export const subnetShape = {
  volatile: [
    ...computed.map((name) => `/properties/${name}`),
    `${endpoints}/*/provisioningState`,
    `${endpoints}/*/locations`,
    '/properties/delegations/*/etag',
    '/properties/delegations/*/id',
    '/properties/delegations/*/type',
    '/properties/delegations/*/properties/provisioningState',
    '/properties/delegations/*/properties/actions',
  ],
  sets: lists,
} satisfies ResourceShape;

/** Members that refer to another resource, and their CLI flags. */
const referenceFlags: Readonly<Record<string, string>> = {
  natGateway: '--nat-gateway',
  networkSecurityGroup: '--network-security-group',
  routeTable: '--route-table',
};

/** A pointer in the form of `az network`, which flattens `properties`: `delegations[0].serviceName`. */
const azPath = (pointer: Pointer): string =>
  parsePointer(pointer)
    .filter((part) => part !== 'properties')
    .map((part, at) => (/^\d+$/.test(part) ? `[${part}]` : at === 0 ? part : `.${part}`))
    .join('');

/** `properties` as it is sent: computed members removed, everything else unchanged. */
function propertiesSent(body: JsonObject): JsonObject {
  let properties = valueAt(body, '/properties');
  if (!isObject(properties)) properties = {};
  let kept = without(properties, computed);
  const tidy = (name: string, change: (item: JsonObject) => JsonObject) => {
    const list = kept[name];
    if (isArray(list)) kept = withMember(kept, name, eachObject(list, change));
  };
  tidy('serviceEndpoints', (item) => without(item, ['provisioningState']));
  tidy('delegations', (item) => {
    const bare = without(item, ['etag']);
    return isObject(bare.properties)
      ? withMember(bare, 'properties', without(bare.properties, ['provisioningState', 'actions']))
      : bare;
  });
  return kept;
}

/** The body of a PUT. */
function sent(body: JsonObject): JsonObject {
  const bare = sendable(body);
  return updateAt(bare, ['properties'], () => propertiesSent(bare)) as JsonObject;
}

/** Why a body is not sent that has both service endpoints of storage ("Configure Azure Storage firewalls", cross-region endpoints, 2026). */
function bothOfStorage(body: JsonObject): string | null {
  const services = listAt(body, '/properties/serviceEndpoints').map((one) => fold(textAt(one, '/service') ?? ''));
  return ['microsoft.storage', 'microsoft.storage.global'].every((one) => services.includes(one))
    ? 'A subnet cannot have the service endpoints Microsoft.Storage and Microsoft.Storage.Global together: remove one of them first.'
    : null;
}

export const subnet = defineResourceType({
  type: subnetType,
  label: 'subnet',
  decidesPackets: true,
  plural: 'subnets',
  columns: [
    { title: 'Prefixes', value: (resource) => subnetView(resource).prefixes.join(', ') },
    {
      title: 'Endpoints',
      value: (resource) =>
        subnetView(resource)
          .serviceEndpoints.map(({ service }) => service.replace(/^Microsoft\./i, ''))
          .join(', '),
    },
    { title: 'Delegated to', value: (resource) => subnetView(resource).delegations.join(', ') },
  ],
  references(body) {
    const view = subnetView({ id: '', type: '', apiVersion: '', body });
    return [view.nsg, view.routeTable, view.natGateway, ...view.endpointPolicies].filter((id) => id !== undefined);
  },
  shape: subnetShape,
  effects: subnetEffects,
  oneWay: linkIsOneWay,
  refuses: refusesLink,
  mayRefuseUndo,
  /** A subnet is also in its network's body. */
  sideEffects: parentSideEffects(vnetOf, withSubnet, withoutSubnet),
  writer: vnetOf,
  write(change, current) {
    const at = { id: change.resource, apiVersion: writeVersionOf(subnetType) };
    if (change.kind === 'create')
      return bothOfStorage(change.body) ?? { method: 'PUT', ...at, body: sent(change.body), ifNoneMatch: '*' };
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null, ...ifRead(current) };
    if (current === null) return unseen('subnet');
    if (touchesLinks(change.edits)) return unlinkRequest(change.resource, change.edits);
    const twin = twinSpelling(current.body, change.edits);
    if (twin !== undefined) return twin;
    const after = applyEdits(current.body, change.edits);
    return bothOfStorage(after) ?? { method: 'PUT', ...at, body: sent(after), ...ifRead(current) };
  },
  az(change) {
    const [vnet = '', name = ''] = parseId(change.resource).names;
    const at = ['-g', groupOf(change.resource), '--vnet-name', vnet, '-n', name];
    if (change.kind === 'delete') return line('az', 'network', 'vnet', 'subnet', 'delete', at);
    if (change.kind === 'create') {
      const prefix = textAt(change.body, '/properties/addressPrefix') ?? '';
      const services = listAt(change.body, '/properties/delegations').flatMap(
        (item) => textAt(item, '/properties/serviceName') ?? [],
      );
      const delegated = services.length > 0 ? ['--delegations', ...services] : [];
      return line('az', 'network', 'vnet', 'subnet', 'create', at, '--address-prefixes', prefix, delegated);
    }
    if (touchesLinks(change.edits)) return unlinkLine(change.resource);
    // Every setting in one line, which is one write, like the change.
    const words = change.edits.flatMap((edit) => {
      const path = azPath(edit.pointer);
      if (edit.op === 'add') return ['--add', path, ...pairs(edit.after)];
      if (edit.op === 'remove') return ['--remove', path, String(edit.at ?? 0)];
      if (edit.after === undefined || edit.after === null) return ['--remove', path];
      const flag = referenceFlags[path];
      const named = textAt(edit.after, '/id');
      if (flag !== undefined && named !== undefined) return [flag, named];
      return ['--set', `${path}=${typeof edit.after === 'string' ? edit.after : JSON.stringify(edit.after)}`];
    });
    return line('az', 'network', 'vnet', 'subnet', 'update', at, words);
  },
  needs(change, current) {
    if (touchesLinks(change.edits)) {
      return [actionOn('Microsoft.ContainerInstance/serviceAssociationLinks/delete', change.resource)];
    }
    const verb = change.kind === 'delete' ? 'delete' : 'write';
    const write = actionOn(`Microsoft.Network/virtualNetworks/subnets/${verb}`, change.resource);
    return change.kind === 'delete' ? [write] : [write, ...joins(change, current)];
  },
});

const joined: Readonly<Record<string, string>> = {
  '/properties/networkSecurityGroup': 'Microsoft.Network/networkSecurityGroups/join/action',
  '/properties/routeTable': 'Microsoft.Network/routeTables/join/action',
  '/properties/natGateway': 'Microsoft.Network/natGateways/join/action',
};
const policyJoin = 'Microsoft.Network/serviceEndpointPolicies/join/action';

/** A PUT states every reference again, and ARM checks the right to each. */
function joins(change: Change, current: Resource | undefined): ReturnType<typeof actionOn>[] {
  const body = change.kind === 'create' ? change.body : current?.body;
  const single = Object.entries(joined).flatMap(([pointer, action]) => {
    const edit = change.edits.findLast((one) => one.op === 'set' && one.pointer === pointer);
    const id = edit?.op === 'set' ? textAt(edit.after, '/id') : textAt(body, `${pointer}/id`);
    return id === undefined ? [] : [actionOn(action, id)];
  });
  const list = '/properties/serviceEndpointPolicies';
  const added = change.edits.flatMap((edit) => (edit.op === 'add' && edit.pointer === list ? [edit.after] : []));
  const policies = [...listAt(body, list), ...added].flatMap((item) => textAt(item, '/id') ?? []);
  return [...single, ...distinctIds(policies).map((id) => actionOn(policyJoin, id))];
}

/** Who reaches what through the subnet's endpoints, and which rules apply to it. */
function subnetEffects(sides: ChangeSides): OwnEffect[] {
  const { id, before, after } = sides;
  if (before === null || after === null) return [];
  const name = nameInParent(id);
  const entries = (
    pointer: Pointer,
    of: (item: Json) => string | undefined,
    words: {
      readonly add: readonly [OwnEffect['kind'], string];
      readonly remove: readonly [OwnEffect['kind'], string];
      /** What packets do not show, such as what may be placed there. */
      readonly beside?: true;
    },
  ): OwnEffect[] => {
    const [was, is] = [before, after].map(({ body }) => listAt(body, pointer).flatMap((item) => of(item) ?? []));
    const only = (a: readonly string[] = [], b: readonly string[] = []) =>
      a.filter((one) => !b.some((other) => fold(other) === fold(one)));
    const say =
      ([kind, detail]: readonly [OwnEffect['kind'], string]) =>
      (subject: string): OwnEffect => ({
        kind,
        detail: detail.replace('*', () => nameInParent(subject)),
        subject,
        ...(words.beside ? { now: kind === 'restricts' ? ('cutsOff' as const) : ('opens' as const) } : {}),
      });
    return [...only(is, was).map(say(words.add)), ...only(was, is).map(say(words.remove))];
  };
  const gateway = movedText(sides, '/properties/natGateway/id');
  const outbound = [before, after].map(({ body }) => valueAt(body, '/properties/defaultOutboundAccess') !== false);
  const policies = [before, after].map(({ body }) =>
    fold(textAt(body, '/properties/privateEndpointNetworkPolicies') ?? 'Disabled'),
  );
  return [
    ...entries(endpoints, (item) => textAt(item, '/service'), {
      add: ['allows', `${name} reaches * through its service endpoint; connections open at that moment are reset.`],
      remove: [
        'restricts',
        `Traffic from ${name} to * no longer uses a service endpoint; rules that name the subnet have no effect.`,
      ],
    }),
    ...entries(delegations, (item) => textAt(item, '/properties/serviceName'), {
      add: ['allows', `* may place its resources in ${name} (delegation).`],
      remove: ['restricts', `* may no longer place resources in ${name} (delegation).`],
      beside: true,
    }),
    ...entries('/properties/serviceEndpointPolicies', (item) => textAt(item, '/id'), {
      add: [
        'restricts',
        `${name} reaches only the accounts in service endpoint policy * through its service endpoint.`,
      ],
      remove: ['relaxes', `The service endpoint policy * no longer applies to ${name}.`],
      beside: true,
    }),
    ...movedItems(sides, associationLinks, linkKey).removed.map((item) => ({
      kind: 'restricts' as const,
      now: 'cutsOff' as const,
      detail: `${textAt(item, '/properties/linkedResourceType') ?? 'Its service'} is no longer linked to ${name}.`,
      subject: textAt(item, '/name') ?? 'link',
    })),
    ...movedItems(sides, associationLinks, linkKey).added.map((item) => ({
      kind: 'allows' as const,
      now: 'opens' as const,
      detail: `${textAt(item, '/properties/linkedResourceType') ?? 'Its service'} is linked to ${name}.`,
      subject: textAt(item, '/name') ?? 'link',
    })),
    ...attachmentEffects(sides, '/properties/networkSecurityGroup/id', 'network security group'),
    ...attachmentEffects(sides, '/properties/routeTable/id', 'route table'),
    ...(gateway === undefined
      ? []
      : gateway.to === ''
        ? [
            {
              kind: 'restricts' as const,
              detail: `${name} no longer reaches the Internet through a NAT gateway.`,
              subject: gateway.from,
            },
          ]
        : [
            {
              kind: 'allows' as const,
              detail: `${name} reaches the Internet through ${nameInParent(gateway.to)}; others see the addresses of the gateway.`,
              subject: gateway.to,
            },
          ]),
    ...(outbound[0] === outbound[1]
      ? []
      : [
          outbound[1]
            ? {
                kind: 'relaxes' as const,
                detail: `${name} gets default outbound access to the Internet.`,
                subject: 'Internet',
              }
            : {
                kind: 'restricts' as const,
                detail: `${name} loses default outbound access to the Internet.`,
                subject: 'Internet',
              },
        ]),
    ...(policies[0] === policies[1]
      ? []
      : [
          policies[1] === 'disabled'
            ? {
                kind: 'relaxes' as const,
                detail: `NSGs and routes of ${name} no longer apply to its private endpoints.`,
                subject: 'private endpoints',
              }
            : {
                kind: 'restricts' as const,
                detail: `Network policies of ${name} (${policies[1] ?? ''}) apply to its private endpoints.`,
                subject: 'private endpoints',
              },
        ]),
  ];
}

/** `service=Microsoft.Storage`: the members of an added element as the CLI's generic update takes them. */
function pairs(item: Json): string[] {
  if (!isObject(item)) return [typeof item === 'string' ? item : JSON.stringify(item)];
  return Object.entries(item).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}
