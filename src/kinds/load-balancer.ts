// Load balancers: deleted where a compute has left them behind; neither made nor changed.
import { nameOf } from '../model/resource-id.ts';
import type { JsonObject, Kind } from './kind.ts';
import { networkVersion } from './network-view.ts';
import { actionOn, groupOf, readOnly } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';

export const loadBalancerType = 'Microsoft.Network/loadBalancers';
const frontends = '/properties/frontendIPConfigurations';
const shape: Shape = { volatile: ['/properties/resourceGuid'], sets: {} };

/** Ids of the public addresses and subnets in front of it. */
const frontOf = (body: JsonObject): string[] =>
  listAt(body, frontends).flatMap((item) =>
    [textAt(item, '/properties/publicIPAddress/id'), textAt(item, '/properties/subnet/id')].filter(
      (id) => id !== undefined,
    ),
  );

export const loadBalancer: Kind = {
  type: loadBalancerType,
  label: 'load balancer',
  plural: 'load balancers',
  apiVersion: networkVersion,
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'In front', value: ({ body }) => frontOf(body).map(nameOf).join(', ') },
  ],
  references: frontOf,
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  lost: () => 'a load balancer that the service made is not made again by anybody else.',
  writer: (id) => id,
  write(change) {
    if (change.kind !== 'delete') return readOnly('load balancer', change);
    return { method: 'DELETE', id: change.resource, apiVersion: networkVersion, body: null };
  },
  az: (change) =>
    change.kind === 'delete'
      ? line('az', 'network', 'lb', 'delete', '-g', groupOf(change.resource), '-n', nameOf(change.resource))
      : '',
  needs: (change) => [actionOn(`${loadBalancerType}/delete`, change.resource)],
};
