// Computes of a workspace: of an existing one only the scale settings of a cluster can be written (rules-catalogue, P-COMPUTE).

import { valueAt } from '../model/pointer.ts';
import { fold, parentId, parseId } from '../model/resource-id.ts';
import type { Kind } from './kind.ts';
import { actionOn, edited, groupOf, isUnder } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { objectAt } from './read.ts';
import { computeView } from './workspace-view.ts';

const computeVersion = '2024-04-01';
const scale = '/properties/properties/scaleSettings';
const shape: Shape = {
  volatile: [
    '/properties/modifiedOn',
    '/properties/provisioningErrors',
    '/properties/properties/currentNodeCount',
    '/properties/properties/targetNodeCount',
    '/properties/properties/nodeStateCounts',
    '/properties/properties/allocationState',
    '/properties/properties/allocationStateTransitionTime',
    '/properties/properties/errors',
    '/properties/properties/state',
    '/properties/properties/lastOperation',
  ],
  sets: {},
};
const flags: readonly (readonly [string, string])[] = [
  ['minNodeCount', '--min-instances'],
  ['maxNodeCount', '--max-instances'],
];

export const compute: Kind = {
  type: 'Microsoft.MachineLearningServices/workspaces/computes',
  label: 'compute',
  plural: 'computes',
  apiVersion: computeVersion,
  columns: [
    { title: 'Type', value: (resource) => computeView(resource).computeType ?? '' },
    { title: 'Subnet', value: (resource) => computeView(resource).subnet?.split('/').at(-1) ?? '' },
    { title: 'State', value: (resource) => computeView(resource).provisioningState ?? '' },
  ],
  references(body) {
    const view = computeView({ id: '', type: '', apiVersion: computeVersion, body });
    return [view.subnet, view.resourceId].filter((id) => id !== undefined);
  },
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => parentId(id) ?? id,
  write(change, current) {
    if (change.kind !== 'edit') return 'Bastide neither makes nor deletes a compute.';
    if (current === null) return 'The compute was not read.';
    const strange = change.edits.find((edit) => !isUnder(edit, scale));
    if (strange || fold(computeView(current).computeType ?? '') !== 'amlcompute') {
      return `Of an existing compute only the scale settings of a cluster can be changed, not ${strange?.pointer ?? scale} of this one: it must be made anew.`;
    }
    const settings = objectAt(edited(current.body, change.edits), scale);
    if (settings?.maxNodeCount === undefined) return 'The scale settings must name a largest number of nodes.';
    return {
      method: 'PATCH',
      id: change.resource,
      apiVersion: computeVersion,
      body: { properties: { properties: { scaleSettings: settings } } },
    };
  },
  az(change) {
    const [workspace = '', name = ''] = parseId(change.resource).names;
    const at = ['-n', name, '-g', groupOf(change.resource), '-w', workspace];
    const words = change.edits.flatMap((edit) =>
      edit.op !== 'set'
        ? []
        : flags.flatMap(([member, flag]) => {
            const value = edit.pointer === scale ? valueAt(edit.after, `/${member}`) : edit.after;
            const named = edit.pointer === scale || edit.pointer === `${scale}/${member}`;
            return named && value !== undefined ? [flag, String(value)] : [];
          }),
    );
    return lines(words.length > 0 ? [line('az', 'ml', 'compute', 'update', at, words)] : []);
  },
  needs: (change) => [actionOn('Microsoft.MachineLearningServices/workspaces/computes/write', change.resource)],
};
