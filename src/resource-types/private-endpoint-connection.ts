// Private endpoint connections of a target: approved, rejected or deleted here; only a private endpoint creates one. There is
// one resource type for each type of target, at the api-version of the target.

import { readVersionOf, writeVersionOf } from '../model/api-versions.ts';
import { isDeferred } from '../model/change.ts';
import { applyEdits } from '../model/edit.ts';
import { isObject, type Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { fold, nameOf, parentId, typeOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { actionOn, isUnder } from './parts/bodies.ts';
import type { ResourceShape } from './parts/normal.ts';
import { deferredLine, line, lines, word } from './parts/shell.ts';
import {
  connectionChanged,
  connectionGone,
  connectionState,
  connectionTargets,
  connectionTypeOf,
} from './private-link.ts';
import { enumAt, textAt } from './read.ts';
import type { Edit, Resource, ResourceType } from './resource-type.ts';

const inCli = ['az', 'network', 'private-endpoint-connection'];
const statuses = ['Approved', 'Pending', 'Rejected', 'Disconnected'] as const;
const shape: ResourceShape = {
  volatile: ['/properties/privateEndpoint/subnetArmId', '/properties/groupIds'],
  rewrite: { [`${connectionState}/description`]: (value) => (value === '' ? undefined : value) },
};

const isStatus = (edit: Edit): edit is Extract<Edit, { readonly op: 'set' }> =>
  edit.op === 'set' && edit.pointer === `${connectionState}/status`;
/** Azure has no transition back to Pending. */
const approves = (edit: Edit): boolean => isStatus(edit) && waits(edit.before);
const waits = (status: Json | undefined): boolean => typeof status === 'string' && fold(status) === 'pending';

const connectionType = (targetType: string): ResourceType =>
  defineResourceType({
    type: connectionTypeOf(targetType),
    label: 'private endpoint connection',
    decidesPackets: true,
    plural: 'private endpoint connections',
    shape,
    // The request's message is shown as the description until it is approved or rejected.
    requestKey: `${connectionState}/description`,
    columns: [
      { title: 'State', value: ({ body }) => enumAt(body, `${connectionState}/status`, statuses) ?? '' },
      { title: 'Endpoint', value: ({ body }) => nameOf(textAt(body, '/properties/privateEndpoint/id') ?? '') },
      { title: 'Notes', value: ({ body }) => textAt(body, `${connectionState}/description`) ?? '' },
    ],
    references(body) {
      const endpoint = textAt(body, '/properties/privateEndpoint/id');
      return endpoint === undefined ? [] : [endpoint];
    },
    oneWay: (edit) => (approves(edit) ? 'it cannot become Pending again; an undo rejects the connection.' : null),
    instead: (inverse) => (isStatus(inverse) && waits(inverse.after) ? { ...inverse, after: 'Rejected' } : inverse),
    effects({ id, before, after }) {
      const status = (one: Resource | null) => one && enumAt(one.body, `${connectionState}/status`, statuses);
      const [was, is] = [status(before), status(after)];
      if (before === null || was === is) return [];
      const endpoint = textAt(before.body, '/properties/privateEndpoint/id');
      const subject = endpoint ?? id;
      const target = nameOf(parentId(id) ?? id);
      const name = nameOf(subject);
      // A connection that Azure has not named yet is described in words.
      const from =
        endpoint !== undefined ? `the private endpoint ${name}` : / /.test(name) ? name : `connection ${name}`;
      if (is === 'Approved') return [{ kind: 'allows', detail: `Approves ${from} to ${target}.`, subject }];
      return was === 'Approved'
        ? [{ kind: 'relaxes', detail: `Withdraws the approval of ${from} to ${target}.`, subject }]
        : [{ kind: 'restricts', detail: `Rejects ${from} to ${target}, which was ${was ?? 'not approved'}.`, subject }];
    },
    sideEffects(change, seen) {
      if (change.kind === 'delete') return connectionGone(change.resource, seen);
      const after = seen.resource(change.resource);
      return after ? connectionChanged(after, seen) : { put: [], gone: [] };
    },
    write(change, current) {
      const at = { id: change.resource, apiVersion: writeVersionOf(typeOf(change.resource)) };
      if (change.kind === 'create') return 'A connection is created by its private endpoint.';
      if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
      if (current === null) return 'The connection was not read.';
      const strange = change.edits.find((edit) => !isUnder(edit, connectionState));
      if (strange) return `Bastide does not write ${strange.pointer} of a private endpoint connection.`;
      const state = valueAt(applyEdits(current.body, change.edits), connectionState);
      if (!isObject(state)) return 'The state of the connection is not known.';
      return { method: 'PUT', ...at, body: { properties: { privateLinkServiceConnectionState: state } } };
    },
    az(change) {
      if (change.kind === 'create') return '';
      const late = isDeferred(change)
        ? deferredLine(change, [...inCli, 'list'], 'privateEndpointConnections', readVersionOf(targetType))
        : null;
      const command = (verb: string) => `${line(inCli, verb, '--id')} ${late?.id ?? word(change.resource)}`;
      if (change.kind === 'delete') return `${command('delete')} --yes`;
      const text = (name: string) => {
        const edit = change.edits.find(({ pointer }) => pointer === `${connectionState}/${name}`);
        return edit?.op === 'set' && typeof edit.after === 'string' ? edit.after : undefined;
      };
      const [status, description] = [text('status'), text('description')];
      const words = description === undefined ? '' : ` ${line('--description', description)}`;
      const verb = status === 'Approved' ? 'approve' : status === 'Rejected' ? 'reject' : undefined;
      if (verb !== undefined) return lines([...(late ? [late.wait] : []), `${command(verb)}${words}`]);
      const path = connectionState.slice(1).replaceAll('/', '.');
      const sets = [
        ...(status === undefined ? [] : [`${path}.status=${status}`]),
        ...(description === undefined ? [] : [`${path}.description=${description}`]),
      ];
      return late
        ? ''
        : line(
            'az',
            'resource',
            'update',
            '--ids',
            change.resource,
            '--api-version',
            readVersionOf(connectionTypeOf(targetType)),
            '--set',
            sets,
          );
    },
    alsoNeeds({ resource }) {
      const target = parentId(resource) ?? resource;
      return [actionOn(`${typeOf(target)}/privateEndpointConnectionsApproval/action`, target)];
    },
  });

export const privateEndpointConnections: readonly ResourceType[] = connectionTargets.map(connectionType);
