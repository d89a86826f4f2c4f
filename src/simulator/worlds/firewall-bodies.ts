// The bodies of Azure Firewalls, their policies and what leads to them, as JSON text.

import { etag, guidOf, joined, list, name } from './bodies.ts';
import type { SubnetSpec } from './draft.ts';
import { region } from './names.ts';

const tracked = (id: string, type: string): string =>
  `"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/${type}", "location": "${region}"`;
const texts = (values: readonly string[]): string => list(values.map((value) => `"${value}"`));

/** The source of a rule: ranges, or ids of IP groups. */
interface RuleSource {
  readonly name: string;
  readonly from: readonly string[];
}
export interface NetworkRuleText extends RuleSource {
  readonly protocols: readonly string[];
  readonly to: readonly string[];
  readonly ports: readonly string[];
}
export interface ApplicationRuleText extends RuleSource {
  readonly hosts: readonly string[];
}
export interface CollectionText {
  readonly name: string;
  readonly priority: number;
  readonly action: 'Allow' | 'Deny';
  readonly network?: readonly NetworkRuleText[];
  readonly application?: readonly ApplicationRuleText[];
}

function source({ from }: RuleSource): string {
  const groups = from.filter((one) => one.startsWith('/'));
  const ranges = from.filter((one) => !one.startsWith('/'));
  return `"sourceAddresses": ${texts(ranges)}, "sourceIpGroups": ${texts(groups)}`;
}
const networkRule = (rule: NetworkRuleText, isPolicy: boolean): string =>
  `{${isPolicy ? '"ruleType": "NetworkRule", ' : ''}"name": "${rule.name}", "${isPolicy ? 'ipProtocols' : 'protocols'}": ${texts(rule.protocols)},
    ${source(rule)}, "destinationAddresses": ${texts(rule.to)}, "destinationIpGroups": [], "destinationFqdns": [], "destinationPorts": ${texts(rule.ports)}}`;
const applicationRule = (rule: ApplicationRuleText, isPolicy: boolean): string =>
  `{${isPolicy ? '"ruleType": "ApplicationRule", ' : ''}"name": "${rule.name}", "protocols": [{"protocolType": "Https", "port": 443}],
    ${source(rule)}, "targetFqdns": ${texts(rule.hosts)}, "fqdnTags": []}`;
const rulesOf = ({ network = [], application = [] }: CollectionText, isPolicy: boolean): string =>
  list([
    ...network.map((rule) => networkRule(rule, isPolicy)),
    ...application.map((rule) => applicationRule(rule, isPolicy)),
  ]);

const classicCollection = (id: string, member: string, one: CollectionText): string =>
  `{"name": "${one.name}", "id": "${id}/${member}/${one.name}", "properties": {"provisioningState": "Succeeded",
    "priority": ${one.priority}, "action": {"type": "${one.action}"}, "rules": ${rulesOf(one, false)}}}`;

/** A firewall with one public address: two bodies. `rules`: its classic rules, or its policy. */
export function firewallBodies(
  id: string,
  where: string,
  address: string,
  publicAddress: string,
  rules: { readonly policy: string } | { readonly collections: readonly CollectionText[] },
): string[] {
  const publicId = `${id.slice(0, id.indexOf('/azureFirewalls/'))}/publicIPAddresses/pip-${name(id)}`;
  const own = 'policy' in rules ? [] : rules.collections;
  const members: readonly (readonly [string, readonly CollectionText[]])[] = [
    ['networkRuleCollections', own.filter(({ network }) => network !== undefined)],
    ['applicationRuleCollections', own.filter(({ application }) => application !== undefined)],
    ['natRuleCollections', []],
  ];
  const held = members.map(
    ([member, some]) => `"${member}": ${list(some.map((one) => classicCollection(id, member, one)))}`,
  );
  const policy = 'policy' in rules ? `, "firewallPolicy": {"id": "${rules.policy}"}` : '';
  return [
    `{${tracked(publicId, 'publicIPAddresses')}, "sku": {"name": "Standard", "tier": "Regional"}, "zones": ["1", "2", "3"],
      "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(publicId)}", "ipAddress": "${publicAddress}",
        "publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4, "ipTags": [],
        "ipConfiguration": {"id": "${id}/azureFirewallIpConfigurations/main"}}}`,
    `{${tracked(id, 'azureFirewalls')}, "zones": ["1", "2", "3"], "tags": {"owner": "network team"},
      "properties": {"provisioningState": "Succeeded", "sku": {"name": "AZFW_VNet", "tier": "Standard"}, "threatIntelMode": "Alert",
        "additionalProperties": {}, "ipConfigurations": [{"name": "main", "id": "${id}/azureFirewallIpConfigurations/main",
          "etag": "${etag}", "type": "Microsoft.Network/azureFirewalls/azureFirewallIpConfigurations",
          "properties": {"provisioningState": "Succeeded", "privateIPAddress": "${address}",
            "subnet": {"id": "${where}"}, "publicIPAddress": {"id": "${publicId}"}}}],
        ${joined(held)}${policy}}}`,
  ];
}

