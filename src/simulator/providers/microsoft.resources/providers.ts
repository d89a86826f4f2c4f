// Resource providers as ARM lists them: which namespaces a subscription is registered for, with types and api-versions.
import { fold, sameId, typeOf } from '../../gateway/address.ts';
import { gatewayError, ok } from '../../gateway/answer.ts';
import { requireAction } from '../../gateway/authorization.ts';
import type { Machine } from '../../gateway/machine.ts';
import { page } from '../../gateway/paging.ts';
import { versionsOf } from '../../gateway/versions.ts';
import { type ArmJson, json } from '../../json.ts';
import type { ProviderType } from '../provider.ts';
import type { HttpRoute } from '../route.ts';

const alwaysThere = [
  'Microsoft.Resources',
  'Microsoft.ContainerRegistry',
  'Microsoft.ContainerService',
  'Microsoft.ContainerInstance',
  'Microsoft.Compute',
  'Microsoft.Insights',
];
const locations = ['West Europe', 'North Europe', 'East US', 'France Central'];

/** `types` is passed in, because the list of types is above this file. */
export function providerRoutes(types: () => readonly ProviderType[]): readonly HttpRoute[] {
  const known = (machine: Machine): Map<string, Map<string, readonly string[]>> => {
    const found = new Map<string, Map<string, readonly string[]>>(alwaysThere.map((name) => [name, new Map()]));
    const add = (type: string, versions: readonly string[]): void => {
      const [namespace = '', ...rest] = type.split('/');
      const spelt = [...found.keys()].find((name) => sameId(name, namespace)) ?? namespace;
      const list = found.get(spelt) ?? new Map<string, readonly string[]>();
      const name = rest.join('/');
      if (![...list.keys()].some((other) => sameId(other, name))) list.set(name, versions);
      found.set(spelt, list);
    };
    for (const { type } of types()) add(type, versionsOf(type));
    const stored = machine.store.ids().filter((id) => fold(id).includes('/providers/'));
    for (const type of new Set(stored.map(typeOf))) add(type, versionsOf(type));
    return found;
  };
  const shown = (
    machine: Machine,
    subscription: string,
    namespace: string,
    list: ReadonlyMap<string, readonly string[]>,
  ): ArmJson =>
    json({
      id: `/subscriptions/${subscription}/providers/${namespace}`,
      namespace,
      resourceTypes: [...list].map(([resourceType, apiVersions]) => ({
        resourceType,
        locations,
        apiVersions,
        capabilities: 'SupportsTags, SupportsLocation',
      })),
      registrationState: machine.store.unregistered.some((name) => sameId(name, namespace))
        ? 'NotRegistered'
        : 'Registered',
      registrationPolicy: 'RegistrationRequired',
    });
  const one = (machine: Machine, subscription: string, wanted: string): ArmJson => {
    const found = [...known(machine)].find(([name]) => sameId(name, wanted));
    if (!found) throw gatewayError(404, 'InvalidResourceNamespace', `The resource namespace '${wanted}' is invalid.`);
    return shown(machine, subscription, found[0], found[1]);
  };
  return [
    {
      path: /^\/subscriptions\/([^/]+)\/providers$/i,
      methods: {
        GET: (machine, call, [subscription = '']) =>
          page(
            call,
            [...known(machine)].map(([name, list]) => shown(machine, subscription, name, list)),
            machine.paging,
          ),
      },
    },
    {
      path: /^\/subscriptions\/([^/]+)\/providers\/([^/]+)$/i,
      methods: {
        GET: (machine, _call, [subscription = '', namespace = '']) => ok(one(machine, subscription, namespace)),
      },
    },
    {
      path: /^\/subscriptions\/([^/]+)\/providers\/([^/]+)\/register$/i,
      methods: {
        POST: (machine, _call, [subscription = '', namespace = '']) => {
          requireAction(machine, `/subscriptions/${subscription}`, `${namespace}/register/action`);
          const { store } = machine;
          store.unregistered = store.unregistered.filter((name) => !sameId(name, namespace));
          machine.dirty = true;
          return ok(one(machine, subscription, namespace));
        },
      },
    },
  ];
}
