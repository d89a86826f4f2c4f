// The generic lists of resources.
import { addressOf, fold, typeOf } from '../../gateway/address.ts';
import { requireAction } from '../../gateway/authorization.ts';
import { equalities } from '../../gateway/filter.ts';
import { page } from '../../gateway/paging.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmJson, type ArmObject, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import type { HttpRoute } from '../route.ts';
import { trackedIn } from './tracked.ts';

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
