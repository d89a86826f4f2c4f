// The network security perimeter of a storage account or a key vault: whether there is one, and what its access rules allow. The
// table of resource-types/perimeter.ts decides; rules, paths and effects all use it.
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { type Addresses, noAddress, readPrefixes, without } from '../net/addresses.ts';
import { publicNetworkAccessOf } from '../resource-types/network-acls.ts';
import { findSubnet, subnetView } from '../resource-types/network-view.ts';
import {
  type AccessRule,
  type AccessSwitch,
  accessModePointer,
  accessRuleView,
  associationView,
  configuredRulesPointer,
  type PerimeterMode,
  type PublicInbound,
  perimeterAssociationType,
  perimeterConfigurationsOf,
  perimeterConfigurationView,
  perimeterRuleType,
  perimeterTable,
  ruleAppliesTo,
  storagePerimeterType,
  type TrustedInbound,
  vaultPerimeterType,
} from '../resource-types/perimeter.ts';
import { isStorage, isVault } from './links.ts';
import { memoizePerSnapshotAndKey } from './memoize.ts';
import type { SubnetEnd } from './path/ends.ts';
import { seenAs } from './path/outbound-hop.ts';

/** What is known of the association of a resource, whatever its own settings are. */
export interface Perimeter {
  /** The modes that what was read leaves possible; undefined where nothing was asked, as in files. */
  readonly modes: readonly PerimeterMode[] | undefined;
  /** Id of the perimeter. */
  readonly id: string | undefined;
  /** Id of the profile whose access rules apply. */
  readonly profile: string | undefined;
  /** Id of the association. */
  readonly association: string | undefined;
  /** Inbound access rules that apply to the type of the resource. */
  readonly rules: readonly AccessRule[];
  /** Those of which that is not known. */
  readonly unclear: readonly AccessRule[];
  /** The resource that shows it, with pointers to the mode and the rules. */
  readonly shown: Resource | undefined;
  readonly modePointer: string;
  readonly rulesPointer: string;
  /** Errors of its provisioning: what is shown may not be what applies. */
  readonly errors: readonly string[];
  /** Why the list of configurations was not given. */
  readonly gap: ReadFailure | undefined;
}

const allModes: readonly PerimeterMode[] = ['none', 'learning', 'enforced'];

const notAssociated: Perimeter = {
  ...{ modes: ['none'], id: undefined, profile: undefined, association: undefined, rules: [] },
  ...{ unclear: [], shown: undefined, modePointer: '', rulesPointer: '', errors: [], gap: undefined },
};
/** Of a type that Bastide reads no perimeter of, and of files that name none. */
export const unstatedPerimeter: Perimeter = { ...notAssociated, modes: undefined };

const switches = ['Enabled', 'Disabled', 'SecuredByPerimeter'] as const;
const switchOf = (resource: Resource): AccessSwitch =>
  switches.find((one) => one === publicNetworkAccessOf(resource)) ?? 'Enabled';

/** The modes that are possible. What files do not say counts as no association, unless `publicNetworkAccess` says there is one. */
const modesOf = ({ modes }: Perimeter, access: AccessSwitch): readonly PerimeterMode[] =>
  modes ?? (access === 'SecuredByPerimeter' ? allModes : ['none']);

/** What decides on public inbound traffic to a resource; several where the mode is not known. */
export function inboundOf(perimeter: Perimeter, resource: Resource): readonly PublicInbound[] {
  const access = switchOf(resource);
  return [...new Set(modesOf(perimeter, access).map((mode) => perimeterTable[access][mode].inbound))];
}
/** The same for trusted Azure services. */
export function trustedOf(perimeter: Perimeter, resource: Resource): readonly TrustedInbound[] {
  const access = switchOf(resource);
  return [...new Set(modesOf(perimeter, access).map((mode) => perimeterTable[access][mode].trusted))];
}

/** Does the perimeter alone decide on public traffic, so that the resource's own rules and exceptions have no effect? */
export const isOverruled = (perimeter: Perimeter, resource: Resource): boolean =>
  switchOf(resource) === 'SecuredByPerimeter' || isEnforced(perimeter);
