// Microsoft.Network/routeTables: routes inside, subnets computed.
import { fold, parentOf, sameId } from '../../gateway/address.ts';
import { at, json, list, put, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';
import { networkChild, networkResource, subnetsNaming, touch } from './network-parts.ts';
import { inUseError, missingValue, requireLocation, showReferences } from './references.ts';
import { checkRoutes, routeShape, routesIn, settledRoute } from './route-document.ts';
import { propertiesOf } from './subnet-document.ts';

export const routeTables: ProviderType = {
  ...networkResource,
  type: 'Microsoft.Network/routeTables',
  shape: {
    ...tracked,
    properties: { disableBgpRoutePropagation: 'boolean', routes: [{ name: 'text', ...routeShape }] },
  },
  replace({ before, body, id, newId }) {
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, ['resourceGuid', 'subnets']);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const routes = routesIn(body).map((route) => {
      const name = text(route, 'name');
      if (name === undefined || name === '') throw missingValue('properties.routes[].name');
      const old = routesIn(before).find((item) => fold(text(item, 'name') ?? '') === fold(name));
      return settledRoute(text(old, 'id') ?? `${id}/routes/${name}`, route, old);
    });
    checkRoutes(id, routes);
    put(properties, 'routes', routes);
    if (at(properties, 'disableBgpRoutePropagation') === undefined)
      put(properties, 'disableBgpRoutePropagation', false);
    if (!before) put(properties, 'resourceGuid', newId());
    return next;
  },
  mayDelete({ id, store }) {
    const users = subnetsNaming(store, 'routeTable', id);
    if (users.length > 0) throw inUseError('InUseRouteTableCannotBeDeleted', 'Route table', id, users);
  },
  show({ store }, body) {
    showReferences(store, body, 'subnets', subnetsNaming(store, 'routeTable', text(body, 'id') ?? ''));
    if (list(body, 'properties', 'routes').length === 0) put(propertiesOf(body), 'routes', json([]));
    return body;
  },
};

// Microsoft.Network/routeTables/routes: inside their table, which takes one write at a time.

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
