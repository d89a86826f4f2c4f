// Microsoft.Network/loadBalancers: front ends at a public address or in a subnet, pools, rules and probes inside. That machines
// are let go when it is deleted is a guess; its refusals are in Azure's words.
import { fold, sameId, within } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, json, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { Link, ProviderType, Write } from '../provider.ts';
import { reference, tracked } from '../shape.ts';
import { addressFor } from './free-addresses.ts';
import {
  checkNames,
  loadBalancerType,
  type PartList,
  partNamed,
  partsIn,
  settledPart,
  showNames,
} from './load-balancer-document.ts';
import { networkResource, touch } from './network-parts.ts';
import { requireUnused } from './public-ip-addresses.ts';
import {
  placeInSubnets,
  referenced,
  removeReferences,
  requireLocation,
  requireReady,
  showReferences,
} from './references.ts';
import { propertiesOf } from './subnet-document.ts';

const nicType = 'Microsoft.Network/networkInterfaces';
/** Lists that the document always shows, front ends first: what the others name is settled before them. */
const lists: readonly PartList[] = [
  'frontendIPConfigurations',
  'backendAddressPools',
  'loadBalancingRules',
  'probes',
  'inboundNatRules',
  'inboundNatPools',
  'outboundRules',
];
export const naming = { frontendIPConfiguration: reference, backendAddressPool: reference } as const;
/** Addresses in a pool without an interface. */
export const backends = {
  loadBalancerBackendAddresses: [{ name: 'text', properties: { ipAddress: 'text' } }],
} as const;
const rule = { name: 'text', properties: { ...naming, protocol: 'text' } } as const;

export const loadBalancers: ProviderType = {
  ...networkResource,
  type: loadBalancerType,
  shape: {
    ...tracked,
    sku: { name: 'text', tier: 'text' },
    properties: {
      frontendIPConfigurations: [
        {
          name: 'text',
          zones: ['text'],
          properties: {
            subnet: reference,
            publicIPAddress: reference,
            privateIPAddress: 'text',
            privateIPAllocationMethod: 'text',
          },
        },
      ],
      backendAddressPools: [{ name: 'text', properties: backends }],
      loadBalancingRules: [
        {
          ...rule,
          properties: { ...rule.properties, probe: reference, frontendPort: 'number', backendPort: 'number' },
        },
      ],
      probes: [{ name: 'text', properties: { protocol: 'text', port: 'number', requestPath: 'text' } }],
      inboundNatRules: [rule],
      inboundNatPools: [rule],
      outboundRules: [
        { name: 'text', properties: { frontendIPConfigurations: [reference], backendAddressPool: reference } },
      ],
    },
  },
  replace(write) {
    const { before, body, id, newId } = write;
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, ['resourceGuid']);
    if (at(next, 'sku') === undefined) put(next, 'sku', json({ name: 'Basic', tier: 'Regional' }));
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    for (const member of lists) {
      const sent = partsIn(body, member);
      const parts = sent.map((part) =>
        settledPart(id, member, part, partNamed(before, member, text(part, 'name') ?? '')),
      );
      put(properties, member, parts);
    }
    placeFrontends(write, next);
    checkNames(next);
    showNames(next);
    if (!before) put(properties, 'resourceGuid', newId());
    return next;
  },
  links: (next) => partsIn(next, 'frontendIPConfigurations').flatMap(joined),
  mayDelete({ id, before }) {
    const user = partsIn(before, 'backendAddressPools')
      .flatMap((pool) => list(pool, 'properties', 'backendIPConfigurations'))
      .map((item) => /^.*\/virtualMachineScaleSets\/[^/]+/i.exec(text(item, 'id') ?? '')?.[0])
      .find((set) => set !== undefined);
    if (user === undefined) return;
    throw networkError(
      400,
      'LoadBalancerInUseByVirtualMachineScaleSet',
      `Cannot remove load balancer ${id} since its child resources are in use by virtual machine scale set ${user}.`,
    );
  },
  stored(store, id, newId) {
    touch(store, id, newId);
    placeInSubnets(store, id, newId);
  },
  gone(store, id, newId) {
    placeInSubnets(store, id, newId);
    letGo(store, id, newId);
  },
  show({ store }, body) {
    for (const pool of partsIn(body, 'backendAddressPools')) showMachines(store, pool);
    return body;
  },
};

