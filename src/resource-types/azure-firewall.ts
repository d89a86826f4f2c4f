// Azure Firewall: its views, its resource type and its Azure CLI lines. Views read only and never throw.
import type { ListKey } from '../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { eachObject, groupOf, isUnder, sendable, without } from './parts/bodies.ts';
import { collectionEffects } from './parts/collection-effects.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { lazyMembers, listAt, memoizePerResource, numberAt, textAt, textsAt } from './read.ts';
import type { Change } from './resource-type.ts';

export const firewallType = 'Microsoft.Network/azureFirewalls';
export const firewallPolicyType = 'Microsoft.Network/firewallPolicies';
export const ruleCollectionGroupType = 'Microsoft.Network/firewallPolicies/ruleCollectionGroups';
export const ipGroupType = 'Microsoft.Network/ipGroups';

export const collectionMembers = [
  'natRuleCollections',
  'networkRuleCollections',
  'applicationRuleCollections',
] as const;
export const groupCollectionsPointer = '/properties/ruleCollections';

export interface FirewallView {
  /** Private addresses that routes name as next hop: one per configuration, or that of a virtual hub's firewall. */
  readonly addresses: readonly string[];
  /** Its policy; undefined for one with classic rules. */
  readonly policy: string | undefined;
}
export const firewallView = memoizePerResource(
  ({ body }: Resource): FirewallView =>
    lazyMembers<FirewallView>({
      addresses: () => {
        const hub = textAt(body, '/properties/hubIPAddresses/privateIPAddress');
        const own = listAt(body, '/properties/ipConfigurations').flatMap(
          (item) => textAt(item, '/properties/privateIPAddress') ?? [],
        );
        return hub === undefined ? own : [...own, hub];
      },
      policy: () => textAt(body, '/properties/firewallPolicy/id'),
    }),
);

/** The policy that a policy inherits its first rules from. */
export const basePolicyOf = ({ body }: Resource): string | undefined => textAt(body, '/properties/basePolicy/id');

/** The list of a policy's rule collection groups, as a path. */
export const ruleCollectionGroupsOf = (policy: string): string => `${policy}/ruleCollectionGroups`;

/** Addresses, blocks and ranges of an IP group. */
export const ipGroupAddresses = ({ body }: Resource): readonly string[] => textsAt(body, '/properties/ipAddresses');

const sides = ['sourceIpGroups', 'destinationIpGroups'];
/** Ids of the IP groups that the rules of a firewall or of a rule collection group name. */
export function ipGroupsIn({ body }: Resource): readonly string[] {
  const collections = [...collectionMembers, 'ruleCollections'].flatMap((name) => listAt(body, `/properties/${name}`));
  const rules = collections.flatMap((one) => [...listAt(one, '/properties/rules'), ...listAt(one, '/rules')]);
  return [...new Set(rules.flatMap((rule) => sides.flatMap((side) => textsAt(rule, `/${side}`))))];
}

// A classic firewall has its rules in its body: they are changed collection by collection, each time with a PUT of the whole.
// One that uses a policy has no rules in its body (firewall-policy.ts).
const byName: ListKey = { member: 'name', fold: true };
const pointers = collectionMembers.map((member) => `/properties/${member}`);
const computed = ['etag', 'type'];
const shape: ResourceShape = {
  volatile: [
    '/properties/ipGroups',
    ...[...pointers, '/properties/ipConfigurations'].flatMap((pointer) =>
      ['id', ...computed, 'properties/provisioningState'].map((name) => `${pointer}/*/${name}`),
    ),
  ],
  sets: Object.fromEntries(pointers.map((pointer) => [pointer, byName])),
};

export const azureFirewall = defineResourceType({
  type: firewallType,
  label: 'Azure Firewall',
  decidesPackets: true,
  plural: 'Azure Firewalls',
  shape,
  columns: [
    { title: 'Address', value: (resource) => firewallView(resource).addresses.join(', ') },
    { title: 'Policy', value: (resource) => nameOf(firewallView(resource).policy ?? '') },
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
  ],
  references(body) {
    const { policy } = firewallView({ id: '', type: firewallType, apiVersion: '', body });
    const ends = listAt(body, '/properties/ipConfigurations').flatMap((item) => [
      textAt(item, '/properties/subnet/id') ?? [],
      textAt(item, '/properties/publicIPAddress/id') ?? [],
    ]);
    return [...(policy === undefined ? [] : [policy]), ...ends.flat()];
  },
  effects: (sides) => pointers.flatMap((pointer) => collectionEffects(sides, pointer)),
  write: {
    body: sent,
    edits: (edit) => pointers.some((pointer) => isUnder(edit, pointer)),
    blocked(change, current) {
      const policy = current === null ? undefined : firewallView(current).policy;
      return change.kind === 'edit' && policy !== undefined
        ? `The firewall uses the policy ${nameOf(policy)}, so its rules are in that policy.`
        : null;
    },
    refused: 'whole Azure Firewall',
  },
  az: azLines,
});

