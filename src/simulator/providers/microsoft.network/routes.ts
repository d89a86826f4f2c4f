// Microsoft.Network/routeTables/routes: inside their table, which takes one write at a time.
import { parentOf, sameId } from '../../gateway/address.ts';
import { idOf } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';
import { touch } from './network-parts.ts';
import { networkChild } from './network-resource.ts';
import { checkRoutes, routeShape, routesIn, settledRoute } from './route-document.ts';

export const routes: ProviderType = {
  ...networkChild,
  type: 'Microsoft.Network/routeTables/routes',
  shape: routeShape,
  holds: parentOf,
  replace({ before, body, id, store }) {
    const next = settledRoute(id, body, before);
    const others = routesIn(store.get(parentOf(id))).filter((route) => !sameId(idOf(route), id));
    checkRoutes(parentOf(id), [...others, next]);
    return next;
  },
  gone: touch,
};
