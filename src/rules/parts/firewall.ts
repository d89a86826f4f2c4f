// The firewall of a storage account, a key vault or a registry, as rules check it: the view of the resource type, plus the
// special cases (a hidden rule object, a list that is not a list, an undocumented default action).

import { registryType, storageType, vaultType } from '../../facts/links.ts';
import {
  inboundOf,
  isOverruled,
  type Perimeter,
  perimeterName,
  perimeterOf,
  trustedOf,
  unstatedPerimeter,
} from '../../facts/perimeter.ts';
import { droppable } from '../../model/caches.ts';
import type { Evidence } from '../../model/finding.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { type Ipv4Range, parseRange } from '../../net/ipv4.ts';
import {
  type Acls,
  aclsPointer,
  type Firewall,
  type FirewallPlaces,
  firewallPlaces,
  type PublicAccess,
  publicAccessOf,
  type SubnetRule,
} from '../../resource-types/network-acls.ts';
import { lazyMembers, otherSpelling } from '../../resource-types/read.ts';
import { registryView } from '../../resource-types/registry-view.ts';
import { storageView } from '../../resource-types/storage-account.ts';
import { vaultView } from '../../resource-types/vault.ts';
import { isVerdict } from '../define.ts';
import type { CheckResult, RuleContext, Subject, Subjects } from '../rule.ts';
import { accounts, defaultAccount, needs, pairedWithSubnets, registries, vaults } from './subjects.ts';
import { displayName, evidenceAt, notApplicable, unknown } from './verdict.ts';

export const switchPointer = '/properties/publicNetworkAccess';
export const actionPointer = `${aclsPointer}/defaultAction`;
export const bypassPointer = `${aclsPointer}/bypass`;
export const subnetsPointer = `${aclsPointer}/virtualNetworkRules`;
export const addressesPointer = `${aclsPointer}/ipRules`;
export const instancesPointer = `${aclsPointer}/resourceAccessRules`;

export type FirewallService = 'storage' | 'vault' | 'registry';
const types: Readonly<Record<FirewallService, string>> = {
  storage: storageType,
  vault: vaultType,
  registry: registryType,
};
const words: Readonly<Record<FirewallService, string>> = {
  storage: 'storage account',
  vault: 'key vault',
  registry: 'container registry',
};

export interface ServiceFirewall {
  readonly resource: Resource;
  readonly service: FirewallService;
  /** `storage account stmlsim`, for sentences. */
  readonly name: string;
  /** Pointers to the parts of the firewall in the body. */
  readonly at: FirewallPlaces;
  readonly view: Firewall;
  readonly acls: Acls;
  /** The rule object: present, absent, not shown while public network access is off (vaults), or not an object. */
  readonly rules: 'present' | 'absent' | 'hidden' | 'malformed';
  readonly access: PublicAccess;
  /** `defaultAction` is Deny, or is assumed to be Deny by the gates of a fix that sets it. */
  readonly denies: boolean;
  /** Pointers to lists and entries that cannot be interpreted: such a list does not prove that a rule is missing. */
  readonly unreadable: readonly string[];
  readonly perimeter: Perimeter;
  /** The perimeter alone decides: subnet rules, IP rules, resource instance rules and the bypass have no effect. */
  readonly overruled: boolean;
}

const nothing: Acls = {
  defaultAction: undefined,
  bypass: undefined,
  subnetRules: [],
  ipRules: [],
  resourceRules: [],
  ipv6Rules: [],
};

// Resources are immutable and every rule asks for the same few firewalls, so each is computed once.
const cache = droppable(() => new WeakMap<Resource, Map<string, ServiceFirewall>>());

export function serviceFirewallOf(
  resource: Resource,
  service: FirewallService,
  assumeDenyByDefault = false,
  perimeter: Perimeter = unstatedPerimeter,
): ServiceFirewall {
  const known = cache().get(resource) ?? new Map<string, ServiceFirewall>();
  cache().set(resource, known);
  const key = `${service} ${assumeDenyByDefault}`;
  const last = known.get(key);
  if (last?.perimeter === perimeter) return last;
  const firewall = describe(resource, service, assumeDenyByDefault, perimeter);
  known.set(key, firewall);
  return firewall;
}

