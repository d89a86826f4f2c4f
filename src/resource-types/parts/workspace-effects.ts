// Who gains or loses access by a change of a workspace: its public access, its allow-list, its links and its managed network.
import type { Json } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf } from '../../model/resource-id.ts';
import { noAddress, readPrefixes, without } from '../../net/addresses.ts';
import { vaultIpLegality } from '../../net/ip-rules.ts';
import { isolationPointer } from '../managed-network.ts';
import { listAt, textAt } from '../read.ts';
import type { ChangeSides, OwnEffect } from '../resource-type.ts';
import { sharedLinksOf } from '../shared-private-link.ts';
import { authModePointer } from '../workspace-view.ts';
import { addressCount, effectivelyAny, movedText, named, sizeOf, switchEffects } from './effects.ts';

const accessPointer = '/properties/publicNetworkAccess';

export function workspaceEffects(sides: ChangeSides): OwnEffect[] {
  const { id, before, after } = sides;
  if (before === null || after === null) return [];
  const name = nameOf(id);
  return [
    ...switchEffects(sides, accessPointer, {
      absent: 'Enabled',
      on: `Public network access of ${name} becomes Enabled: all networks can connect, or only those in its IP allow-list if it has one.`,
      off: `Public network access of ${name} becomes Disabled: every network loses access, except through private endpoints.`,
      subject: 'public network access',
    }),
    ...allowListEffects(name, before, after),
    ...linkEffects(name, before, after),
    ...modeEffects(sides, name),
    ...serverlessEffects(sides, name),
    ...legacyEffects(name, before, after),
    ...signInEffects(sides, name),
  ];
}

const entriesOf = ({ body }: Resource): string[] =>
  [...listAt(body, '/properties/ipAllowlist'), ...listAt(body, '/properties/networkAcls/ipRules')].flatMap(
    (item: Json) => (typeof item === 'string' ? [item] : (textAt(item, '/value') ?? [])),
  );

/** An empty list allows every network that public network access allows. */
function allowListEffects(name: string, before: Resource, after: Resource): OwnEffect[] {
  const [was, is] = [entriesOf(before), entriesOf(after)];
  const open = fold(textAt(after.body, accessPointer) ?? 'Enabled') === 'enabled';
  if (was.length > 0 && is.length === 0 && open) {
    return [
      {
        kind: 'relaxes',
        detail: `The IP allow-list of ${name} becomes empty: all networks can connect.`,
        subject: 'all networks',
      },
    ];
  }
  if (was.length === 0 && is.length > 0 && open) {
    const detail = `The IP allow-list of ${name} names ${named(is)}: every other network loses access.`;
    return [{ kind: 'restricts', detail, subject: 'all networks' }];
  }
  // An entry that the service would refuse today never had an effect.
  const legal = (entries: readonly string[]) => entries.filter((one) => vaultIpLegality(one).legal);
  const [old, fresh] = [readPrefixes(legal(was)).addresses, readPrefixes(legal(is)).addresses];
  const [gained, lost] = [without(fresh, old), without(old, fresh)];
  const only = (a: readonly string[], b: readonly string[]) => a.filter((one) => !b.includes(one));
  return [
    ...(noAddress(gained)
      ? []
      : [
          {
            kind: sizeOf(gained) >= BigInt(effectivelyAny) ? ('relaxes' as const) : ('allows' as const),
            detail: `The IP allow-list of ${name} allows ${named(only(is, was))}: ${addressCount(gained)}.`,
            subject: only(is, was).join(', '),
          },
        ]),
    ...(noAddress(lost)
      ? []
      : [
          {
            kind: 'restricts' as const,
            detail: `The IP allow-list of ${name} no longer allows ${named(only(was, is))}: ${addressCount(lost)}.`,
            subject: only(was, is).join(', '),
          },
        ]),
  ];
}

