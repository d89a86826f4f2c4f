// Microsoft.Compute/virtualMachines: attached to network interfaces, and running or not. The instance view, which says so, is
// shown only to who asks for it.
import { fold, sameId } from '../../gateway/address.ts';
import { type GatewayResponse, ok } from '../../gateway/answer.ts';
import { parameter } from '../../gateway/request.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  child,
  clone,
  isObject,
  json,
  list,
  nameIn,
  object,
  put,
  text,
} from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import type { Deed, ProviderCall, ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';

const nics = 'Microsoft.Network/networkInterfaces';

export const virtualMachines: ProviderType = {
  type: 'Microsoft.Compute/virtualMachines',
  long: { put: 'async', patch: 'async', delete: 'location' },
  shape: { ...tracked, properties: { networkProfile: { networkInterfaces: ['object'] } } },
  settle({ before, now }, next) {
    const properties = child(next, 'properties');
    put(properties, 'instanceView', clone(at(before, 'properties', 'instanceView') ?? viewOf('running', now)));
    return next;
  },
  show(call, body) {
    const properties = child(body, 'properties');
    const name = nameIn(properties, 'instanceView');
    if (name !== undefined && !isAsked(call)) properties.delete(name);
    return body;
  },
  stored: attach,
  gone: (store, id) => {
    for (const nic of store.ofType(nics)) detach(nic, id);
  },
  actions: {
    start: (call) => powered(call, 'running'),
    poweroff: (call) => powered(call, 'stopped'),
    deallocate: (call) => powered(call, 'deallocated'),
  },
};

/** GET {machine}/instanceView */
export const instanceViews: ProviderType = {
  type: 'Microsoft.Compute/virtualMachines/instanceView',
  allows: { put: false, patch: false, delete: false },
  items({ store, address }): GatewayResponse {
    const machine = store.get(address.path.slice(0, address.path.lastIndexOf('/')));
    const view = at(machine, 'properties', 'instanceView');
    return ok(isObject(view) ? view : viewOf('running', undefined));
  },
};

const isAsked = ({ request }: ProviderCall): boolean => fold(parameter(request, '$expand') ?? '') === 'instanceview';

function viewOf(power: string, now: string | undefined): ArmObject {
  const level = { level: 'Info' };
  return object({
    statuses: [
      { code: 'ProvisioningState/succeeded', ...level, displayStatus: 'Provisioning succeeded', time: now },
      { code: `PowerState/${power}`, ...level, displayStatus: `VM ${power}` },
    ],
  });
}

function powered({ store, address, now }: ProviderCall, power: string): Deed {
  const next = clone(store.get(address.path) ?? new Map<string, ArmJson>());
  put(child(next, 'properties'), 'instanceView', viewOf(power, now));
  return { target: idOf(next), next, result: null };
}

/** The interfaces that the machine names show it, the others no longer. */
function attach(store: Store, id: string): void {
  const machine = store.get(id);
  const named = list(machine, 'properties', 'networkProfile', 'networkInterfaces').flatMap(
    (one) => text(one, 'id') ?? [],
  );
  for (const nic of store.ofType(nics)) {
    if (!named.some((one) => sameId(one, idOf(nic)))) detach(nic, id);
    else put(child(nic, 'properties'), 'virtualMachine', json({ id }));
  }
}

function detach(nic: ArmObject, machine: string): void {
  const properties = child(nic, 'properties');
  const name = nameIn(properties, 'virtualMachine');
  if (name !== undefined && sameId(text(properties, name, 'id') ?? '', machine)) properties.delete(name);
}
