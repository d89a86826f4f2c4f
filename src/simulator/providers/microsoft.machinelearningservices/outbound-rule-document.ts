// What the workspace service makes of an outbound rule. That only endpoint rules go with free outbound is in the service's
// own words; the wording of the other refusals is not published.
import { fold } from '../../gateway/address.ts';
import { type ArmJson, type ArmObject, at, isObject, json, object, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { groupOf, targetOf } from '../private-link/targets.ts';
import { badRequest, isActive, isUserDefined, leadsTo, modeOf, rulesIn } from './managed-network-parts.ts';

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/;
const host = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;
const types = ['FQDN', 'ServiceTag', 'PrivateEndpoint'];
const protocols = ['TCP', 'UDP', 'ICMP', '*'];

/** The properties of a rule as they are kept. `workspace` holds the other rules and the mode that will count. */
export function settledRule(
  store: Store,
  workspace: ArmObject,
  name: string,
  sent: ArmJson | undefined,
  before: ArmObject | undefined,
): ArmObject {
  if (before && !isUserDefined(before))
    throw badRequest(`The outbound rule '${name}' is the service's own and cannot be changed.`);
  if (!namePattern.test(name))
    throw badRequest(`The name '${name}' of the outbound rule does not match the pattern ${namePattern.source}.`);
  const type = types.find((known) => fold(known) === fold(text(sent, 'type') ?? ''));
  if (!isObject(sent) || type === undefined)
    throw badRequest(`The type of the outbound rule '${name}' is not one of ${types.join(', ')}.`);
  const mode = modeOf(workspace);
  if (mode === 'Disabled')
    throw badRequest(
      `The outbound rule '${name}' needs a managed network, and the isolation mode of the workspace is Disabled.`,
    );
  if (mode === 'AllowInternetOutbound' && type !== 'PrivateEndpoint')
    throw badRequest(
      'Only "PrivateEndpoint" outbound rules are supported when managed network isolation mode is "AllowInternetOutbound".',
    );
  const status = isActive(workspace) ? 'Active' : 'Inactive';
  const destination = at(sent, 'destination');
  return object({
    type,
    destination:
      type === 'FQDN'
        ? hosts(name, destination)
        : type === 'ServiceTag'
          ? tagged(name, destination)
          : connected(store, workspace, name, destination),
    status,
    category: 'UserDefined',
  });
}

function hosts(name: string, sent: ArmJson | undefined): ArmJson {
  const names = typeof sent === 'string' ? sent.split(',').map((part) => part.trim()) : [];
  if (names.length === 0 || !names.every((part) => host.test(part)))
    throw badRequest(`The destination of the outbound rule '${name}' is not a fully qualified domain name.`);
  return json(sent ?? null);
}

function tagged(name: string, sent: ArmJson | undefined): ArmJson {
  const [tag, ports] = [text(sent, 'serviceTag'), text(sent, 'portRanges')];
  const protocol = protocols.find((known) => fold(known) === fold(text(sent, 'protocol') ?? ''));
  if (!isObject(sent) || tag === undefined || ports === undefined || protocol === undefined) {
    throw badRequest(
      `The destination of the outbound rule '${name}' needs serviceTag, portRanges and a protocol of ${protocols.join(', ')}.`,
    );
  }
  const isDenied = fold(text(sent, 'action') ?? '') === 'deny';
  return json({ serviceTag: tag, protocol, portRanges: ports, action: isDenied ? 'Deny' : 'Allow' });
}

function connected(store: Store, workspace: ArmObject, name: string, sent: ArmJson | undefined): ArmJson {
  const [id, group] = [text(sent, 'serviceResourceId') ?? '', text(sent, 'subresourceTarget') ?? ''];
  const body = store.get(id);
  if (!body) throw badRequest(`The resource '${id}' that the outbound rule '${name}' leads to was not found.`);
  const target = targetOf(id);
  if (group === '' || (target && !groupOf(target, body, group)))
    throw badRequest(`The subresource '${group}' of the outbound rule '${name}' is not one of resource '${id}'.`);
  const rival = rulesIn(workspace).find(([other, rule]) => fold(other) !== fold(name) && leadsTo(rule, id, group));
  if (rival) throw badRequest(`The outbound rule '${rival[0]}' leads to '${group}' of '${id}' already.`);
  const forSpark = at(sent, 'sparkEnabled') === true;
  const isReady = at(workspace, 'properties', 'managedNetwork', 'status', 'sparkReady') === true;
  return json({
    serviceResourceId: id,
    subresourceTarget: group,
    sparkEnabled: forSpark,
    sparkStatus: forSpark && isReady ? 'Active' : 'Inactive',
  });
}
