// One rule of a network security group (rules-catalogue, P-NSG-RULE): written whole, with the etag it shares with its group.
import type { Json, JsonObject } from '../model/json.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { networkVersion } from './network-view.ts';
import { groupOf, isUnder, withoutComputed } from './parts/bodies.ts';
import { followsInWhole } from './parts/inline-list.ts';
import { type Shape, spelt } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { numberAt, textAt, textsAt } from './read.ts';
import { securityRuleType, withoutSecurityRule, withSecurityRule } from './security-group-view.ts';

/** Lists beside singular members; an empty one says as much as none. */
export const rulePlurals = [
  'sourcePortRanges',
  'destinationPortRanges',
  'sourceAddressPrefixes',
  'destinationAddressPrefixes',
];
/** Values that Azure gives back in another letter case than they came. */
export const ruleSpellings: Readonly<Record<string, (value: Json | undefined) => Json | undefined>> = {
  protocol: spelt(['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah', '*']),
  access: spelt(['Allow', 'Deny']),
  direction: spelt(['Inbound', 'Outbound']),
};
const shape: Shape = {
  sets: Object.fromEntries(rulePlurals.map((name) => [`/properties/${name}`, { member: null, fold: true }])),
  rewrite: Object.fromEntries(Object.entries(ruleSpellings).map(([name, spell]) => [`/properties/${name}`, spell])),
};

const either = (body: JsonObject, singular: string, plural: string): string[] => {
  const one = textAt(body, `/properties/${singular}`);
  return [...(one === undefined ? [] : [one]), ...textsAt(body, `/properties/${plural}`)];
};
const flags = [
  ['--direction', 'direction', undefined],
  ['--access', 'access', undefined],
  ['--protocol', 'protocol', undefined],
  ['--source-address-prefixes', 'sourceAddressPrefix', 'sourceAddressPrefixes'],
  ['--source-port-ranges', 'sourcePortRange', 'sourcePortRanges'],
  ['--destination-address-prefixes', 'destinationAddressPrefix', 'destinationAddressPrefixes'],
  ['--destination-port-ranges', 'destinationPortRange', 'destinationPortRanges'],
] as const;

/** The CLI's line that writes a whole rule; an asterisk is quoted, since a shell would put file names in its place. */
export function ruleLine(verb: 'create' | 'update', id: string, body: JsonObject): string {
  const words = flags.flatMap(([flag, singular, plural]) => {
    const values = either(body, singular, plural ?? singular);
    return values.length === 0 ? [] : [flag, ...values];
  });
  const priority = numberAt(body, '/properties/priority');
  return line('az', 'network', 'nsg', 'rule', verb, at(id), [
    ...(priority === undefined ? [] : ['--priority', String(priority)]),
    ...words,
  ]);
}
const at = (id: string): string[] => [
  ...['-g', groupOf(id), '--nsg-name', nameOf(parentId(id) ?? '')],
  ...['-n', nameOf(id)],
];

/** The body of a PUT, alone or inside its group: the state is Azure's to write. */
export const securityRuleSent = (body: JsonObject): JsonObject => withoutComputed(body, []);

export const securityRule = defineResourceType({
  type: securityRuleType,
  label: 'security rule',
  plural: 'security rules',
  apiVersion: networkVersion,
  shape,
  columns: [
    { title: 'Priority', value: ({ body }) => String(numberAt(body, '/properties/priority') ?? '') },
    { title: 'Direction', value: ({ body }) => textAt(body, '/properties/direction') ?? '' },
    { title: 'Access', value: ({ body }) => textAt(body, '/properties/access') ?? '' },
    { title: 'From', value: ({ body }) => either(body, 'sourceAddressPrefix', 'sourceAddressPrefixes').join(', ') },
    {
      title: 'To',
      value: ({ body }) => either(body, 'destinationAddressPrefix', 'destinationAddressPrefixes').join(', '),
    },
    { title: 'Ports', value: ({ body }) => either(body, 'destinationPortRange', 'destinationPortRanges').join(', ') },
  ],
  follows: followsInWhole((id) => parentId(id) ?? '', withSecurityRule, withoutSecurityRule),
  write: { body: securityRuleSent, create: true, delete: 'if-match', edits: (edit) => isUnder(edit, '/properties') },
  az(change) {
    if (change.kind === 'delete') return line('az', 'network', 'nsg', 'rule', 'delete', at(change.resource));
    if (change.kind === 'create') return ruleLine('create', change.resource, change.body);
    const words = change.edits.flatMap((edit) => {
      const value = edit.op === 'remove' ? null : (edit.after ?? null);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (edit.pointer === '/properties/priority') return ['--priority', text];
      return ['--set', `${edit.pointer.replace(/^\/properties\//, '').replaceAll('/', '.')}=${text}`];
    });
    return line('az', 'network', 'nsg', 'rule', 'update', at(change.resource), words);
  },
});