function linkEffects(name: string, before: Resource, after: Resource): OwnEffect[] {
  const [was, is] = [sharedLinksOf(before.body), sharedLinksOf(after.body)];
  const has = (links: typeof was, one: (typeof was)[number]) =>
    links.some((other) => fold(other.target) === fold(one.target) && fold(other.name ?? '') === fold(one.name ?? ''));
  return [
    ...is
      .filter((one) => !has(was, one))
      .map(({ target }) => ({
        kind: 'allows' as const,
        now: 'opens' as const,
        detail: `${name} requests a private link to ${nameOf(target)}, which must be approved there.`,
        subject: target,
      })),
    ...was
      .filter((one) => !has(is, one))
      .map(({ target }) => ({
        kind: 'restricts' as const,
        now: 'cutsOff' as const,
        detail: `${name} removes its private link to ${nameOf(target)}.`,
        subject: target,
      })),
  ];
}

const modes = ['disabled', 'allowinternetoutbound', 'allowonlyapprovedoutbound'];

function modeEffects(sides: ChangeSides, name: string): OwnEffect[] {
  const moved = movedText(sides, isolationPointer, 'Disabled');
  if (moved === undefined) return [];
  const rank = (mode: string) => modes.indexOf(fold(mode));
  const words = `The managed network of ${name} changes from ${moved.from} to ${moved.to}`;
  if (rank(moved.to) < rank(moved.from)) {
    return [{ kind: 'relaxes', detail: `${words}: outbound traffic is limited less.`, subject: 'managed network' }];
  }
  const loses =
    rank(moved.to) === 2
      ? 'computes reach only approved destinations'
      : 'computes use only the managed network for outbound traffic';
  return [{ kind: 'restricts', detail: `${words}: ${loses}.`, subject: 'managed network' }];
}

function serverlessEffects(sides: ChangeSides, name: string): OwnEffect[] {
  const base = '/properties/serverlessComputeSettings';
  const subnet = movedText(sides, `${base}/serverlessComputeCustomSubnet`);
  const [was, is] = [sides.before, sides.after].map(
    (one) => valueAt(one?.body, `${base}/serverlessComputeNoPublicIP`) === true,
  );
  return [
    ...(subnet === undefined
      ? []
      : subnet.to === ''
        ? [
            {
              kind: 'relaxes' as const,
              detail: `Serverless compute of ${name} runs outside ${nameInParent(subnet.from)}.`,
              subject: subnet.from,
            },
          ]
        : [
            {
              kind: 'restricts' as const,
              detail: `Serverless compute of ${name} runs in ${nameInParent(subnet.to)}: the NSG and routes of that subnet apply.`,
              subject: subnet.to,
            },
          ]),
    ...(was === is
      ? []
      : [
          is
            ? {
                kind: 'restricts' as const,
                now: null,
                detail: `Serverless compute of ${name} gets no public IP address.`,
                subject: 'Internet',
              }
            : {
                kind: 'relaxes' as const,
                now: 'opens' as const,
                detail: `Serverless compute of ${name} gets public IP addresses.`,
                subject: 'Internet',
              },
        ]),
  ];
}

/** Signing in with identities restricts users and computes without a data role; a key allows everyone who may use the datastore. */
function signInEffects(sides: ChangeSides, name: string): OwnEffect[] {
  const moved = movedText(sides, authModePointer, 'AccessKey');
  if (moved === undefined) return [];
  const byKey = fold(moved.to) === 'accesskey';
  return [
    {
      kind: byKey ? 'relaxes' : 'restricts',
      now: byKey ? 'opens' : 'cutsOff',
      detail: byKey
        ? `System datastores of ${name} sign in with the account key.`
        : `System datastores of ${name} sign in with identities: users and computes without a data role lose access.`,
      subject: 'system datastores',
    },
  ];
}

function legacyEffects(name: string, before: Resource, after: Resource): OwnEffect[] {
  const [was, is] = [before, after].map(({ body }) => valueAt(body, '/properties/v1LegacyMode') === true);
  if (was === is) return [];
  return is
    ? [
        {
          kind: 'restricts',
          now: 'cutsOff',
          detail: `The v2 API of ${name} is blocked (v1LegacyMode).`,
          subject: 'v2 API',
        },
      ]
    : [
        {
          kind: 'relaxes',
          now: 'opens',
          detail: `The v2 API of ${name} is reachable through Azure Resource Manager (v1LegacyMode).`,
          subject: 'v2 API',
        },
      ];
}
