// What Network Watcher and a network interface answer when they are asked about what is in effect. The codes about machines that
// do not run are Azure's where recordings have them (`NicMustBe…`); those of Network Watcher itself are not published.
import { fold, nameOf, typeOf } from '../gateway/address.ts';
import { type ArmError, networkError } from '../gateway/answer.ts';
import { type ArmJson, type ArmObject, object, text } from '../json.ts';
import { rulesAt } from '../providers/microsoft.network/network-managers.ts';
import type { ActionResult, ProviderCall } from '../providers/provider.ts';
import { idOf } from '../store/store.ts';
import { addressesOfNic, isRunning, type NicPlace, nicsOf, placeOf, runs } from './place.ts';
import { addressOf, type Prefix } from './prefix.ts';
import { isReachable, routeTo, shownRoutes } from './routing.ts';
import { effectiveRules, managerRules, shownRule, verdictOn, type WatcherPacket } from './security.ts';

/** POST networkInterfaces/{name}/effectiveNetworkSecurityGroups */
export function effectiveGroups(call: ProviderCall): ActionResult {
  const place = placeOfRunning(call, 'SecurityGroups', 'security groups');
  const groups = [
    { group: place.subnetGroup, association: { subnet: { id: idOf(place.subnet) } } },
    { group: place.nicGroup, association: { networkInterface: { id: idOf(place.nic) } } },
  ];
  const value = groups.flatMap(({ group, association }) =>
    group
      ? [
          {
            networkSecurityGroup: { id: idOf(group) },
            association,
            effectiveSecurityRules: effectiveRules(place, group).map(shownRule),
          },
        ]
      : [],
  );
  const ruling = managerRules(place);
  const managed = ruling.length === 0 ? [] : [ruledBy(place, ruling)];
  return { result: object({ value: [...managed, ...value] }) };
}

/** The rules of a network manager are listed beside the groups, and belong to none. */
function ruledBy({ store, network }: NicPlace, rules: ReturnType<typeof managerRules>) {
  const [first] = rulesAt(store, network);
  const manager = /^.*\/networkmanagers\/[^/]+/i.exec(text(first, 'id') ?? '')?.[0] ?? '';
  return { association: { networkManager: { id: manager } }, effectiveSecurityRules: rules.map(shownRule) };
}

/** POST networkInterfaces/{name}/effectiveRouteTable */
export function effectiveRoutes(call: ProviderCall): ActionResult {
  const place = placeOfRunning(call, 'Routes', 'routes');
  return { result: object({ value: shownRoutes(place) }) };
}

function placeOfRunning({ store, tags, address }: ProviderCall, code: string, words: string): NicPlace {
  const nic = store.get(address.path) ?? new Map();
  const place = placeOf(store, tags, nic);
  if (place && runs(store, nic)) return place;
  throw networkError(
    400,
    `NicMustBeAttachedToRunningVmToGetEffective${code}`,
    `A network interface must be attached to a running virtual machine to get effective ${words}. The network interface ${idOf(nic)} is not attached to a running virtual machine.`,
  );
}

/** POST networkWatchers/{name}/ipFlowVerify */
export function ipFlowVerify(call: ProviderCall, body: ArmObject | undefined): ActionResult {
  const asked = body ?? new Map();
  const place = placeAsked(call, asked);
  const local = localAddress(place, asked, 'localIPAddress');
  const remote = ipv4(asked, 'remoteIPAddress');
  const direction = oneOf(asked, 'direction', ['Inbound', 'Outbound']);
  const [localPort, remotePort] = [portOf(asked, 'localPort'), portOf(asked, 'remotePort')];
  const ends = { protocol: oneOf(asked, 'protocol', ['TCP', 'UDP']) };
  const packet: WatcherPacket =
    direction === 'Inbound'
      ? { ...ends, direction, source: remote, destination: local, sourcePort: remotePort, destinationPort: localPort }
      : { ...ends, direction, source: local, destination: remote, sourcePort: localPort, destinationPort: remotePort };
  const { access, rule } = verdictOn(place, packet);
  return { result: object({ access, ruleName: rule?.name }) };
}

/** POST networkWatchers/{name}/nextHop */
export function nextHop(call: ProviderCall, body: ArmObject | undefined): ActionResult {
  const asked = body ?? new Map();
  const place = placeAsked(call, asked);
  localAddress(place, asked, 'sourceIPAddress');
  const route = routeTo(place, ipv4(asked, 'destinationIPAddress'));
  const appliance = route?.address;
  const isLost = appliance !== undefined && !isReachable(place, appliance);
  const table = route?.source === 'User' ? place.routeTable : undefined;
  return {
    result: object({
      nextHopType: isLost ? 'None' : (route?.hop ?? 'None'),
      nextHopIpAddress: appliance,
      routeTableId: table ? idOf(table) : 'System Route',
    }),
  };
}

/** The interface meant: the one named, or the machine's own. Throws the refusals about both. */
function placeAsked({ store, tags, address }: ProviderCall, asked: ArmObject): NicPlace {
  const target = text(asked, 'targetResourceId') ?? '';
  const machine = store.get(target);
  if (!machine || fold(typeOf(target)) !== 'microsoft.compute/virtualmachines') {
    throw networkError(404, 'ResourceNotFound', `The target resource '${target}' was not found.`);
  }
  const watcher = store.get(address.path);
  if (regionOf(watcher) !== regionOf(machine)) {
    throw refusal(
      'NetworkWatcherRegionMismatch',
      `The network watcher '${nameOf(address.path)}' is not in the region of '${target}'.`,
    );
  }
  if (!isRunning(machine)) {
    throw networkError(409, 'VirtualMachineNotRunning', `The virtual machine '${target}' is not running.`);
  }
  const nics = nicsOf(store, machine);
  const named = text(asked, 'targetNicResourceId');
  const nic = named ? nics.find((one) => fold(idOf(one)) === fold(named)) : nics[0];
  const place = nic && placeOf(store, tags, nic);
  if (!place) {
    throw refusal('NetworkInterfaceNotFound', `The virtual machine '${target}' has no such network interface.`);
  }
  return place;
}

const regionOf = (body: ArmObject | undefined): string => fold(text(body, 'location') ?? '').replaceAll(' ', '');

const refusal = (code: string, message: string): ArmError => networkError(400, code, message);
const badValue = (name: string, value: ArmJson | undefined): ArmError =>
  refusal('InvalidParameter', `The value '${typeof value === 'string' ? value : ''}' of '${name}' is not valid.`);

function ipv4(asked: ArmObject, name: string): Prefix {
  const found = text(asked, name);
  const address = addressOf(found ?? '');
  if (address?.family !== 4) throw badValue(name, found);
  return address;
}

function localAddress(place: NicPlace, asked: ArmObject, name: string): Prefix {
  const address = ipv4(asked, name);
  const written = text(asked, name) ?? '';
  if (addressesOfNic(place.nic).includes(written)) return address;
  throw refusal(
    'InvalidParameter',
    `The address '${written}' of '${name}' is not one of the network interface '${idOf(place.nic)}'.`,
  );
}

function oneOf<T extends string>(asked: ArmObject, name: string, known: readonly T[]): T {
  const found = text(asked, name);
  const value = known.find((one) => fold(one) === fold(found ?? ''));
  if (value === undefined) throw badValue(name, found);
  return value;
}

function portOf(asked: ArmObject, name: string): number | '*' {
  const found = text(asked, name);
  if (found === '*') return '*';
  if (found === undefined || !/^\d{1,5}$/.test(found) || Number(found) > 65535) throw badValue(name, found);
  return Number(found);
}
