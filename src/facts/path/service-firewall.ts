// The firewall of any service in one shape: what it allows, and the setting that says so.

import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { aclsOf, firewallPlaces, publicNetworkAccessOf } from '../../resource-types/network-acls.ts';
import { textsAt } from '../../resource-types/read.ts';
import { registryView } from '../../resource-types/registry-view.ts';
import { isOfType, workspaceType } from '../../resource-types/workspace-view.ts';
import { isRegistry } from '../links.ts';
import { inboundOf, type Perimeter } from '../perimeter.ts';

export interface SubnetEntry {
  readonly id: string;
  readonly pointer: string;
  /** False for a rule that allows no traffic: a Deny, or a rule whose subnet is deleted. */
  readonly living: boolean;
}
export interface ServiceFirewallAccess {
  /** `access rules`: those of its perimeter decide alone. `perimeter`, `malformed`, `unset`: the decision is unknown. */
  readonly access: 'open' | 'rules' | 'access rules' | 'disabled' | 'perimeter' | 'malformed' | 'unset';
  /** Pointer to the setting of public network access. */
  readonly pointer: string;
  /** undefined where the service has subnet rules and does not show them. */
  readonly subnets: readonly SubnetEntry[] | undefined;
  readonly addresses: readonly { readonly value: string; readonly pointer: string }[];
  readonly subnetsPointer: string;
  readonly addressesPointer: string;
  /** Are trusted Azure services allowed, whatever their address? */
  readonly trusts: boolean;
}

const accessPointer = '/properties/publicNetworkAccess';

/** Reads the firewall of the service. Throws only for values that files leave unresolved. */
export function serviceFirewallAccessOf(resource: Resource, perimeter: Perimeter): ServiceFirewallAccess {
  const firewall = isOfType(resource.id, workspaceType) ? workspaceFirewall(resource) : aclsFirewall(resource);
  const publicAccess = publicNetworkAccessOf(resource);
  const decides = inboundOf(perimeter, resource);
  if (decides.length > 1) return { ...firewall, access: 'perimeter', pointer: accessPointer };
  if (decides[0] === 'rules') return { ...firewall, access: 'access rules', pointer: accessPointer };
  if (publicAccess === 'SecuredByPerimeter') return { ...firewall, access: 'disabled', pointer: accessPointer };
  return publicAccess === 'Disabled' ? { ...firewall, access: 'disabled', pointer: accessPointer } : firewall;
}

/** Of a storage account, a vault or a registry. */
function aclsFirewall(resource: Resource): ServiceFirewallAccess {
  const acls = aclsOf(resource);
  const at = firewallPlaces(resource.type);
  const base = { pointer: at.action, subnetsPointer: at.subnets, addressesPointer: at.addresses };
  if (typeof acls === 'string') {
    const access = acls === 'absent' ? 'open' : 'malformed';
    return { ...base, access, pointer: at.rules, subnets: [], addresses: [], trusts: false };
  }
  const hidden = isRegistry(resource.id) && registryView(resource).subnetRulesHidden;
  const subnets = acls.subnetRules.map(({ id, pointer, action, state }) => ({
    ...{ id, pointer },
    living: (action ?? 'Allow') === 'Allow' && (state ?? 'Succeeded') === 'Succeeded',
  }));
  // A registry without a default action allows (its API document of 2023-07-01); of the others no document says what holds then.
  const isUnset = acls.defaultAction === undefined;
  const open = acls.defaultAction === 'Allow' || (isUnset && isRegistry(resource.id));
  return {
    ...base,
    access: open ? 'open' : isUnset ? 'unset' : 'rules',
    subnets: hidden ? undefined : subnets,
    addresses: acls.ipRules.map(({ block, pointer }) => ({ value: block, pointer })),
    trusts: acls.bypass === undefined || acls.bypass.has('AzureServices'),
  };
}

/** A workspace allows every address, or only those of its list. */
function workspaceFirewall({ body }: Resource): ServiceFirewallAccess {
  const list = '/properties/ipAllowlist';
  const addresses = textsAt(body, list).map((value, index) => ({ value, pointer: `${list}/${index}` }));
  return {
    access: addresses.length > 0 ? 'rules' : 'open',
    pointer: addresses.length > 0 ? list : accessPointer,
    subnetsPointer: accessPointer,
    addressesPointer: list,
    subnets: [],
    addresses,
    trusts: false,
  };
}

/** The entry for a subnet; one without effect only where there is no other. */
export function entryFor(firewall: ServiceFirewallAccess, subnet: string): SubnetEntry | undefined {
  const own = (firewall.subnets ?? []).filter(({ id }) => sameId(id, subnet));
  return own.find(({ living }) => living) ?? own[0];
}