/** The firewall of a resource with the perimeter that the snapshot shows. */
export const firewallIn = (
  resource: Resource,
  service: FirewallService,
  { index, assumeDenyByDefault }: Pick<RuleContext, 'index' | 'assumeDenyByDefault'>,
): ServiceFirewall => serviceFirewallOf(resource, service, assumeDenyByDefault, perimeterOf(resource.id, index));

function viewOf(resource: Resource, service: FirewallService): Firewall {
  if (service === 'registry') return registryView(resource);
  return service === 'vault' ? vaultView(resource) : storageView(resource);
}

function describe(
  resource: Resource,
  service: FirewallService,
  assumeDenyByDefault: boolean,
  perimeter: Perimeter,
): ServiceFirewall {
  const at = firewallPlaces(types[service]);
  const view = viewOf(resource, service);
  const { acls } = view;
  const rules =
    acls === 'absent' ? (service === 'vault' && vaultView(resource).hidden ? 'hidden' : 'absent') : presence(acls);
  const present = typeof acls === 'string' ? nothing : acls;
  return lazyMembers<ServiceFirewall>({
    resource: () => resource,
    service: () => service,
    name: () => `${words[service]} ${displayName(resource.id)}`,
    at: () => at,
    view: () => view,
    acls: () => present,
    rules: () => rules,
    perimeter: () => perimeter,
    overruled: () => service !== 'registry' && isOverruled(perimeter, resource),
    access: () => accessOf(resource, view, rules, assumeDenyByDefault, perimeter),
    denies: () => present.defaultAction === 'Deny' || (assumeDenyByDefault && publicAccessOf(view) === 'open'),
    unreadable: () =>
      unreadableIn(resource, present, at, service === 'registry' && registryView(resource).subnetRulesHidden),
  });
}
const presence = (acls: Acls | 'malformed') => (acls === 'malformed' ? 'malformed' : 'present');

/** Does what was read leave open whether a perimeter decides? */
export const isUndecided = ({
  perimeter,
  resource,
  view,
}: Pick<ServiceFirewall, 'perimeter' | 'resource' | 'view'>): boolean =>
  inboundOf(perimeter, resource).length > 1 && view.publicNetworkAccess !== 'Disabled';

/** As `publicAccessOf`, but `malformed` where the public network access or the default action has an undocumented value. */
function accessOf(
  resource: Resource,
  view: Firewall,
  rules: ServiceFirewall['rules'],
  assumeDenyByDefault: boolean,
  perimeter: Perimeter,
): PublicAccess {
  const known = ['Enabled', 'Disabled', 'SecuredByPerimeter'];
  const value = valueAt(resource.body, switchPointer);
  const unset = value === undefined || value === null || value === '';
  if (!unset && !known.includes(view.publicNetworkAccess ?? '')) return 'malformed';
  if (isUndecided({ perimeter, resource, view })) return 'perimeter';
  const decides = inboundOf(perimeter, resource);
  if (decides.every((one) => one === 'rules' || one === 'closed')) return 'closed';
  const access = publicAccessOf(view, assumeDenyByDefault);
  if (access !== 'closed' || view.publicNetworkAccess === 'Disabled' || rules !== 'present') return access;
  const action = typeof view.acls === 'string' ? undefined : view.acls.defaultAction;
  return action === 'Deny' || action === 'Allow' ? access : 'malformed';
}

/** `hidden`: the api-version that was read does not return virtual network rules. */
function unreadableIn({ body }: Resource, acls: Acls, at: FirewallPlaces, hidden: boolean): string[] {
  const understood = new Set([...acls.subnetRules, ...acls.ipRules, ...acls.resourceRules].map((rule) => rule.pointer));
  return [at.subnets, at.addresses, at.instances].flatMap((pointer) => {
    const list = valueAt(body, pointer);
    if (list === undefined || list === null) {
      return (hidden && pointer === at.subnets) || otherSpelling(body, pointer) ? [pointer] : [];
    }
    if (!isArray(list)) return [pointer];
    return list.map((_item, position) => `${pointer}/${position}`).filter((item) => !understood.has(item));
  });
}
/** The first part of a list that cannot be interpreted. */
export const unreadableOf = (firewall: ServiceFirewall, pointer: string): string | undefined =>
  firewall.unreadable.find((one) => one === pointer || one.startsWith(`${pointer}/`));

