// What becomes of a managed network when its workspace is written or provisioned. Isolation only grows: Disabled, then free
// outbound, then approved outbound; nothing goes back.
import { fold, nameOf } from '../../gateway/address.ts';
import { type GatewayResponse, ok } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, child, clone, isObject, json, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { groupOf, targetOf } from '../private-link/targets.ts';
import type { Deed, ProviderCall, Write } from '../provider.ts';
import {
  badRequest,
  isActive,
  isUserDefined,
  leadsTo,
  type Mode,
  modeOf,
  modes,
  networkIn,
  putRule,
  rulesIn,
} from './managed-network-parts.ts';
import { settledRule } from './outbound-rule-document.ts';
import { requiredTags } from './required-tags.ts';

const owned = ['isolationMode', 'networkId', 'outboundRules', 'status', 'changeableIsolationModes'];
const shownModes = 'changeableIsolationModes';

/** Puts the managed network as it will be into the document of a workspace about to be stored. */
export function settleNetwork(write: Write, next: ArmObject): void {
  const { before, body, newId } = write;
  const properties = child(next, 'properties');
  const old = networkIn(before);
  const sent = at(body, 'properties', 'managedNetwork');
  if (old) put(properties, 'managedNetwork', clone(old));
  if (sent === undefined || sent === null) return;
  if (!isObject(sent)) throw badRequest('The property managedNetwork of the workspace is not an object.');
  const network: ArmObject = old ? clone(old) : new Map();
  put(properties, 'managedNetwork', network);
  for (const [name, value] of sent) if (!owned.some((own) => fold(own) === fold(name))) put(network, name, value);
  const was = modeOf(before);
  const mode = settledMode(was, text(sent, 'isolationMode'), old);
  put(network, 'isolationMode', mode);
  if (mode !== was && at(network, shownModes) !== undefined) put(network, shownModes, json(changeable(mode)));
  if (was === 'Disabled' && mode !== 'Disabled') {
    put(network, 'networkId', newId());
    put(network, 'status', json({ status: 'Inactive', sparkReady: false }));
  }
  const rules = at(sent, 'outboundRules');
  if (isObject(rules)) for (const [name, rule] of rules) settleOne(write.store, next, name, rule);
}

/** The modes that a workspace in one mode may still move to. */
function changeable(mode: Mode): Mode[] {
  return modes.slice(modes.indexOf(mode) + 1);
}

/** Microsoft's Python SDK passes on the words of its own files, which have underscores between them. */
const plainMode = (asked: string): string => fold(asked).replaceAll('_', '');

function settledMode(was: Mode, asked: string | undefined, old: ArmObject | undefined): Mode {
  if (asked === undefined) return was;
  const mode = modes.find((known) => fold(known) === plainMode(asked));
  if (mode === undefined) throw badRequest(`The isolation mode '${asked}' is not one of ${modes.join(', ')}.`);
  if (mode === was) return mode;
  const shown = at(old, shownModes);
  const allowed: readonly ArmJson[] = Array.isArray(shown) ? shown : changeable(was);
  if (!allowed.includes(mode)) {
    throw badRequest(
      `The isolation mode of the managed network cannot be changed from '${was}' to '${mode}'. It can be changed to: ${allowed.length > 0 ? allowed.join(', ') : 'nothing'}.`,
    );
  }
  return mode;
}

function settleOne(store: Store, workspace: ArmObject, name: string, sent: ArmJson): void {
  const old = rulesIn(workspace).find(([known]) => fold(known) === fold(name));
  if (old && !isUserDefined(old[1])) {
    if (sent === null) throw badRequest(`The outbound rule '${name}' is the service's own and cannot be deleted.`);
    return;
  }
  putRule(workspace, name, sent === null ? undefined : settledRule(store, workspace, name, sent, old?.[1]));
}

/** The workspace once its network has been made: every rule is active, and the service's own have been added. */
function provisionedNetwork(store: Store, before: ArmObject, withSpark: boolean, newId: () => string): ArmObject {
  const next = clone(before);
  const network = child(child(next, 'properties'), 'managedNetwork');
  const isReady = withSpark || at(network, 'status', 'sparkReady') === true;
  for (const [name, rule] of requiredRules(store, next, newId)) putRule(next, name, rule);
  for (const [, rule] of rulesIn(next)) {
    put(rule, 'status', 'Active');
    const destination = at(rule, 'destination');
    if (isObject(destination) && at(destination, 'sparkEnabled') === true)
      put(destination, 'sparkStatus', isReady ? 'Active' : 'Inactive');
  }
  put(network, 'status', json({ status: 'Active', sparkReady: isReady }));
  return next;
}

function requiredRules(store: Store, workspace: ArmObject, newId: () => string): [string, ArmObject][] {
  const isLimited = modeOf(workspace) === 'AllowOnlyApprovedOutbound';
  const known = rulesIn(workspace);
  const region = fold(text(workspace, 'location') ?? '').replaceAll(' ', '');
  const tags = isLimited
    ? requiredTags(region).filter(({ name }) => !known.some(([other]) => fold(other) === fold(name)))
    : [];
  const endpoints = dependencies(store, workspace)
    .filter(({ body }) => isLimited || fold(text(body, 'properties', 'publicNetworkAccess') ?? '') === 'disabled')
    .filter(({ body, group }) => !known.some(([, rule]) => leadsTo(rule, idOf(body), group)));
  return [
    ...tags.map(({ name, ...destination }): [string, ArmObject] => [
      name,
      object({
        type: 'ServiceTag',
        destination: { ...destination, action: 'Allow' },
        status: 'Active',
        category: 'Required',
      }),
    ]),
    ...endpoints.map(({ body, group }): [string, ArmObject] => [
      `__SYS_PE_${nameOf(idOf(body))}_${group}_${newId().slice(0, 8)}`,
      object({
        type: 'PrivateEndpoint',
        destination: {
          serviceResourceId: idOf(body),
          subresourceTarget: group,
          sparkEnabled: false,
          sparkStatus: 'Inactive',
        },
        status: 'Active',
        category: 'Required',
      }),
    ]),
  ];
}

/** What a workspace works with, and the groups of each that the service connects to; a registry only above its basic tiers. */
function dependencies(store: Store, workspace: ArmObject): { readonly body: ArmObject; readonly group: string }[] {
  const wanted: readonly (readonly [string | undefined, ...string[]])[] = [
    [text(workspace, 'properties', 'storageAccount'), 'blob', 'file'],
    [text(workspace, 'properties', 'keyVault'), 'vault'],
    [text(workspace, 'properties', 'containerRegistry'), 'registry'],
    [idOf(workspace), 'amlworkspace'],
  ];
  return wanted.flatMap(([id, ...groups]) => {
    const body = id === undefined ? undefined : store.get(id);
    const target = id === undefined ? undefined : targetOf(id);
    if (!body || !target) return [];
    const isTooSmall = groups.includes('registry') && fold(text(body, 'sku', 'name') ?? '') !== 'premium';
    return isTooSmall ? [] : groups.filter((group) => groupOf(target, body, group)).map((group) => ({ body, group }));
  });
}

// POST {workspace}/provisionManagedNetwork: makes the network now, rather than with the first compute.

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
