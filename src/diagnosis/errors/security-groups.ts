// Errors of network security groups and route tables.
import { type KnownError, sources } from '../known-error.ts';

export const securityGroupErrors: readonly KnownError[] = [
  {
    names: ['SecurityRuleConflict'],
    text: /Security rule .{1,500} conflicts with rule/is,
    means: 'Another security rule of the NSG has the same priority and direction.',
    next: 'Use a free priority. Bastide chooses one before the deny rules that would apply.',
    rules: ['nsg.rule-capacity', 'nsg.allow-before-deny'],
    source: 'hashicorp/terraform-provider-azurerm #11137, #27046',
  },
  {
    names: ['SecurityRuleInvalidAddressPrefix'],
    text: /Security rule\b.{0,500} has invalid Address prefix/is,
    means: 'The address prefix of a security rule is an unknown service tag, or a CIDR with host bits set.',
    next: 'Check the spelling and region of the service tag, or use the network address in the CIDR.',
    rules: [],
    source: 'hashicorp/terraform-provider-azurerm #16761, Azure/azure-powershell #4557',
  },
  {
    names: ['SecurityRuleInvalidPortRange'],
    text: /Security rule\b.{0,500} has invalid Port range/is,
    means: 'The port range of a security rule is a list, or a file name that the shell expanded from *.',
    next: 'Put lists in the plural property (destinationPortRanges), and quote * in a shell.',
    rules: [],
    source: 'Azure/azure-cli #23499, hashicorp/terraform-provider-azurerm #1530',
  },
  {
    names: ['SecurityRuleInvalidPriority'],
    means: 'The priority of a security rule is outside 100 to 4096.',
    next: 'Use a free priority between 100 and 4096.',
    rules: ['nsg.rule-capacity', 'nsg.allow-before-deny'],
    source: sources.network,
  },
  {
    names: ['SecurityRuleParameterContainsUnsupportedValue'],
    means: 'A plural property of a security rule (such as sourceAddressPrefixes) contains a service tag or *.',
    next: 'Put a single service tag or * in the singular property.',
    rules: [],
    source: sources.network,
  },
  {
    names: ['OverlappingSubnetsNotPermittedInSecurityRule'],
    means: 'Two address prefixes in one list of a security rule overlap.',
    next: 'Remove the smaller prefix.',
    rules: [],
    source: sources.network,
  },
  {
    names: ['InUseNetworkSecurityGroupCannotBeDeleted', 'InUseRouteTableCannotBeDeleted'],
    text: /(?:Network security group|Route table) .{1,500} cannot be deleted because it is in use/is,
    means: 'The NSG or route table cannot be deleted while a subnet or NIC uses it.',
    next: 'Remove it from the subnets and NICs first.',
    rules: ['compute.orphaned-resources', 'nsg.subnet-nsg-state'],
    source: sources.network,
  },
  {
    names: ['RouteConflict'],
    text: /Route: .{1,500} conflicts with Route:/is,
    means: 'Another route of the table has the same address prefix.',
    next: 'Change the existing route instead of adding one.',
    rules: ['udr.next-hop-internet', 'udr.prefix-drift', 'udr.route-capacity'],
    source: 'kubernetes-sigs/cloud-provider-azure #657',
  },
  {
    names: ['InvalidAddressPrefixFormat'],
    text: /Address prefix .{1,500} is not formatted correctly/is,
    means: 'The address prefix is not a CIDR, or is a service tag that routes do not support.',
    next: 'Use a network address with its prefix length, or a service tag that routes support.',
    rules: [],
    source: 'MicrosoftDocs/azure-docs #73366',
  },
];