/** Are trusted Azure services allowed? An absent `bypass` in a present rule object counts as AzureServices. */
export function trusts(firewall: ServiceFirewall): boolean | undefined {
  const decides = trustedOf(firewall.perimeter, firewall.resource);
  if (decides.every((one) => one === 'denied')) return false;
  const byBypass = bypasses(firewall);
  return byBypass === false || decides.every((one) => one === 'bypass') ? byBypass : undefined;
}
function bypasses(firewall: ServiceFirewall): boolean | undefined {
  if (firewall.rules !== 'present') return undefined;
  const raw = valueAt(firewall.resource.body, firewall.at.bypass);
  if (raw === undefined || raw === null) return true;
  return typeof raw === 'string' ? (firewall.acls.bypass?.has('AzureServices') ?? false) : undefined;
}
export const subnetRuleFor = (firewall: ServiceFirewall, subnet: string): SubnetRule | undefined =>
  firewall.overruled
    ? undefined
    : firewall.acls.subnetRules.find(
        (rule) => sameId(rule.id, subnet) && (rule.action === undefined || rule.action === 'Allow'),
      );

/** From this number of allowed addresses on (a /8), a firewall that denies by default is effectively open. */
export const effectivelyOpen = 2 ** 24;

/** An IP rule: `raw` is its element of the list, `range` undefined where its value is not an address or a CIDR block. */
export interface SizedRule {
  readonly value: string;
  /** The block that the value stands for. */
  readonly block: string;
  readonly pointer: string;
  readonly raw: Json;
  readonly range: Ipv4Range | undefined;
}
export const sizedRules = (firewall: ServiceFirewall): SizedRule[] =>
  firewall.acls.ipRules.map(({ value, block, pointer }) => {
    const parsed = parseRange(block);
    return {
      value,
      block,
      pointer,
      raw: valueAt(firewall.resource.body, pointer) ?? null,
      range: parsed.ok && !value.includes('-') ? parsed.value : undefined,
    };
  });
export const rangesIn = (rules: readonly SizedRule[]): Ipv4Range[] => rules.flatMap((rule) => rule.range ?? []);
/** Every range that an IP rule allows, ranges with a dash included. */
export const allowedRanges = (firewall: ServiceFirewall): Ipv4Range[] =>
  firewall.acls.ipRules.flatMap(({ block }) => {
    const range = parseRange(block);
    return range.ok ? [range.value] : [];
  });

/** The firewall of a resource, or the result where there is none to check; that the resource exists is another rule's concern. */
function firewallOf(id: string, service: FirewallService, context: RuleContext): ServiceFirewall | CheckResult {
  const resource = context.index.get(id);
  if (!resource) return notApplicable(`${displayName(id)} does not exist.`);
  return isObject(resource.body)
    ? firewallIn(resource, service, context)
    : unknown(`${displayName(id)}: the response from Azure is not a JSON object.`);
}

/** Checks the firewall of a resource that is not the subject itself. */
export function checkFirewall(
  id: string,
  service: FirewallService,
  context: RuleContext,
  check: (firewall: ServiceFirewall) => CheckResult,
): CheckResult {
  const firewall = firewallOf(id, service, context);
  return isVerdict(firewall) ? firewall : check(firewall);
}

const firewalls = (
  service: FirewallService,
  list: (context: RuleContext) => readonly Subject[],
): Subjects<ServiceFirewall> => ({
  list,
  resolve: ({ resource }, context) => firewallOf(resource, service, context),
});
export const storageFirewalls = firewalls('storage', accounts);
export const defaultStorageFirewall = firewalls('storage', defaultAccount);
export const vaultFirewalls = firewalls('vault', vaults);
export const registryFirewalls = firewalls('registry', registries);