export const isEnforced = ({ modes }: Perimeter): boolean => modes?.every((mode) => mode === 'enforced') ?? false;
/** Is the resource associated, in whichever mode? */
export const isAssociated = ({ shown }: Perimeter): boolean => shown !== undefined;

/** The perimeter of a resource; every mode is possible where Azure refused the list. */
export const perimeterOf = memoizePerSnapshotAndKey((id: string, index: SnapshotIndex): Perimeter => {
  if (!isStorage(id) && !isVault(id)) return unstatedPerimeter;
  const found = configured(id, index) ?? associated(id, index);
  if (found) return found;
  const list = perimeterConfigurationsOf(id);
  if (index.hasList(list)) return notAssociated;
  const seen = index.peek(list);
  const absent = { id: list, reason: 'Azure does not know this list.', action: '', status: 404 };
  const gap: ReadFailure = seen.state === 'gap' ? seen.gap : absent;
  if ((gap.status ?? gap.code) === undefined) return unstatedPerimeter;
  return { ...notAssociated, modes: allModes, gap };
});

const modeOf = (mode: string | undefined): readonly PerimeterMode[] => {
  if (mode === 'Enforced') return ['enforced'];
  // `Learning` is the default; what `Audit` does is not documented.
  return mode === 'Learning' || mode === undefined ? ['learning'] : allModes.slice(1);
};
const inbound = (rules: readonly AccessRule[], resource: string): Pick<Perimeter, 'rules' | 'unclear'> => {
  const within = (applies: boolean | undefined) =>
    rules.filter((rule) => rule.direction === 'Inbound' && ruleAppliesTo(rule, typeOf(resource)) === applies);
  return { rules: within(true), unclear: within(undefined) };
};

/** As Azure shows it at the resource. */
function configured(id: string, index: SnapshotIndex): Perimeter | undefined {
  const all = [...index.ofType(storagePerimeterType), ...index.ofType(vaultPerimeterType)];
  const shown = all.find((one) => sameId(parentId(one.id), id));
  if (shown === undefined) return undefined;
  const { perimeter, association, profile, mode, rules, errors } = perimeterConfigurationView(shown);
  const below = (kind: string, name: string | undefined) =>
    perimeter === undefined || name === undefined ? undefined : `${perimeter}/${kind}/${name}`;
  return {
    ...notAssociated,
    ...{ modes: modeOf(mode), id: perimeter, errors, shown },
    ...{ profile: below('profiles', profile), association: below('resourceAssociations', association) },
    ...inbound(rules, id),
    modePointer: '/properties/resourceAssociation/accessMode',
    rulesPointer: configuredRulesPointer,
  };
}

/** As a template declares it, at the perimeter. */
function associated(id: string, index: SnapshotIndex): Perimeter | undefined {
  const shown = index.ofType(perimeterAssociationType).find((one) => sameId(associationView(one).resource, id));
  if (shown === undefined) return undefined;
  const { mode, profile } = associationView(shown);
  const rules = index.ofType(perimeterRuleType).filter((one) => sameId(parentId(one.id), profile));
  return {
    ...notAssociated,
    ...{ modes: modeOf(mode), id: parentId(shown.id), profile, association: shown.id, shown },
    ...inbound(rules.map(accessRuleView), id),
    modePointer: accessModePointer,
    rulesPointer: '/properties/profile',
  };
}

/** Addresses that inbound access rules allow, wherever they apply. */
export const allowedAddresses = ({ rules }: Pick<Perimeter, 'rules'>): Addresses =>
  readPrefixes(rules.flatMap(({ addresses }) => addresses)).addresses;
/** Those that they allow if each rule applies of which that is not known; undefined where there is none. */
export const perhapsAllowed = ({ rules, unclear }: Perimeter): Addresses | undefined =>
  unclear.length === 0 ? undefined : allowedAddresses({ rules: [...rules, ...unclear] });
