// POST {workspace}/provisionManagedNetwork: makes the network now, rather than with the first compute.
import type { GatewayResponse } from '../../gateway/answer.ts';
import { ok } from '../../gateway/answer.ts';
import { type ArmObject, at, json } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import type { Deed, ProviderCall } from '../provider.ts';
import { provisionedNetwork } from './managed-network.ts';
import { badRequest, isActive, modeOf, networkIn } from './managed-network-parts.ts';

export function provisionManagedNetwork(call: ProviderCall, body: ArmObject | undefined): GatewayResponse | Deed {
  const { store, address, newId } = call;
  const workspace = store.get(address.path);
  if (!workspace || modeOf(workspace) === 'Disabled')
    throw badRequest('The managed network cannot be provisioned: the isolation mode of the workspace is Disabled.');
  const withSpark = at(body, 'includeSpark') === true;
  const isReady = at(networkIn(workspace), 'status', 'sparkReady') === true;
  if (isActive(workspace) && (isReady || !withSpark)) return ok(json({ status: 'Active', sparkReady: isReady }));
  return {
    target: idOf(workspace),
    next: provisionedNetwork(store, workspace, withSpark, newId),
    result: json({ status: 'Active', sparkReady: withSpark || isReady }),
  };
}
