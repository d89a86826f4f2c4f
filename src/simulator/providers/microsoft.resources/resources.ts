// The generic lists of resources, and a Resource Graph that knows one answer: everything there is.
import { addressOf, fold, typeOf, within } from '../../gateway/address.ts';
import { ok } from '../../gateway/answer.ts';
import { requireAction } from '../../gateway/authorization.ts';
import { equalities } from '../../gateway/filter.ts';
import { page } from '../../gateway/paging.ts';
import { parameter } from '../../gateway/request.ts';
import { type Json, type JsonObject, json, list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import type { Route } from '../route.ts';

const shownMembers = ['id', 'name', 'type', 'kind', 'location', 'sku', 'identity', 'managedBy', 'tags', 'zones'];

/** Top-level resources of providers: no groups, no children, nothing that hangs on another resource. */
function trackedIn(store: Store, scope: string): JsonObject[] {
  return store.all().filter((body) => {
    const id = idOf(body);
    const address = addressOf(id);
    const isExtension = fold(address.namespace ?? '') === 'microsoft.authorization';
    return within(id, scope) && address.types.length === 1 && address.group !== undefined && !isExtension;
  });
}

function brief(body: JsonObject): Json {
  return new Map([...body].filter(([name]) => shownMembers.some((member) => fold(member) === fold(name))));
}

export const resourceRoutes: readonly Route[] = [
  {
    path: /^(\/subscriptions\/[^/]+(?:\/resourcegroups\/[^/]+)?)\/resources$/i,
    methods: {
      GET: (machine, call, [scope = '']) => {
        requireAction(machine, scope, 'Microsoft.Resources/subscriptions/resources/read');
        const wanted = equalities(parameter(call.request, '$filter'));
        const [type, group, name] = ['resourcetype', 'resourcegroup', 'name'].map((key) => wanted.get(key));
        const location = wanted.get('location');
        const items = trackedIn(machine.store, scope).filter((body) => {
          const id = idOf(body);
          return (
            (type === undefined || fold(typeOf(id)) === fold(type)) &&
            (group === undefined || fold(addressOf(id).group ?? '') === fold(group)) &&
            (name === undefined || fold(text(body, 'name') ?? '') === fold(name)) &&
            (location === undefined || fold(text(body, 'location') ?? '') === fold(location))
          );
        });
        return page(call, items.map(brief), machine.paging);
      },
    },
  },
  {
    path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
    methods: {
      POST: (machine, _call, _captures, body) => {
        const subscriptions = list(body(), 'subscriptions').filter((item) => typeof item === 'string');
        const scopes = subscriptions.length > 0 ? subscriptions : machine.store.subscriptions();
        const data = scopes
          .flatMap((subscription) => trackedIn(machine.store, `/subscriptions/${subscription}`))
          .map(row);
        return ok(
          json({ totalRecords: data.length, count: data.length, data, facets: [], resultTruncated: 'false' }),
          200,
          {
            'x-ms-user-quota-remaining': '14',
            'x-ms-user-quota-resets-after': '00:00:05',
          },
        );
      },
    },
  },
];

function row(body: JsonObject): Json {
  const address = addressOf(idOf(body));
  return new Map([
    ...body,
    ['type', fold(address.type ?? '')],
    ['resourceGroup', fold(address.group ?? '')],
    ['subscriptionId', address.subscription ?? ''],
  ] as [string, Json][]);
}