/** Why that is not known, as a clause; undefined where each rule is clear. */
export const unclearRules = ({ unclear }: Perimeter): string | undefined =>
  unclear.length === 0
    ? undefined
    : `what appliesTo of access rule ${unclear.map(({ name }) => cleanName(name)).join(', ')} means is not known`;

/**
 * What allows the workspace service: an access rule that names its subscription, or its membership of the same perimeter.
 * `unknown`: a rule with sources of another kind may; undefined: nothing does.
 */
export function workspaceAllowedBy(
  perimeter: Perimeter,
  index: SnapshotIndex,
): { readonly by: string } | 'unknown' | undefined {
  const { workspace } = index.snapshot;
  if (workspace === null || !isAssociated(perimeter)) return undefined;
  const own = `/subscriptions/${subscriptionOf(workspace) ?? ''}`;
  const rule = perimeter.rules.find(({ subscriptions }) =>
    subscriptions.some((one) => fold(one.startsWith('/') ? one : `/subscriptions/${one}`) === fold(own)),
  );
  if (rule) return { by: `access rule ${clean(rule.name, 120)}` };
  if (isMember(perimeter, workspace, index)) return { by: 'its membership of the perimeter' };
  return perimeter.unclear.length > 0 || perimeter.rules.some(({ isOther }) => isOther) ? 'unknown' : undefined;
}

const isMember = ({ id }: Perimeter, workspace: string, index: SnapshotIndex): boolean =>
  id !== undefined &&
  index
    .ofType(perimeterAssociationType)
    .some((one) => sameId(parentId(one.id), id) && sameId(associationView(one).resource, workspace));

/** `nsp-data`, or what is said without a name. */
export const perimeterName = ({ id }: Perimeter): string =>
  id === undefined ? 'the network security perimeter' : `network security perimeter ${clean(nameOf(id), 120)}`;

/** What the access rules decide on traffic of a subnet, and why, as a clause. */
export interface PerimeterPassage {
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  readonly because: string;
  /** The access rule that allows managed identities of the subnet's subscription, whatever their address. */
  readonly identities?: string;
}

/** Access rules match public addresses: traffic through a service endpoint has none. Throws UnreadableError where that was not read. */
export function throughPerimeter(
  from: Pick<SubnetEnd, 'subnet' | 'nic'>,
  resource: Resource,
  perimeter: Perimeter,
  index: SnapshotIndex,
): PerimeterPassage {
  const own = fold(`/subscriptions/${subscriptionOf(from.subnet) ?? ''}`);
  const identities = perimeter.rules.find(({ subscriptions }) => subscriptions.some((one) => fold(one) === own))?.name;
  const doubt = unclearRules(perimeter);
  const denied = (because: string): PerimeterPassage => ({
    ...(doubt === undefined ? { verdict: 'denied', because } : { verdict: 'unknown', because: doubt }),
    ...(identities === undefined ? {} : { identities: cleanName(identities) }),
  });
  const allowed = allowedAddresses(perimeter);
  if (noAddress(allowed)) return denied('no access rule allows an address');
  const name = nameOf(from.subnet);
  const subnet = findSubnet(index, from.subnet);
  const service = isVault(resource.id) ? 'microsoft.keyvault' : 'microsoft.storage';
  const endpoints = subnet === undefined ? [] : subnetView(subnet).serviceEndpoints;
  if (endpoints.some((one) => fold(one.service).startsWith(service)))
    return denied(`${cleanName(name)} uses a service endpoint, and access rules allow public addresses only`);
  const addresses = seenAs(from, index);
  if (addresses === undefined)
    return { verdict: 'unknown', because: `the outbound address of ${cleanName(name)} is not known` };
  const left = without(readPrefixes(addresses).addresses, allowed);
  return noAddress(left)
    ? {
        verdict: 'allowed',
        because: `access rules allow ${addresses.join(', ')}, the outbound address of ${cleanName(name)}`,
      }
    : denied(`no access rule allows ${addresses.join(', ')}, the outbound address of ${cleanName(name)}`);
}

const cleanName = (name: string): string => clean(name, 120);