/** Checks where each front end is met, and gives those in subnets an address. */
function placeFrontends({ before, store, id }: Write, next: ArmObject): void {
  const given: string[] = [];
  const taken: string[] = [];
  for (const frontend of partsIn(next, 'frontendIPConfigurations')) {
    const properties = propertiesOf(frontend);
    const subnetId = text(properties, 'subnet', 'id');
    const publicId = text(properties, 'publicIPAddress', 'id');
    const isPrefix = at(properties, 'publicIPPrefix') !== undefined;
    if (subnetId === undefined && publicId === undefined && !isPrefix) {
      throw refusedFrontend(
        frontend,
        'HasNoSubnetOrPublicIP',
        'must reference either a Subnet or a Public IP Address.',
      );
    }
    if (subnetId !== undefined && publicId !== undefined) {
      throw refusedFrontend(
        frontend,
        'HasBothSubnetAndPublicIP',
        'must not reference both a Subnet and a Public IP Address.',
      );
    }
    if (publicId !== undefined) {
      checkPublic(store, next, publicId, id, taken);
      properties.delete('privateIPAddress');
    }
    if (at(properties, 'privateIPAllocationMethod') === undefined)
      put(properties, 'privateIPAllocationMethod', 'Dynamic');
    if (subnetId === undefined) continue;
    const subnet = referenced(store, subnetId, idOf(frontend));
    requireReady(subnet, id);
    const old = partNamed(before, 'frontendIPConfigurations', text(frontend, 'name') ?? '');
    put(properties, 'privateIPAddress', addressFor(store, subnet, frontend, old, id, given));
    if (at(properties, 'privateIPAddressVersion') === undefined) put(properties, 'privateIPAddressVersion', 'IPv4');
  }
}

const refusedFrontend = (frontend: ArmObject, code: string, why: string): Error =>
  networkError(400, `FrontendIPConfig${code}`, `Frontend IP Configuration ${idOf(frontend)} ${why}`);

/** `taken`: addresses of this write's earlier front ends. */
function checkPublic(store: Store, balancer: ArmObject, addressId: string, id: string, taken: string[]): void {
  const address = referenced(store, addressId, id);
  const [own, other] = [balancer, address].map((body) => text(body, 'sku', 'name') ?? 'Basic') as [string, string];
  if (fold(own) !== fold(other)) {
    throw networkError(
      400,
      'PublicIPAndLBSkuDoNotMatch',
      `${own} sku load balancer ${id} cannot reference ${other} sku publicIP ${idOf(address)}.`,
    );
  }
  requireUnused(store, address, id);
  if (taken.some((earlier) => sameId(earlier, addressId))) {
    throw networkError(
      400,
      'PublicIPAddressInUse',
      `Resource ${id} is referencing public IP address ${idOf(address)} that is already allocated to resource ${id}.`,
    );
  }
  taken.push(addressId);
}

function joined(frontend: ArmObject): Link[] {
  const subnet = text(frontend, 'properties', 'subnet', 'id');
  const address = text(frontend, 'properties', 'publicIPAddress', 'id');
  return [
    ...(subnet === undefined ? [] : [{ id: subnet, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }]),
    ...(address === undefined ? [] : [{ id: address, action: 'Microsoft.Network/publicIPAddresses/join/action' }]),
  ];
}

/** A pool shows the interfaces in it, and those of elsewhere that it was seen with. */
export function showMachines(store: Store, pool: ArmObject): void {
  const here = store
    .ofType(nicType)
    .flatMap((nic) => list(nic, 'properties', 'ipConfigurations'))
    .filter((item) =>
      list(item, 'properties', 'loadBalancerBackendAddressPools').some((one) =>
        sameId(text(one, 'id') ?? '', idOf(pool)),
      ),
    );
  showReferences(
    store,
    pool,
    'backendIPConfigurations',
    here.flatMap((item) => text(item, 'id') ?? []),
  );
}

/** Interfaces no longer name what is below an id. */
export function letGo(store: Store, id: string, newId: () => string): void {
  for (const nic of store.ofType(nicType)) {
    const changed = list(nic, 'properties', 'ipConfigurations')
      .filter(isObject)
      .flatMap((item) =>
        ['loadBalancerBackendAddressPools', 'loadBalancerInboundNatRules'].map((member) =>
          removeReferences(item, member, (other) => within(other, id)),
        ),
      );
    if (changed.includes(true)) touch(store, idOf(nic), newId);
  }
}
