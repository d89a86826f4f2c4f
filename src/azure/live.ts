// The questions about what is in effect at an interface, through the generated client, each followed until Azure has worked it
// out. They change nothing; their answers are kept raw.
import type { NetworkManagementClient } from '@azure/arm-network';
import { isObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { fold, nameOf, parseId } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { LiveAnswer, LiveQuestion } from './arm-client.ts';
import { callNetwork } from './network-client.ts';
import { readFailureOf, readFailureOfError, readFailureOfMalformed } from './read-failures.ts';
import type { ReadContext } from './reading.ts';
import { operationStatus, refusalOf } from './refusal.ts';
import { TransportError } from './transport.ts';

const actions: Readonly<Record<LiveQuestion['about'], string>> = {
  groups: 'Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups',
  routes: 'Microsoft.Network/networkInterfaces/effectiveRouteTable',
  flow: 'Microsoft.Network/networkWatchers/ipFlowVerify',
  hop: 'Microsoft.Network/networkWatchers/nextHop',
};

/** Seconds between two looks at a question that Azure still works on, where it names none. */
const lookEvery = 2;

/** See {@link ArmClient.ask}. */
export async function askOne(
  context: ReadContext,
  endpoint: string,
  question: LiveQuestion,
  signal?: AbortSignal,
): Promise<LiveAnswer> {
  const asked = 'watcher' in question ? question.watcher : question.card;
  const action = actions[question.about];
  const id = `${asked}/${action.slice(action.lastIndexOf('/') + 1)}`;
  const { subscription, resourceGroup, names } = parseId(asked);
  const gap = (found: ReadFailure): LiveAnswer => ({
    ok: false,
    gap: { ...found, id, action: actionOf(found, action) },
  });
  if (subscription === undefined || resourceGroup === undefined || names.length !== 1) {
    return gap(readFailureOfMalformed(id, action, 'the id is not that of something to ask'));
  }
  const call = callOf(question, resourceGroup, signal);
  try {
    const answer = await callNetwork(context, { endpoint, subscription, type: action }, call, signal);
    const state = operationStatus(answer.body);
    if (answer.status === 200 && state !== undefined && fold(state) !== 'succeeded') {
      const { code, message } = refusalOf(answer.status, answer.body);
      return gap({ id, action, code, reason: `Azure could not complete the request: ${message}` });
    }
    if (answer.status !== 200) return gap(readFailureOf(id, action, answer));
    if (!isObject(answer.body))
      return gap(readFailureOfMalformed(id, action, answer.bodyError ?? 'it is not a JSON object'));
    const more = member(answer.body, 'nextLink');
    if (typeof more === 'string' && more !== '') return gap(readFailureOfMalformed(id, action, 'it has more pages'));
    return { ok: true, body: withoutSecrets(answer.body) };
  } catch (error) {
    if (error instanceof TransportError) return gap(readFailureOfError(id, action, error));
    throw error;
  }
}

/** The action that Azure named, or the one that was asked for. */
const actionOf = (gap: ReadFailure, action: string): string =>
  gap.action.endsWith('/read') ? `${action}/action` : gap.action;

function callOf(question: LiveQuestion, group: string, signal: AbortSignal | undefined) {
  const options = { updateIntervalInMs: lookEvery * 1000, ...(signal ? { abortSignal: signal } : {}) };
  return (client: NetworkManagementClient): PromiseLike<unknown> => {
    if (question.about === 'groups')
      return client.networkInterfaces.listEffectiveNetworkSecurityGroups(group, nameOf(question.card), options);
    if (question.about === 'routes')
      return client.networkInterfaces.getEffectiveRouteTable(group, nameOf(question.card), options);
    const { about, address, card, machine, packet, watcher } = question;
    const target = { targetResourceId: machine, targetNicResourceId: card };
    if (about === 'hop') {
      const ends = { sourceIPAddress: address, destinationIPAddress: packet.remote };
      return client.networkWatchers.getNextHop(group, nameOf(watcher), { ...target, ...ends }, options);
    }
    const { direction, localPort, protocol, remote, remotePort } = packet;
    const ends = {
      localIPAddress: address,
      remoteIPAddress: remote,
      localPort: `${localPort}`,
      remotePort: `${remotePort}`,
    };
    const flow = { ...target, ...ends, direction, protocol: protocol === 'Tcp' ? 'TCP' : 'UDP' };
    return client.networkWatchers.verifyIPFlow(group, nameOf(watcher), flow, options);
  };
}
