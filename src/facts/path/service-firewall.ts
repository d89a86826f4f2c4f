// The firewall of a service itself in one shape, whichever service it is: who is let in, and where that stands.

import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { aclsOf, firewallPlaces, publicNetworkAccessOf } from '../../resource-types/network-acls.ts';
import { textsAt } from '../../resource-types/read.ts';
import { registryView } from '../../resource-types/registry-view.ts';
import { isOfType, workspaceType } from '../../resource-types/workspace-view.ts';
import { isRegistry } from '../links.ts';

export interface SubnetEntry {
  readonly id: string;
  readonly pointer: string;
  /** False for a rule that lets nobody in: a denying one, or one whose subnet is gone. */
  readonly living: boolean;
}
export interface ServiceFirewallAccess {
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
export function serviceFirewallAccessOf(resource: Resource): ServiceFirewallAccess {
  const wall = isOfType(resource.id, workspaceType) ? workspaceWall(resource) : aclsWall(resource);
  const access = publicNetworkAccessOf(resource);
  if (access === 'SecuredByPerimeter') return { ...wall, door: 'perimeter', pointer: accessPointer };
  return access === 'Disabled' ? { ...wall, door: 'shut', pointer: accessPointer } : wall;
}

/** Of a storage account, a vault or a registry. */
function aclsWall(resource: Resource): ServiceFirewallAccess {
  const acls = aclsOf(resource);
  const at = firewallPlaces(resource.type);
  const base = { pointer: at.action, subnetsPointer: at.subnets, addressesPointer: at.addresses };
  if (typeof acls === 'string') {
    const door = acls === 'absent' ? 'open' : 'malformed';
    return { ...base, door, pointer: at.rules, subnets: [], addresses: [], trusts: false };
  }
  const hidden = isRegistry(resource.id) && registryView(resource).subnetRulesHidden;
  const subnets = acls.subnetRules.map(({ id, pointer, action, state }) => ({
    ...{ id, pointer },
    living: (action ?? 'Allow') === 'Allow' && (state ?? 'Succeeded') === 'Succeeded',
  }));
  // An account without a default action admits nobody else; a registry without one admits everybody.
  const open = acls.defaultAction === 'Allow' || (isRegistry(resource.id) && acls.defaultAction === undefined);
  return {
    ...base,
    door: open ? 'open' : 'rules',
    subnets: hidden ? undefined : subnets,
    addresses: acls.ipRules,
    trusts: acls.bypass === undefined || acls.bypass.has('AzureServices'),
  };
}

/** A workspace admits every address, or those of its list alone. */
function workspaceWall({ body }: Resource): ServiceFirewallAccess {
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
export function entryFor(wall: ServiceFirewallAccess, subnet: string): SubnetEntry | undefined {
  const own = (wall.subnets ?? []).filter(({ id }) => sameId(id, subnet));
  return own.find(({ living }) => living) ?? own[0];
}
