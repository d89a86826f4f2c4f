// One rule of a network security group (rules-catalogue, P-NSG-RULE): written whole, with the etag it shares with its group.
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import type { Kind } from './kind.ts';
import { networkVersion } from './network-view.ts';
import { actionOn, edited, groupOf, isUnder, sendable, twinSpelling, without } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy, spelt } from './parts/normal.ts';
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
  volatile: ['/properties/provisioningState'],
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

/** The body of a PUT: the state is Azure's to write. */
function sent(body: JsonObject): JsonObject {
  const tidy = sendable(body);
  const after = updateAt(tidy, ['properties'], (value) =>
    isObject(value) ? without(value, ['provisioningState']) : value,
  );
  return isObject(after) ? after : tidy;
}

export const securityRule: Kind = {
  type: securityRuleType,
  label: 'security rule',
  plural: 'security rules',
  apiVersion: networkVersion,
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
  references: () => [],
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  /** A rule stands in its group's body as well. */
  follows({ kind, resource }, seen) {
    const group = seen.resource(parentId(resource) ?? '');
    const own = seen.resource(resource);
    if (!group) return { put: [], gone: [] };
    if (kind === 'delete') return { put: [withoutSecurityRule(group, resource)], gone: [] };
    return { put: own ? [withSecurityRule(group, own)] : [], gone: [] };
  },
  writer: (id) => parentId(id) ?? id,
  write(change, current) {
    const where = { id: change.resource, apiVersion: networkVersion };
    const etag = current?.etag ?? textAt(current?.body, '/etag');
    const match = etag === undefined ? {} : { ifMatch: etag };
    if (change.kind === 'create') return { method: 'PUT', ...where, body: sent(change.body), ifNoneMatch: '*' };
    if (change.kind === 'delete') return { method: 'DELETE', ...where, body: null, ...match };
    if (current === null) return 'The rule was not read; a rule is written whole, so never unseen.';
    const strange = change.edits.find((edit) => !isUnder(edit, '/properties'));
    if (strange) return `Bastide does not write ${strange.pointer} of a security rule.`;
    const twin = twinSpelling(current.body, change.edits);
    return twin ?? { method: 'PUT', ...where, body: sent(edited(current.body, change.edits)), ...match };
  },
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
  needs: (change) => [
    actionOn(`${securityRuleType}/${change.kind === 'delete' ? 'delete' : 'write'}`, change.resource),
  ],
};