/** A firewall and a compute subnet that needs the resource behind it. */
export interface FirewallSubnetPair {
  readonly firewall: ServiceFirewall;
  readonly subnet: string;
}
/** A subject without a subnet: no subnet needs the resource, or a read failed that hides which ones do. */
const withSubnets = (base: Subjects<ServiceFirewall>): Subjects<FirewallSubnetPair> => ({
  list: (context) => pairedWithSubnets(base.list(context), context.index),
  resolve(subject, context) {
    const { resource, where } = subject;
    const firewall = base.resolve(subject, context);
    if (isVerdict(firewall)) return firewall;
    if (where !== undefined) return { firewall, subnet: where };
    return needs(resource, context).length === 0
      ? notApplicable(`No compute subnet needs ${displayName(resource)}.`)
      : notApplicable('Each subnet is checked separately.');
  },
});
export const storageFirewallSubnetPairs = withSubnets(storageFirewalls);
export const vaultFirewallSubnetPairs = withSubnets(vaultFirewalls);
export const registryFirewallSubnetPairs = withSubnets(registryFirewalls);

/** The result for a firewall that is neither open nor closed; undefined otherwise. */
export function unclear(firewall: ServiceFirewall): CheckResult | undefined {
  if (firewall.access === 'perimeter') return perimeterUnknown(firewall);
  if (firewall.access === 'malformed') {
    const { rules, action } = firewall.at;
    const pointer = firewall.rules === 'malformed' ? rules : firewall.rules === 'present' ? action : switchPointer;
    return unknown(`The firewall of the ${firewall.name} has a value that Azure does not document.`, [
      evidenceAt(firewall.resource, pointer, 'undocumented value'),
      evidenceAt(firewall.resource, switchPointer, 'public network access'),
    ]);
  }
  return undefined;
}

/** The result where it is not known what a perimeter decides. Throws UnreadableError where Azure refused to say. */
export function perimeterUnknown({ name, resource, perimeter }: ServiceFirewall): CheckResult {
  if (perimeter.gap) throw new UnreadableError(perimeter.gap);
  return unknown(
    `Access to the ${name} is controlled by a network security perimeter, whose access rules are not known.`,
    perimeterEvidence(resource, perimeter),
  );
}
/** The settings that say which rules apply: the access mode, where it was read, and public network access. */
export const perimeterEvidence = (resource: Resource, { shown, modePointer, rulesPointer }: Perimeter): Evidence[] => [
  ...(shown === undefined
    ? []
    : [evidenceAt(shown, modePointer, 'access mode'), evidenceAt(shown, rulesPointer, 'access rules')]),
  evidenceAt(resource, switchPointer, 'public network access'),
];
/** What overrules the firewall, as the subject of a sentence, or within one. */
export const overruling = (firewall: ServiceFirewall): string => {
  const name = overrulingName(firewall);
  return name.startsWith('public') ? name : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
};
export const overrulingName = ({ perimeter, view }: ServiceFirewall): string =>
  perimeter.shown === undefined ? `publicNetworkAccess ${view.publicNetworkAccess ?? ''}` : perimeterName(perimeter);

/** `unclear`, for a firewall whose rules are known to be malformed or hidden. */
export const undetermined = (firewall: ServiceFirewall): CheckResult =>
  firewall.rules === 'hidden'
    ? unknown(`The network rules of the ${firewall.name} may be hidden while public network access is Disabled.`, [
        evidenceAt(firewall.resource, switchPointer, 'public network access'),
      ])
    : (unclear(firewall) ?? unknown(`The firewall of the ${firewall.name} has a value that Azure does not document.`));

/** The result for a list with an entry that is not understood. */
export const uninterpretable = (firewall: ServiceFirewall, what: string, pointer: string): CheckResult =>
  unknown(`The ${what} of the ${firewall.name} have an entry that cannot be interpreted.`, [
    evidenceAt(firewall.resource, pointer, 'cannot be interpreted'),
  ]);
