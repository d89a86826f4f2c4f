// Subscriptions, their locations, and tenants.
import { gatewayError, ok } from '../../gateway/answer.ts';
import { requireAction } from '../../gateway/authorization.ts';
import { page } from '../../gateway/paging.ts';
import { clone, json, put } from '../../json.ts';
import type { HttpRoute } from '../route.ts';

const locations: readonly (readonly [string, string, string])[] = [
  ['westeurope', 'West Europe', 'northeurope'],
  ['northeurope', 'North Europe', 'westeurope'],
  ['eastus', 'East US', 'westus'],
  ['francecentral', 'France Central', 'francesouth'],
];

export const subscriptionRoutes: readonly HttpRoute[] = [
  {
    path: /^\/subscriptions$/i,
    methods: {
      GET: (machine, call) => {
        const items = machine.store.ofType('Microsoft.Resources/subscriptions').map((body) => {
          const shown = clone(body);
          put(shown, 'tenantId', machine.identity.tenant);
          return shown;
        });
        return page(call, items, machine.paging);
      },
    },
  },
  {
    path: /^\/subscriptions\/([^/]+)$/i,
    methods: {
      GET: (machine, call, [subscription = '']) => {
        requireAction(machine, `/subscriptions/${subscription}`, 'Microsoft.Resources/subscriptions/read');
        const body = machine.store.get(call.address.path);
        if (!body)
          throw gatewayError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
        const shown = clone(body);
        put(shown, 'tenantId', machine.identity.tenant);
        return ok(shown);
      },
    },
  },
  {
    path: /^\/subscriptions\/([^/]+)\/locations$/i,
    methods: {
      // One list, never in pages.
      GET: (_machine, _call, [subscription = '']) =>
        ok(
          json({
            value: locations.map(([name, displayName, pair]) => ({
              id: `/subscriptions/${subscription}/locations/${name}`,
              name,
              type: 'Region',
              displayName,
              regionalDisplayName: displayName,
              metadata: {
                regionType: 'Physical',
                regionCategory: 'Recommended',
                pairedRegion: [{ name: pair, id: `/subscriptions/${subscription}/locations/${pair}` }],
              },
            })),
          }),
        ),
    },
  },
  {
    path: /^\/tenants$/i,
    methods: {
      GET: (machine, call) => {
        const { tenant } = machine.identity;
        const item = json({
          id: `/tenants/${tenant}`,
          tenantId: tenant,
          countryCode: 'NL',
          displayName: 'Simulated',
          domains: ['simulated.example'],
          tenantCategory: 'Home',
          tenantType: 'AAD',
        });
        return page(call, [item], machine.paging);
      },
    },
  },
];
