// Network security groups and their rules. A group is created with its rules; later each rule is written separately, as a
// whole, under the etag that it shares with its group.
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt, withMember } from '../model/pointer.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { eachObject, groupOf, insideWhole, isUnder, sendable, without, withoutComputed } from './parts/bodies.ts';
import { parentSideEffects } from './parts/inline-list.ts';
import { type ResourceShape, spelt } from './parts/normal.ts';
import { ruleSummary, securityRuleEffects } from './parts/security-rule-effects.ts';
import { line, lines } from './parts/shell.ts';
import { listAt, numberAt, textAt, textsAt } from './read.ts';
import {
  securityGroupType,
  securityRulesPointer,
  securityRuleType,
  sharersOf,
  withoutSecurityRule,
  withSecurityRule,
} from './security-group-view.ts';

/** Lists beside singular members; an empty one counts as absent. */
const rulePlurals = [
  'sourcePortRanges',
  'destinationPortRanges',
  'sourceAddressPrefixes',
  'destinationAddressPrefixes',
];
/** Values that Azure returns in another case than sent. */
const ruleSpellings: Readonly<Record<string, (value: Json | undefined) => Json | undefined>> = {
  protocol: spelt(['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah', '*']),
  access: spelt(['Allow', 'Deny']),
  direction: spelt(['Inbound', 'Outbound']),
};
const ruleShape: ResourceShape = {
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

/** The CLI's line that writes a whole rule; an asterisk is quoted, since a shell would expand it. */
export function ruleLine(verb: 'create' | 'update', id: string, body: JsonObject): string {
  const words = flags.flatMap(([flag, singular, plural]) => {
    const values = either(body, singular, plural ?? singular);
    return values.length === 0 ? [] : [flag, ...values];
  });
  const priority = numberAt(body, '/properties/priority');
  return line('az', 'network', 'nsg', 'rule', verb, ruleAt(id), [
    ...(priority === undefined ? [] : ['--priority', String(priority)]),
    ...words,
  ]);
}
const ruleAt = (id: string): string[] => [
  ...['-g', groupOf(id), '--nsg-name', nameOf(parentId(id) ?? '')],
  ...['-n', nameOf(id)],
];

/** The body of a PUT, alone or inside its group: without the provisioning state. */
const securityRuleSent = (body: JsonObject): JsonObject => withoutComputed(body, []);

export const securityRule = defineResourceType({
  type: securityRuleType,
  label: 'security rule',
  decidesPackets: true,
  plural: 'security rules',
  shape: ruleShape,
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
  summary: ruleSummary,
  effects: securityRuleEffects,
  sideEffects: parentSideEffects((id) => parentId(id) ?? '', withSecurityRule, withoutSecurityRule),
  write: { body: securityRuleSent, create: true, delete: true, edits: (edit) => isUnder(edit, '/properties') },
  az(change) {
    if (change.kind === 'delete') return line('az', 'network', 'nsg', 'rule', 'delete', ruleAt(change.resource));
    if (change.kind === 'create') return ruleLine('create', change.resource, change.body);
    const words = change.edits.flatMap((edit) => {
      const value = edit.op === 'remove' ? null : (edit.after ?? null);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (edit.pointer === '/properties/priority') return ['--priority', text];
      return ['--set', `${edit.pointer.replace(/^\/properties\//, '').replaceAll('/', '.')}=${text}`];
    });
    return line('az', 'network', 'nsg', 'rule', 'update', ruleAt(change.resource), words);
  },
});

const inline = `${securityRulesPointer}/*`;
const computed = ['defaultSecurityRules', 'subnets', 'networkInterfaces', 'resourceGuid', 'flowLogs'];
const shape: ResourceShape = {
  volatile: [...['etag', 'id', 'type', 'properties/provisioningState'].map((name) => `${inline}/${name}`)],
  sets: {
    [securityRulesPointer]: { member: 'name', fold: true },
    ...Object.fromEntries(rulePlurals.map((name) => [`${inline}/properties/${name}`, { member: null, fold: true }])),
  },
  rewrite: Object.fromEntries(
    Object.entries(ruleSpellings).map(([name, spell]) => [`${inline}/properties/${name}`, spell]),
  ),
};

/** The body of a PUT: without what Azure computes, in the group and in each of its rules, which are identified by name. */
function sent(body: JsonObject): JsonObject {
  const after = updateAt(sendable(body), ['properties'], (value) => {
    if (!isObject(value)) return value;
    const kept = without(value, [...computed, 'provisioningState']);
    const rules = eachObject(kept.securityRules, insideWhole(securityRuleSent));
    return rules === undefined ? kept : withMember(kept, 'securityRules', rules);
  });
  return isObject(after) ? after : body;
}

export const networkSecurityGroup = defineResourceType({
  type: securityGroupType,
  label: 'network security group',
  decidesPackets: true,
  plural: 'network security groups',
  computed,
  shape,
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Rules', value: ({ body }) => String(listAt(body, securityRulesPointer).length) },
    { title: 'Subnets', value: (resource) => sharersOf(resource).subnets.map(nameOf).join(', ') },
  ],
  references(body) {
    const { subnets, nics } = sharersOf({ id: '', type: securityGroupType, apiVersion: '', body });
    return [...subnets, ...nics];
  },
  write: {
    body: sent,
    create: true,
    delete: true,
    refused: 'network security group; its rules are written one by one',
  },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'network', 'nsg', 'delete', at);
    if (change.kind === 'edit') return '';
    const made = line('az', 'network', 'nsg', 'create', at, '-l', textAt(change.body, '/location') ?? '');
    const rules = listAt(change.body, securityRulesPointer).map((rule) =>
      ruleLine('create', `${change.resource}/securityRules/${textAt(rule, '/name') ?? ''}`, rule as JsonObject),
    );
    return lines([made, ...rules]);
  },
});
