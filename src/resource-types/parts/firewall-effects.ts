// Who gains or loses access by a change of the firewall of a storage account, key vault or registry.
import type { Json } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent } from '../../model/resource-id.ts';
import { type Addresses, noAddress, nowhere, readPrefixes, without } from '../../net/addresses.ts';
import { reservedFamilies } from '../../net/ip-rules.ts';
import {
  type Acls,
  aclsOf,
  firewallPlaces,
  parseBypass,
  publicNetworkAccessOf,
  type SubnetRule,
} from '../network-acls.ts';
import { textAt } from '../read.ts';
import type { ChangeSides, OwnEffect } from '../resource-type.ts';
import { addressCount, effectivelyAny, named, sizeOf } from './effects.ts';

interface Side {
  readonly access: string;
  readonly action: 'Allow' | 'Deny';
  readonly subnets: ReadonlyMap<string, SubnetRule>;
  readonly addresses: readonly string[];
  readonly instances: ReadonlyMap<string, string>;
  readonly bypass: ReadonlySet<string>;
}

/** A rule in one of these states has no effect. */
const deadStates = ['networksourcedeleted', 'failed', 'deprovisioning'];
const isAlive = ({ state }: SubnetRule): boolean => !deadStates.includes(fold(state ?? ''));

const defaultBypass: Json = 'AzureServices';

function sideOf(resource: Resource): Side {
  const view = aclsOf(resource);
  const acls: Partial<Acls> = typeof view === 'string' ? {} : view;
  const bypass = textAt(resource.body, firewallPlaces(resource.type).bypass) ?? String(defaultBypass);
  const ids = <T>(items: readonly T[], id: (item: T) => string) => new Map(items.map((one) => [fold(id(one)), one]));
  return {
    access: publicNetworkAccessOf(resource) ?? 'Enabled',
    action: acls.defaultAction === 'Deny' ? 'Deny' : 'Allow',
    subnets: ids((acls.subnetRules ?? []).filter(isAlive), ({ id }) => id),
    addresses: [...(acls.ipRules ?? []), ...(acls.ipv6Rules ?? [])].map(({ block }) => block),
    instances: new Map((acls.resourceRules ?? []).map(({ resourceId }) => [fold(resourceId), resourceId])),
    bypass: parseBypass(bypass),
  };
}

