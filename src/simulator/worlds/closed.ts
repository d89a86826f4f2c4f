// The three worlds in which nothing is wrong, one for each architecture.
import { closedByManagedNetwork, closedByPrivateEndpoints, closedByServiceEndpoints } from './bases.ts';
import { world } from './world.ts';

export const closed = world({
  name: 'closed-service-endpoint',
  aliases: ['closed'],
  title: 'Closed by service endpoints, no faults',
  base: closedByServiceEndpoints(),
});

export const closedPrivateEndpoint = world({
  name: 'closed-private-endpoint',
  aliases: ['private'],
  title: 'Closed by private endpoints, no faults',
  base: closedByPrivateEndpoints,
});

export const closedManagedNetwork = world({
  name: 'closed-managed-network',
  title: 'Closed by a managed network, no faults',
  base: closedByManagedNetwork,
});
