// Management locks: created and deleted, never edited.
import { writeVersionOf } from '../model/api-versions.ts';
import type { JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { nameOf, parseId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { readOnly } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { textAt } from './read.ts';
import { lockView } from './workspace-view.ts';

/** The list of all locks of a subscription, as a path. */
export const locksOf = (subscription: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/locks`;

const lockType = 'Microsoft.Authorization/locks';
export const lock = defineResourceType({
  type: lockType,
  label: 'lock',
  plural: 'locks',
  columns: [
    { title: 'Level', value: (resource) => lockView(resource).level ?? '' },
    { title: 'On', value: (resource) => nameOf(lockView(resource).scope) },
    { title: 'Notes', value: (resource) => lockView(resource).notes ?? '' },
  ],
  effects({ id, before, after }) {
    const words = (one: NonNullable<typeof before>) =>
      `the ${lockView(one).level ?? 'resource'} lock ${nameOf(id)} on ${nameOf(lockView(one).scope)}`;
    if (before === null && after !== null) {
      return [
        {
          kind: 'restricts',
          now: null,
          detail: `Adds ${words(after)}: it blocks changes or deletion there.`,
          subject: lockView(after).scope,
        },
      ];
    }
    return after === null && before !== null
      ? [
          {
            kind: 'relaxes',
            detail: `Removes ${words(before)}: changes and deletion are possible there.`,
            subject: lockView(before).scope,
          },
        ]
      : [];
  },
  write(change) {
    const at = { id: change.resource, apiVersion: writeVersionOf(lockType) };
    if (change.kind === 'edit') return readOnly('lock', change);
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    const properties = valueAt(change.body, '/properties');
    if (!isObject(properties)) return 'The lock to be restored has no level.';
    return { method: 'PUT', ...at, body: { properties: kept(properties) } };
  },
  az(change) {
    if (change.kind === 'edit') return '';
    if (change.kind === 'delete') return line('az', 'lock', 'delete', '--ids', change.resource);
    const { scope } = lockView({ id: change.resource, type: '', apiVersion: '', body: {} });
    const notes = textAt(change.body, '/properties/notes');
    const level = textAt(change.body, '/properties/level') ?? 'CanNotDelete';
    const { type, resourceGroup } = parseId(scope);
    return line(
      'az',
      'lock',
      'create',
      '--name',
      nameOf(change.resource),
      '--lock-type',
      level,
      type !== undefined
        ? ['--resource', scope]
        : resourceGroup !== undefined
          ? ['--resource-group', resourceGroup]
          : [],
      notes === undefined ? [] : ['--notes', notes],
    );
  },
});

/** A PUT takes level, notes and, when it had any, owners. */
const kept = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => ['level', 'notes', 'owners'].includes(name) && value !== null),
  );
