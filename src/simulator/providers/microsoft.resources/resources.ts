// The generic lists of resources.
import { addressOf, fold, typeOf, within } from '../../gateway/address.ts';
import { requireAction } from '../../gateway/authorization.ts';
import { equalities } from '../../gateway/filter.ts';
import { page } from '../../gateway/paging.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmJson, type ArmObject, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import type { HttpRoute } from '../route.ts';

// Which resources ARM's own lists show.

/** Top-level resources of providers: no groups, no children, nothing that is attached to another resource. */
function trackedIn(store: Store, scope: string): ArmObject[] {
  return store.ids().flatMap((id) => {
    const address = addressOf(id);
    const isExtension = fold(address.namespace ?? '') === 'microsoft.authorization';
    const isMeant = within(id, scope) && address.types.length === 1 && address.group !== undefined && !isExtension;
    return (isMeant ? store.document(id) : undefined) ?? [];
  });
}

const shownMembers = ['id', 'name', 'type', 'kind', 'location', 'sku', 'identity', 'managedBy', 'tags', 'zones'];

function brief(body: ArmObject): ArmJson {
  return new Map([...body].filter(([name]) => shownMembers.some((member) => fold(member) === fold(name))));
}

export const resourceRoutes: readonly HttpRoute[] = [
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
];
