// Firewall policies, read only, and their rule collection groups, which hold the rules.
import type { ListKey } from '../model/edit.ts';
import type { Json } from '../model/json.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import {
  applicationWords,
  basePolicyOf,
  firewallPolicyType,
  groupCollectionsPointer,
  ipGroupsIn,
  networkWords,
  ruleCollectionGroupType,
} from './azure-firewall.ts';
import { defineResourceType } from './define.ts';
import { groupOf, isUnder } from './parts/bodies.ts';
import { collectionEffects } from './parts/collection-effects.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { listAt, numberAt, textAt } from './read.ts';
import type { Change } from './resource-type.ts';

/** Back references, which change with other resources. */
const others = ['firewalls', 'childPolicies', 'ruleCollectionGroups'];

export const firewallPolicy = defineResourceType({
  type: firewallPolicyType,
  label: 'firewall policy',
  decidesPackets: true,
  plural: 'firewall policies',
  computed: ['size', ...others],
  columns: [
    { title: 'Inherits from', value: (resource) => nameOf(basePolicyOf(resource) ?? '') },
    {
      title: 'Firewalls',
      value: ({ body }) =>
        listAt(body, '/properties/firewalls')
          .map((item) => nameOf(textAt(item, '/id') ?? ''))
          .join(', '),
    },
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
  ],
  references(body) {
    const base = textAt(body, '/properties/basePolicy/id');
    const linked = others.flatMap((name) =>
      listAt(body, `/properties/${name}`).flatMap((item) => textAt(item, '/id') ?? []),
    );
    return base === undefined ? linked : [base, ...linked];
  },
  write: { refused: 'firewall policy; its rules are written group by group' },
});

// Rule collection groups: writes of one policy are serial, since each of them updates every firewall that uses the policy.
const byName: ListKey = { member: 'name', fold: true };
const shape: ResourceShape = { sets: { [groupCollectionsPointer]: byName } };

export const ruleCollectionGroup = defineResourceType({
  type: ruleCollectionGroupType,
  label: 'rule collection group',
  decidesPackets: true,
  plural: 'rule collection groups',
  computed: ['size'],
  shape,
  columns: [
    { title: 'Policy', value: ({ id }) => nameOf(parentId(id) ?? '') },
    { title: 'Priority', value: ({ body }) => String(numberAt(body, '/properties/priority') ?? '') },
    {
      title: 'Collections',
      value: ({ body }) =>
        listAt(body, groupCollectionsPointer)
          .map((item) => textAt(item, '/name') ?? '')
          .join(', '),
    },
  ],
  references: (body) => ipGroupsIn({ id: '', type: ruleCollectionGroupType, apiVersion: '', body }),
  effects: (sides) => collectionEffects(sides, groupCollectionsPointer),
  write: { create: true, delete: true, edits: (edit) => isUnder(edit, '/properties') },
  az: azLines,
});

const command = ['az', 'network', 'firewall', 'policy', 'rule-collection-group'] as const;

function azLines(change: Change): string {
  const policy = ['-g', groupOf(change.resource), '--policy-name', nameOf(parentId(change.resource) ?? '')];
  const name = nameOf(change.resource);
  if (change.kind === 'delete') return line(...command, 'delete', policy, '-n', name, '--yes');
  const at = [...policy, '--rcg-name', name];
  if (change.kind === 'create') {
    const priority = String(numberAt(change.body, '/properties/priority') ?? '');
    const made = line(...command, 'create', policy, '-n', name, '--priority', priority);
    return lines([made, ...listAt(change.body, groupCollectionsPointer).flatMap((one) => collectionLines(at, one))]);
  }
  return lines(
    change.edits.flatMap((edit) => {
      if (edit.op === 'add') return collectionLines(at, edit.after);
      if (edit.op === 'remove') {
        return [line(...command, 'collection', 'remove', at, '-n', textAt(edit.before, '/name') ?? '')];
      }
      const value = JSON.stringify(edit.after ?? null);
      const path = edit.pointer.replace(/^\/properties\//, '').replaceAll('/', '.');
      return [line(...command, 'update', policy, '-n', name, '--set', `${path}=${value}`)];
    }),
  );
}

/** One line per rule; the first creates the collection. */
function collectionLines(at: readonly string[], collection: Json): string[] {
  const name = textAt(collection, '/name') ?? '';
  const priority = String(numberAt(collection, '/priority') ?? '');
  const action = textAt(collection, '/action/type') ?? 'Allow';
  return listAt(collection, '/rules').map((rule, index) => {
    const type = textAt(rule, '/ruleType') ?? 'NetworkRule';
    const rest = [
      '--rule-type',
      type,
      ...(type === 'ApplicationRule' ? applicationWords(rule) : networkWords(rule, '--ip-protocols')),
    ];
    const own = textAt(rule, '/name') ?? '';
    if (index > 0)
      return line(...command, 'collection', 'rule', 'add', [...at], ['--collection-name', name, '-n', own, ...rest]);
    const head = ['-n', name, '--collection-priority', priority, '--action', action, '--rule-name', own];
    return line(...command, 'collection', 'add-filter-collection', [...at], [...head, ...rest]);
  });
}