/** The body of a PUT: what Azure computes is removed from the firewall, its configurations and its collections. */
function sent(body: JsonObject): JsonObject {
  const bare = (item: JsonObject): JsonObject => {
    const own = without(item, computed);
    const { properties } = own;
    return isObject(properties)
      ? { ...own, properties: without(properties, ['provisioningState', 'privateIPAddress']) }
      : own;
  };
  const tidy = updateAt(sendable(body), ['properties'], (value) => {
    if (!isObject(value)) return value;
    const lists = [...collectionMembers, 'ipConfigurations'];
    const rest = Object.entries(without(value, ['provisioningState', 'ipGroups'])).map(([name, part]) => {
      if (lists.includes(name)) return [name, eachObject(part, bare) ?? part] as const;
      return [name, name === 'managementIpConfiguration' && isObject(part) ? bare(part) : part] as const;
    });
    return Object.fromEntries(rest);
  });
  return isObject(tidy) ? tidy : sendable(body);
}

/** The command group for a list of collections; NAT rules are never written here. */
const commandOf = (pointer: string): 'application-rule' | 'network-rule' =>
  pointer === '/properties/applicationRuleCollections' ? 'application-rule' : 'network-rule';

function azLines(change: Change): string {
  const at = ['-g', groupOf(change.resource), '-f', nameOf(change.resource)];
  return lines(
    change.edits.flatMap((edit) => {
      const command = commandOf(edit.pointer);
      if (edit.op === 'remove') {
        const name = textAt(edit.before, '/name') ?? '';
        return [line('az', 'network', 'firewall', command, 'collection', 'delete', at, '--collection-name', name)];
      }
      return edit.op === 'add' ? collectionLines(at, command, edit.after) : [];
    }),
  );
}

/** One line per rule; the first creates the collection. */
function collectionLines(at: readonly string[], command: string, collection: Json): string[] {
  const priority = String(numberAt(collection, '/properties/priority') ?? '');
  const action = textAt(collection, '/properties/action/type') ?? 'Allow';
  return listAt(collection, '/properties/rules').map((rule, index) =>
    line(
      'az',
      'network',
      'firewall',
      command,
      'create',
      [...at],
      [
        ...['--collection-name', textAt(collection, '/name') ?? ''],
        ...(index === 0 ? ['--priority', priority, '--action', action] : []),
        ...['-n', textAt(rule, '/name') ?? ''],
        ...(command === 'application-rule' ? applicationWords(rule) : networkWords(rule, '--protocols')),
      ],
    ),
  );
}

// The Azure CLI (extension azure-firewall) for rules of an Azure Firewall, classic or in a policy.
const flag = (name: string, values: readonly string[]): string[] => (values.length === 0 ? [] : [name, ...values]);

/** `Https=443`, the CLI's form of ARM's `{protocolType, port}`. */
const webProtocols = (rule: Json): string[] =>
  listAt(rule, '/protocols').map((item) => `${textAt(item, '/protocolType') ?? ''}=${numberAt(item, '/port') ?? ''}`);

/** Source and target flags of an application rule. */
export const applicationWords = (rule: Json): string[] => [
  ...flag('--source-addresses', textsAt(rule, '/sourceAddresses')),
  ...flag('--source-ip-groups', textsAt(rule, '/sourceIpGroups')),
  ...flag('--protocols', webProtocols(rule)),
  ...flag('--target-fqdns', textsAt(rule, '/targetFqdns')),
  ...flag('--fqdn-tags', textsAt(rule, '/fqdnTags')),
];

/** The same of a network rule; `protocols` is the flag, which differs between the two commands. */
export const networkWords = (rule: Json, protocols: '--protocols' | '--ip-protocols'): string[] => [
  ...flag('--source-addresses', textsAt(rule, '/sourceAddresses')),
  ...flag('--source-ip-groups', textsAt(rule, '/sourceIpGroups')),
  ...flag(protocols, textsAt(rule, protocols === '--protocols' ? '/protocols' : '/ipProtocols')),
  ...flag('--destination-addresses', textsAt(rule, '/destinationAddresses')),
  ...flag('--destination-ip-groups', textsAt(rule, '/destinationIpGroups')),
  ...flag('--destination-fqdns', textsAt(rule, '/destinationFqdns')),
  ...flag('--destination-ports', textsAt(rule, '/destinationPorts')),
];
