// The firewall of a service itself in one shape, whichever service it is: who is let in, and where that stands.
import { aclsOf, aclsPointer, publicNetworkAccessOf } from '../../kinds/network-acls.ts';
import { itemsAt, textAt, textsAt } from '../../kinds/read.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { isRegistry, isStorage, isVault } from '../links.ts';

export interface SubnetEntry {
  readonly id: string;
  readonly pointer: string;
  /** False for a rule that lets nobody in: a denying one, or one whose subnet is gone. */
  readonly living: boolean;
}
export interface Wall {
  /** `perimeter`, `malformed`: what it does cannot be told. */
  readonly door: 'open' | 'rules' | 'shut' | 'perimeter' | 'malformed';
  /** Where the door's state stands. */
  readonly pointer: string;
  /** undefined where the service keeps subnet rules and does not show them. */
  readonly subnets: readonly SubnetEntry[] | undefined;
  readonly addresses: readonly { readonly value: string; readonly pointer: string }[];
  readonly subnetsPointer: string;
  readonly addressesPointer: string;
  /** May trusted services of Azure pass, whatever their address? */
  readonly trusts: boolean;
}

const accessPointer = '/properties/publicNetworkAccess';

/** Reads whatever firewall the service has. Never throws, except for values that files leave open. */
export function wallOf(resource: Resource): Wall {
  const wall = isStorage(resource.id) || isVault(resource.id) ? aclsWall(resource) : otherWall(resource);
  const access = publicNetworkAccessOf(resource);
  if (access === 'SecuredByPerimeter') return { ...wall, door: 'perimeter', pointer: accessPointer };
  return access === 'Disabled' ? { ...wall, door: 'shut', pointer: accessPointer } : wall;
}

function aclsWall(resource: Resource): Wall {
  const acls = aclsOf(resource);
  const base = {
    pointer: `${aclsPointer}/defaultAction`,
    subnetsPointer: `${aclsPointer}/virtualNetworkRules`,
    addressesPointer: `${aclsPointer}/ipRules`,
  };
  if (typeof acls === 'string') {
    const door = acls === 'absent' ? 'open' : 'malformed';
    return { ...base, door, pointer: aclsPointer, subnets: [], addresses: [], trusts: false };
  }
  return {
    ...base,
    door: acls.defaultAction === 'Allow' ? 'open' : 'rules',
    subnets: acls.subnetRules.map(({ id, pointer, action, state }) => ({
      ...{ id, pointer },
      living: (action ?? 'Allow') === 'Allow' && (state ?? 'Succeeded') === 'Succeeded',
    })),
    addresses: acls.ipRules,
    trusts: acls.bypass === undefined || acls.bypass.has('AzureServices'),
  };
}

const otherWall = (resource: Resource): Wall =>
  isRegistry(resource.id) ? registryWall(resource) : workspaceWall(resource);

/** Today's version of a registry does not show its subnet rules: an empty list says nothing (rules-catalogue, P-ACR-ACL). */
function registryWall({ body }: Resource): Wall {
  const set = '/properties/networkRuleSet';
  const rules = fold(textAt(body, `${set}/defaultAction`) ?? 'allow') === 'deny';
  const subnets = itemsAt(body, `${set}/virtualNetworkRules`).flatMap(({ item, pointer }) => {
    const id = textAt(item, '/id') ?? textAt(item, '/virtualNetworkResourceId');
    return id === undefined ? [] : [{ id, pointer, living: fold(textAt(item, '/action') ?? 'allow') === 'allow' }];
  });
  return {
    door: rules ? 'rules' : 'open',
    pointer: `${set}/defaultAction`,
    subnetsPointer: `${set}/virtualNetworkRules`,
    addressesPointer: `${set}/ipRules`,
    subnets: subnets.length > 0 ? subnets : undefined,
    addresses: itemsAt(body, `${set}/ipRules`).flatMap(({ item, pointer }) => {
      const value = textAt(item, '/value');
      return value === undefined ? [] : [{ value, pointer }];
    }),
    trusts: fold(textAt(body, '/properties/networkRuleBypassOptions') ?? 'azureservices') === 'azureservices',
  };
}

/** A workspace admits every address, or those of its list alone. */
function workspaceWall({ body }: Resource): Wall {
  const list = '/properties/ipAllowlist';
  const addresses = textsAt(body, list).map((value, index) => ({ value, pointer: `${list}/${index}` }));
  return {
    door: addresses.length > 0 ? 'rules' : 'open',
    pointer: addresses.length > 0 ? list : accessPointer,
    subnetsPointer: accessPointer,
    addressesPointer: list,
    subnets: [],
    addresses,
    trusts: false,
  };
}

/** The entry for a subnet; one that no longer admits anybody only where there is no better. */
export function entryFor(wall: Wall, subnet: string): SubnetEntry | undefined {
  const own = (wall.subnets ?? []).filter(({ id }) => sameId(id, subnet));
  return own.find(({ living }) => living) ?? own[0];
}