/** The subnet of a firewall. */
export const firewallSubnet = (prefix: string, firewall: string): SubnetSpec => ({
  prefix,
  nicConfigurations: [`${firewall}/azureFirewallIpConfigurations/main`],
});

export interface GroupText {
  readonly name: string;
  readonly priority: number;
  readonly collections: readonly CollectionText[];
}

/** A policy and its rule collection groups. `base`: the policy it inherits from. */
export function policyBodies(id: string, groups: readonly GroupText[], base?: string): string[] {
  const above = base === undefined ? '' : `, "basePolicy": {"id": "${base}"}`;
  return [
    `{${tracked(id, 'firewallPolicies')}, "properties": {"provisioningState": "Succeeded", "sku": {"tier": "Standard"},
      "threatIntelMode": "Alert"${above}}}`,
    ...groups.map((group) => {
      const own = `${id}/ruleCollectionGroups/${group.name}`;
      const collections = group.collections.map(
        (one) =>
          `{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "${one.name}", "priority": ${one.priority},
            "action": {"type": "${one.action}"}, "rules": ${rulesOf(one, true)}}`,
      );
      return `{"name": "${group.name}", "id": "${own}", "etag": "${etag}", "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
        "properties": {"provisioningState": "Succeeded", "size": "0.01 MB", "priority": ${group.priority}, "ruleCollections": ${list(collections)}}}`;
    }),
  ];
}

export const ipGroupBody = (id: string, addresses: readonly string[]): string =>
  `{${tracked(id, 'ipGroups')}, "properties": {"provisioningState": "Succeeded", "ipAddresses": ${texts(addresses)}}}`;

/** A route table that sends everything to one address. */
export const tableTo = (id: string, address: string, subnet: string): string =>
  `{${tracked(id, 'routeTables')}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(id)}",
    "disableBgpRoutePropagation": true, "subnets": [{"id": "${subnet}"}],
    "routes": [{"name": "everything", "id": "${id}/routes/everything", "etag": "${etag}", "type": "Microsoft.Network/routeTables/routes",
      "properties": {"provisioningState": "Succeeded", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance",
        "nextHopIpAddress": "${address}", "hasBgpOverride": false}}]}}`;

export interface PeeringMembers {
  /** True unless said. */
  readonly allowVirtualNetworkAccess?: boolean;
  /** A peering of subnets: their names, and the ranges of the remote ones. */
  readonly localSubnetNames?: readonly string[];
  readonly remoteSubnetNames?: readonly string[];
  readonly space?: readonly string[];
}

/** A peering as its network shows it. */
export const peeringBody = (network: string, remote: string, space: string, more: PeeringMembers = {}): string =>
  `{"name": "to-${name(remote)}", "id": "${network}/virtualNetworkPeerings/to-${name(remote)}", "etag": "${etag}",
    "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "properties": {"provisioningState": "Succeeded",
      "peeringState": "Connected", "peeringSyncLevel": "FullyInSync", "remoteVirtualNetwork": {"id": "${remote}"},
      "allowVirtualNetworkAccess": ${more.allowVirtualNetworkAccess ?? true}, "allowForwardedTraffic": true, "allowGatewayTransit": false, "useRemoteGateways": false,
      "doNotVerifyRemoteGateways": false, "peerCompleteVnets": ${more.localSubnetNames === undefined},
      "remoteAddressSpace": {"addressPrefixes": ${texts(more.space ?? [space])}}${subnetsIn(more)}}}`;

const subnetsIn = ({ localSubnetNames, remoteSubnetNames }: PeeringMembers): string =>
  localSubnetNames === undefined
    ? ''
    : `, "localSubnetNames": ${texts(localSubnetNames)}, "remoteSubnetNames": ${texts(remoteSubnetNames ?? [])}`;
