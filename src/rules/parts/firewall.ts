// The firewall of an account, a vault or a registry as the rules look at it: the kinds' view, plus what a careful judge must
// know of it (a hidden rule object, a list that is no list, a default action that is neither). Knows no single rule.
import {
  type Acls,
  aclsPointer,
  type Door,
  doorOf,
  type Firewall,
  type FirewallPlaces,
  firewallPlaces,
  type SubnetRule,
} from '../../kinds/network-acls.ts';
import { lazily, otherSpelling } from '../../kinds/read.ts';
import { registryView } from '../../kinds/registry-view.ts';
import { storageView } from '../../kinds/storage-account.ts';
import { vaultView } from '../../kinds/vault.ts';
import { isArray, isObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { registryType, storageType, vaultType } from '../../posture/links.ts';
import type { Judgement, Subject, Subjects, Verdict } from '../rule.ts';
import {
  accounts,
  accountsAndSubnets,
  defaultAccount,
  needs,
  registries,
  registriesAndSubnets,
  vaults,
  vaultsAndSubnets,
} from './subjects.ts';
import { notApplicable, seen, shown, unknown } from './verdict.ts';

export const switchPointer = '/properties/publicNetworkAccess';
export const actionPointer = `${aclsPointer}/defaultAction`;
export const bypassPointer = `${aclsPointer}/bypass`;
export const subnetsPointer = `${aclsPointer}/virtualNetworkRules`;
export const addressesPointer = `${aclsPointer}/ipRules`;
export const instancesPointer = `${aclsPointer}/resourceAccessRules`;

export type Service = 'storage' | 'vault' | 'registry';
const types: Readonly<Record<Service, string>> = { storage: storageType, vault: vaultType, registry: registryType };
const words: Readonly<Record<Service, string>> = {
  storage: 'storage account',
  vault: 'key vault',
  registry: 'container registry',
};

export interface Wall {
  readonly resource: Resource;
  readonly service: Service;
  /** `storage account stmlsim`, for sentences. */
  readonly name: string;
  /** Where the parts of the firewall stand in the body. */
  readonly at: FirewallPlaces;
  readonly view: Firewall;
  readonly acls: Acls;
  /** The rule object: there, not there, not shown while public access is off (vaults), or something else than an object. */
  readonly rules: 'present' | 'absent' | 'hidden' | 'malformed';
  readonly door: Door;
  /** `defaultAction` is Deny, or counts as Deny for the gates of a closing fix. */
  readonly denies: boolean;
  /** Pointers of lists that are no list and of entries that name nothing: such a list proves no absence. */
  readonly unreadable: readonly string[];
}

const nothing: Acls = {
  defaultAction: undefined,
  bypass: undefined,
  bypassText: undefined,
  subnetRules: [],
  ipRules: [],
  resourceRules: [],
  ipv6Rules: [],
};

// Resources are immutable, so the memory is no state: a scan's accounts are looked at by every rule and every subnet of theirs.
const walls = new WeakMap<Resource, Map<string, Wall>>();

export function wallOf(resource: Resource, service: Service, asIfClosed = false): Wall {
  const known = walls.get(resource) ?? new Map<string, Wall>();
  walls.set(resource, known);
  const key = `${service} ${asIfClosed}`;
  const wall = known.get(key) ?? lookAt(resource, service, asIfClosed);
  known.set(key, wall);
  return wall;
}

function viewOf(resource: Resource, service: Service): Firewall {
  if (service === 'registry') return registryView(resource);
  return service === 'vault' ? vaultView(resource) : storageView(resource);
}

function lookAt(resource: Resource, service: Service, asIfClosed: boolean): Wall {
  const at = firewallPlaces(types[service]);
  const view = viewOf(resource, service);
  const { acls } = view;
  const rules =
    acls === 'absent' ? (service === 'vault' && vaultView(resource).hidden ? 'hidden' : 'absent') : presence(acls);
  const present = typeof acls === 'string' ? nothing : acls;
  return lazily<Wall>({
    resource: () => resource,
    service: () => service,
    name: () => `${words[service]} ${shown(resource.id)}`,
    at: () => at,
    view: () => view,
    acls: () => present,
    rules: () => rules,
    door: () => carefully(resource, view, rules, asIfClosed),
    denies: () => present.defaultAction === 'Deny' || (asIfClosed && doorOf(view) === 'open'),
    unreadable: () =>
      unreadableIn(resource, present, at, service === 'registry' && registryView(resource).subnetRulesHidden),
  });
}
const presence = (acls: Acls | 'malformed') => (acls === 'malformed' ? 'malformed' : 'present');

/** The door, but `malformed` where a switch or a default action stands there that nobody knows. */
function carefully(resource: Resource, view: Firewall, rules: Wall['rules'], asIfClosed: boolean): Door {
  const known = ['Enabled', 'Disabled', 'SecuredByPerimeter'];
  const value = valueAt(resource.body, switchPointer);
  const unset = value === undefined || value === null || value === '';
  if (!unset && !known.includes(view.publicNetworkAccess ?? '')) return 'malformed';
  const door = doorOf(view, asIfClosed);
  if (door !== 'closed' || view.publicNetworkAccess === 'Disabled' || rules !== 'present') return door;
  const action = typeof view.acls === 'string' ? undefined : view.acls.defaultAction;
  return action === 'Deny' || action === 'Allow' ? door : 'malformed';
}

/** `hidden`: the version that was read shows no subnet rules, whether or not there are any. */
function unreadableIn({ body }: Resource, acls: Acls, at: FirewallPlaces, hidden: boolean): string[] {
  const understood = new Set([...acls.subnetRules, ...acls.ipRules, ...acls.resourceRules].map((rule) => rule.pointer));
  return [at.subnets, at.addresses, at.instances].flatMap((pointer) => {
    const list = valueAt(body, pointer);
    if (list === undefined || list === null) {
      return (hidden && pointer === at.subnets) || otherSpelling(body, pointer) ? [pointer] : [];
    }
    if (!isArray(list)) return [pointer];
    return list.map((_item, index) => `${pointer}/${index}`).filter((item) => !understood.has(item));
  });
}
/** What of a list could not be understood. */
export const unreadableOf = (wall: Wall, pointer: string): string | undefined =>
  wall.unreadable.find((one) => one === pointer || one.startsWith(`${pointer}/`));

/** Does the firewall let trusted Microsoft services pass? `bypass` left out of a present object counts as AzureServices. */
export function trusts(wall: Wall): boolean | undefined {
  if (wall.rules !== 'present') return undefined;
  const raw = valueAt(wall.resource.body, wall.at.bypass);
  if (raw === undefined || raw === null) return true;
  return typeof raw === 'string' ? (wall.acls.bypass?.has('AzureServices') ?? false) : undefined;
}
export const subnetRuleFor = (wall: Wall, subnet: string): SubnetRule | undefined =>
  wall.acls.subnetRules.find(
    (rule) => sameId(rule.id, subnet) && (rule.action === undefined || rule.action === 'Allow'),
  );

/** The firewall of a resource, or the result where there is none to check; that the resource exists is another rule's concern. */
function firewallOf(id: string, service: Service, { world, asIfClosed }: Judgement): Wall | Verdict {
  const resource = world.get(id);
  if (!resource) return notApplicable(`${shown(id)} does not exist.`);
  return isObject(resource.body)
    ? wallOf(resource, service, asIfClosed)
    : unknown(`${shown(id)}: the response from Azure is not a JSON object.`);
}

type List = (judgement: Judgement) => readonly Subject[];
const firewalls = (service: Service, list: List): Subjects<Wall> => ({
  list,
  resolve: ({ resource }, judgement) => firewallOf(resource, service, judgement),
});
export const storageFirewalls = firewalls('storage', accounts);
export const defaultStorageFirewall = firewalls('storage', defaultAccount);
export const vaultFirewalls = firewalls('vault', vaults);
export const registryFirewalls = firewalls('registry', registries);

/** A firewall and a compute subnet that needs the resource behind it. */
export interface FirewallSubnetPair {
  readonly firewall: Wall;
  readonly subnet: string;
}
/** A subject without a subnet: no subnet needs the resource, or a read failed that hides which ones do. */
const firewallSubnetPairs = (service: Service, list: List): Subjects<FirewallSubnetPair> => ({
  list,
  resolve({ resource, where }, judgement) {
    const firewall = firewallOf(resource, service, judgement);
    if ('outcome' in firewall) return firewall;
    if (where !== undefined) return { firewall, subnet: where };
    return needs(resource, judgement).length === 0
      ? notApplicable(`No compute subnet needs ${shown(resource)}.`)
      : notApplicable('Each subnet is checked on its own.');
  },
});
export const storageFirewallSubnetPairs = firewallSubnetPairs('storage', accountsAndSubnets);
export const vaultFirewallSubnetPairs = firewallSubnetPairs('vault', vaultsAndSubnets);
export const registryFirewallSubnetPairs = firewallSubnetPairs('registry', registriesAndSubnets);

/** Checks the firewall of a resource that is not the subject itself. */
const judged =
  (service: Service) =>
  (id: string, judgement: Judgement, judge: (wall: Wall) => Verdict): Verdict => {
    const firewall = firewallOf(id, service, judgement);
    return 'outcome' in firewall ? firewall : judge(firewall);
  };
export const accountJudged = judged('storage');
export const vaultJudged = judged('vault');
export const registryJudged = judged('registry');

/** The sentence for a door that is neither open nor closed, or undefined. */
export function unclear(wall: Wall): Verdict | undefined {
  if (wall.door === 'perimeter') {
    return unknown(`A network security perimeter decides who reaches the ${wall.name}, and its rules are not read.`, [
      seen(wall.resource, switchPointer, 'the perimeter decides'),
    ]);
  }
  if (wall.door === 'malformed') {
    const { rules, action } = wall.at;
    const pointer = wall.rules === 'malformed' ? rules : wall.rules === 'present' ? action : switchPointer;
    return unknown(`The firewall of the ${wall.name} is not in a form that can be judged.`, [
      seen(wall.resource, pointer, 'not a value that Azure documents'),
      seen(wall.resource, switchPointer, 'public network access'),
    ]);
  }
  return undefined;
}