/** `2 subnets and 1 address`: what keeps access by a rule. */
function keeping({ subnets, addresses, instances }: Side): string {
  const count = (n: number, one: string, many: string) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`]);
  const set = read(addresses);
  return named([
    ...count(subnets.size, 'subnet', 'subnets'),
    ...(noAddress(set) ? [] : [addressCount(set)]),
    ...count(instances.size, 'resource instance', 'resource instances'),
  ]);
}

/** Addresses that reach a public endpoint: private ranges never do. */
const reserved: Addresses = readPrefixes(
  reservedFamilies.flatMap(({ blocks }) => blocks.map(({ first, prefix }) => `${dotted(first)}/${prefix}`)),
).addresses;
function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
const read = (values: readonly string[]): Addresses =>
  values.length === 0 ? nowhere : without(readPrefixes(values).addresses, reserved);

/** `label`: `storage account`. */
export function firewallEffects({ id, before, after }: ChangeSides): OwnEffect[] {
  if (before === null || after === null) return [];
  const name = nameInParent(id);
  const [was, is] = [sideOf(before), sideOf(after)];
  return [
    ...accessEffects(name, was, is),
    ...actionEffects(name, was, is),
    ...addressEffects(name, was, is),
    ...entries(was.subnets, is.subnets, ({ id: subnet }) => subnet, `the firewall of ${name}`, 'Subnet'),
    ...entries(was.instances, is.instances, (one) => one, `the firewall of ${name}`, 'Resource instance'),
    ...bypassEffects(name, was, is),
  ];
}

/** An undocumented value counts as enabled. */
const switchOf = (access: string): 'Enabled' | 'Disabled' | 'SecuredByPerimeter' =>
  fold(access) === 'disabled' ? 'Disabled' : fold(access) === 'securedbyperimeter' ? 'SecuredByPerimeter' : 'Enabled';

function accessEffects(name: string, was: Side, is: Side): OwnEffect[] {
  if (fold(was.access) === fold(is.access)) return [];
  const subject = 'public network access';
  const moved = `Public network access of ${name} changes from ${was.access} to ${is.access}.`;
  const [from, to] = [switchOf(was.access), switchOf(is.access)];
  if (from !== 'Enabled' && to !== 'Enabled') {
    const services = 'trusted Azure services and resource instances of its firewall';
    return [
      to === 'Disabled'
        ? { kind: 'relaxes', detail: `${moved} Where no perimeter is enforced, ${services} can connect.`, subject }
        : { kind: 'restricts', detail: `${moved} Loses access: ${services}.`, subject },
    ];
  }
  const by = keeping(is);
  if (to === 'Enabled') {
    const who =
      is.action === 'Allow'
        ? 'All networks can connect'
        : by === ''
          ? 'Its firewall has no rules'
          : `${by} can connect`;
    return [
      {
        kind: 'relaxes',
        detail: `${moved} ${who}.`,
        subject,
      },
    ];
  }
  const losing = was.action === 'Allow' ? 'every network' : keeping(was) || 'no rule';
  return [
    {
      kind: 'restricts',
      detail: `${moved} Loses access: ${losing}, except through private endpoints.`,
      subject,
    },
  ];
}

function actionEffects(name: string, was: Side, is: Side): OwnEffect[] {
  if (was.action === is.action) return [];
  if (is.action === 'Allow') {
    return [
      {
        kind: 'relaxes',
        detail: `The default action of ${name} becomes Allow: all networks can connect, and its rules are ignored.`,
        subject: 'all networks',
      },
    ];
  }
  const kept = keeping(is);
  return [
    {
      kind: 'restricts',
      detail: `The default action of ${name} becomes Deny. Loses access: every network without a rule. ${kept === '' ? 'No rule allows access' : `Still allowed: ${kept}`}.`,
      subject: 'all networks',
    },
  ];
}

/** Addresses that only one side allows, counted over all rules together: one rule may hold what another loses. */
function addressEffects(name: string, was: Side, is: Side): OwnEffect[] {
  const only = (a: readonly string[], b: readonly string[]) => a.filter((value) => !b.includes(value));
  const [old, fresh] = [read(was.addresses), read(is.addresses)];
  const [gained, lost] = [without(fresh, old), without(old, fresh)];
  const values = { gained: only(is.addresses, was.addresses), lost: only(was.addresses, is.addresses) };
  const wide = sizeOf(gained) >= BigInt(effectivelyAny);
  const lonely = values.lost.length === 1;
  // Where rules are ignored, nobody loses access by the loss of one.
  const losing =
    is.action === 'Allow'
      ? `${lonely ? 'is' : 'are'} no longer in the rules of ${name}, which its default action Allow overrides`
      : `${lonely ? 'loses' : 'lose'} access to ${name}`;
  return [
    ...(noAddress(gained)
      ? []
      : [
          {
            kind: wide ? ('relaxes' as const) : ('allows' as const),
            detail: `The firewall of ${name} allows ${named(values.gained)}: ${addressCount(gained)}.`,
            subject: values.gained.join(', '),
          },
        ]),
    ...(noAddress(lost)
      ? []
      : [
          {
            kind: 'restricts' as const,
            detail: `${named(values.lost)} ${losing}: ${addressCount(lost)}.`,
            subject: values.lost.join(', '),
          },
        ]),
  ];
}

/** Entries of a list of ids: an added one is allowed, a removed one loses access. */
function entries<T>(
  was: ReadonlyMap<string, T>,
  is: ReadonlyMap<string, T>,
  idOf: (item: T) => string,
  where: string,
  word: string,
): OwnEffect[] {
  const added = [...is].filter(([key]) => !was.has(key)).map(([, item]) => idOf(item));
  const removed = [...was].filter(([key]) => !is.has(key)).map(([, item]) => idOf(item));
  return [
    ...added.map((id) => ({
      kind: 'allows' as const,
      detail: `${word} ${nameInParent(id)} is allowed by ${where}.`,
      subject: id,
    })),
    ...removed.map((id) => ({
      kind: 'restricts' as const,
      detail: `${word} ${nameInParent(id)} is no longer allowed by ${where}.`,
      subject: id,
    })),
  ];
}

const exceptions: Readonly<Record<string, string>> = {
  AzureServices: 'Trusted Azure services',
  Logging: 'Storage logging',
  Metrics: 'Storage metrics',
};

function bypassEffects(name: string, was: Side, is: Side): OwnEffect[] {
  const words = (one: string) => exceptions[one] ?? one;
  return [
    ...[...is.bypass.difference(was.bypass)].map((one) => ({
      kind: 'allows' as const,
      detail: `${words(one)} bypass the firewall of ${name} (bypass).`,
      subject: one,
    })),
    ...[...was.bypass.difference(is.bypass)].map((one) => ({
      kind: 'restricts' as const,
      detail: `${words(one)} no longer bypass the firewall of ${name} (bypass).`,
      subject: one,
    })),
  ];
}
