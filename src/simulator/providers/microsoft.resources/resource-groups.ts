// Resource groups: list, get, HEAD, put, patch, and delete with everything inside.
import { fold } from '../../gateway/address.ts';
import { refuseAmbiguity } from '../../gateway/ambiguity.ts';
import { type ArmError, gatewayError, ok } from '../../gateway/answer.ts';
import { requireAction, requireUnlocked } from '../../gateway/authorization.ts';
import { removeResource } from '../../gateway/machine.ts';
import { page } from '../../gateway/paging.ts';
import { json, put, text } from '../../json.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import type { HttpRoute } from '../route.ts';

const type = 'Microsoft.Resources/resourceGroups';
const action = 'Microsoft.Resources/subscriptions/resourceGroups';

function missing(name: string): ArmError {
  return gatewayError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
}

export const resourceGroupRoutes: readonly HttpRoute[] = [
  {
    path: /^(\/subscriptions\/[^/]+)\/resourcegroups$/i,
    methods: {
      GET: (machine, call, [scope = '']) => {
        requireAction(machine, scope, `${action}/read`);
        return page(call, machine.store.ofType(type, scope), machine.paging);
      },
    },
  },
  {
    path: /^(\/subscriptions\/[^/]+)\/resourcegroups\/([^/]+)$/i,
    methods: {
      GET: (machine, call, [, name = '']) => {
        const body = machine.store.get(call.address.path);
        if (!body) throw missing(name);
        requireAction(machine, call.address.path, `${action}/read`);
        return ok(body);
      },
      HEAD: (machine, call) => ({ status: machine.store.get(call.address.path) ? 204 : 404 }),
      PUT: (machine, _call, [scope = '', name = ''], body) => {
        const sent = body();
        const id = `${scope}/resourceGroups/${name}`;
        requireAction(machine, id, `${action}/write`);
        refuseAmbiguity(sent);
        requireUnlocked(machine, id, 'write');
        const before = machine.store.get(id);
        const location = text(sent, 'location');
        if (location === undefined)
          throw gatewayError(400, 'LocationRequired', 'The location property is required for this definition.');
        const old = text(before, 'location');
        if (old !== undefined && fold(old) !== fold(location).replaceAll(' ', '')) {
          throw gatewayError(
            409,
            'InvalidResourceGroupLocation',
            `Invalid resource group location '${location}'. The Resource group already exists in location '${old}'.`,
          );
        }
        const next = before
          ? replaceDocument(before, sent)
          : new Map([['id', id], ['name', name], ['type', type], ...replaceDocument(undefined, sent)]);
        put(next, 'properties', json({ provisioningState: 'Succeeded' }));
        machine.store.set(id, next);
        machine.dirty = true;
        return ok(next, before ? 200 : 201);
      },
      PATCH: (machine, call, [, name = ''], body) => {
        const before = machine.store.get(call.address.path);
        if (!before) throw missing(name);
        requireAction(machine, call.address.path, `${action}/write`);
        requireUnlocked(machine, call.address.path, 'write');
        const next = mergeDocument(before, body());
        machine.store.set(call.address.path, next);
        machine.dirty = true;
        return ok(next);
      },
      DELETE: (machine, call, [, name = '']) => {
        const { path } = call.address;
        if (!machine.store.get(path)) throw missing(name);
        requireAction(machine, path, `${action}/delete`);
        requireUnlocked(machine, path, 'delete');
        removeResource(machine, path);
        machine.dirty = true;
        return { status: 200 };
      },
    },
  },
];
