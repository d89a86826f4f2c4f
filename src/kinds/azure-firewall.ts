// Azure Firewall (rules-catalogue 15.10). One with rules of its own (classic) is changed collection by collection, each time
// written whole; one that follows a policy takes no rules itself (rule-collection-group.ts).
import type { ListKey } from '../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { collectionMembers, firewallType, firewallView } from './firewall-view.ts';
import type { Change } from './kind.ts';
import { networkVersion } from './network-view.ts';
import { eachObject, groupOf, isUnder, sendable, without } from './parts/bodies.ts';
import { applicationWords, networkWords } from './parts/firewall-lines.ts';
import type { Shape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { listAt, numberAt, textAt } from './read.ts';

const byName: ListKey = { member: 'name', fold: true };
const pointers = collectionMembers.map((member) => `/properties/${member}`);
const computed = ['etag', 'type'];
const shape: Shape = {
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
  plural: 'Azure Firewalls',
  apiVersion: networkVersion,
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

/** The body of a PUT: what Azure computes taken out of the firewall, its configurations and its collections. */
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

/** One line a rule; the first makes the collection. */
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
