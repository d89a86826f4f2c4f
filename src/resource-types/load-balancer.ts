// Load balancers: deleted when orphaned by a compute; never created or changed.
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { groupOf } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';
import type { JsonObject } from './resource-type.ts';

export const loadBalancerType = 'Microsoft.Network/loadBalancers';
const frontends = '/properties/frontendIPConfigurations';

/** Ids of the public addresses and subnets of its front ends. */
const frontOf = (body: JsonObject): string[] =>
  listAt(body, frontends).flatMap((item) =>
    [textAt(item, '/properties/publicIPAddress/id'), textAt(item, '/properties/subnet/id')].filter(
      (id) => id !== undefined,
    ),
  );

export const loadBalancer = defineResourceType({
  type: loadBalancerType,
  label: 'load balancer',
  plural: 'load balancers',
  computed: ['resourceGuid'],
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Frontend', value: ({ body }) => frontOf(body).map(nameOf).join(', ') },
  ],
  references: frontOf,
  effects: ({ id, after }) =>
    after === null
      ? [{ kind: 'outage', detail: `Traffic through the load balancer ${nameOf(id)} ends.`, subject: id }]
      : [],
  restoreBlocker: () => 'only the service creates this load balancer, so it is not restored.',
  write: { delete: true },
  az: (change) =>
    change.kind === 'delete'
      ? line('az', 'network', 'lb', 'delete', '-g', groupOf(change.resource), '-n', nameOf(change.resource))
      : '',
});
