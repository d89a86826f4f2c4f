// What Azure refuses in security groups and route tables.
import { type KnownError, sources } from '../known-error.ts';

export const securityGroupErrors: readonly KnownError[] = [
  {
    names: ['SecurityRuleConflict'],
    text: /Security rule .{1,500} conflicts with rule/is,
    means: 'Another rule of the security group has the same priority and direction.',
    next: 'Use a free priority; Bastide chooses one that stands on the right side of the denies.',
    rules: ['nsg.rule-capacity', 'nsg.allow-before-deny'],
    source: 'hashicorp/terraform-provider-azurerm #11137, #27046',
  },
  {
    names: ['SecurityRuleInvalidAddressPrefix'],
    text: /Security rule\b.{0,500} has invalid Address prefix/is,
    means: 'The address of a security rule is an unknown tag, or a CIDR whose host bits are set.',
    next: "Check the tag's spelling and region, and write the CIDR with its network address.",
    rules: [],
    source: 'hashicorp/terraform-provider-azurerm #16761, Azure/azure-powershell #4557',
  },
  {
    names: ['SecurityRuleInvalidPortRange'],
    text: /Security rule\b.{0,500} has invalid Port range/is,
    means: 'The port of a security rule is a list where one range belongs, or a file name that a shell put for *.',
    next: 'Write lists into the plural member (destinationPortRanges), and put * in quotes in a shell.',
    rules: [],
    source: 'Azure/azure-cli #23499, hashicorp/terraform-provider-azurerm #1530',
  },
  {
    names: ['SecurityRuleInvalidPriority'],
    means: 'The priority of a security rule lies outside 100 to 4096.',
    next: 'Use a free priority between 100 and 4096.',
    rules: ['nsg.rule-capacity', 'nsg.allow-before-deny'],
    source: sources.network,
  },
  {
    names: ['SecurityRuleParameterContainsUnsupportedValue'],
    means: 'A plural member of a security rule (sourceAddressPrefixes and the like) holds a tag or *.',
    next: 'Write a tag or * alone into the singular member.',
    rules: [],
    source: sources.network,
  },
  {
    names: ['OverlappingSubnetsNotPermittedInSecurityRule'],
    means: 'Two prefixes of one list in a security rule overlap.',
    next: 'Leave out the smaller prefix.',
    rules: [],
    source: sources.network,
  },
  {
    names: ['InUseNetworkSecurityGroupCannotBeDeleted', 'InUseRouteTableCannotBeDeleted'],
    text: /(?:Network security group|Route table) .{1,500} cannot be deleted because it is in use/is,
    means: 'A security group or route table is to be deleted while a subnet or network interface still names it.',
    next: 'Take it off the subnets and interfaces first.',
    rules: ['compute.orphaned-resources', 'nsg.subnet-nsg-state'],
    source: sources.network,
  },
  {
    names: ['RouteConflict'],
    text: /Route: .{1,500} conflicts with Route:/is,
    means: 'Another route of the table has the same prefix.',
    next: 'Change the route that is there instead of adding one.',
    rules: ['udr.next-hop-internet', 'udr.prefix-drift', 'udr.route-capacity'],
    source: 'kubernetes-sigs/cloud-provider-azure #657',
  },
  {
    names: ['InvalidAddressPrefixFormat'],
    text: /Address prefix .{1,500} is not formatted correctly/is,
    means: 'A prefix is no CIDR, or a tag that routes do not take.',
    next: 'Write the network address and its length, or one of the tags that routes take.',
    rules: [],
    source: 'MicrosoftDocs/azure-docs #73366',
  },
];
