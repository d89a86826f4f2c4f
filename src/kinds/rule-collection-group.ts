// Rule collection groups: the rules of a firewall policy (rules-catalogue 15.10). One of ours is made and deleted whole; writes of
// one policy are serial, since each of them updates every firewall that follows it.
import type { ListKey } from '../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import { groupCollectionsPointer, ipGroupsIn, ruleCollectionGroupType } from './firewall-view.ts';
import type { Change, Kind } from './kind.ts';
import { networkVersion } from './network-view.ts';
import { actionOn, groupOf, isUnder, sendable, without } from './parts/bodies.ts';
import { applicationWords, networkWords } from './parts/firewall-lines.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { type WholeWrite, writeWhole } from './parts/whole-write.ts';
import { listAt, numberAt, textAt } from './read.ts';

const byName: ListKey = { member: 'name', fold: true };
const shape: Shape = { volatile: ['/properties/size'], sets: { [groupCollectionsPointer]: byName } };

const whole: WholeWrite = {
  apiVersion: networkVersion,
  label: 'a rule collection group',
  unseen: 'The rule collection group was not read; it is written whole, so never unseen.',
  writes: (edit) => isUnder(edit, '/properties'),
  sent,
};

export const ruleCollectionGroup: Kind = {
  type: ruleCollectionGroupType,
  label: 'rule collection group',
  plural: 'rule collection groups',
  apiVersion: networkVersion,
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
  lists: { [groupCollectionsPointer]: byName },
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => parentId(id) ?? id,
  write: (change, current) => writeWhole(whole, change, current),
  az: azLines,
  needs: (change) => [
    actionOn(`${ruleCollectionGroupType}/${change.kind === 'delete' ? 'delete' : 'write'}`, change.resource),
  ],
};

/** The body of a PUT: the state and the size are Azure's to write. */
function sent(body: JsonObject): JsonObject {
  const tidy = sendable(body);
  const after = updateAt(tidy, ['properties'], (value) =>
    isObject(value) ? without(value, ['provisioningState', 'size']) : value,
  );
  return isObject(after) ? after : tidy;
}

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

/** One line a rule; the first makes the collection. */
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
