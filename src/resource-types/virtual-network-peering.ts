// One side of a virtual network peering. It is also in its network's body and is written as a whole; the other side is a resource
// of the other network.

import { writeVersionOf } from '../model/api-versions.ts';
import { applyEdits } from '../model/edit.ts';
import { fold, nameOf, parentId } from '../model/resource-id.ts';
import { type PeeringSide, peeringSide } from '../net/index.ts';
import { defineResourceType, ifRead, unseen } from './define.ts';
import { peeringType, vnetOfPeering, withoutPeering, withPeering } from './network-view.ts';
import { actionOn, groupOf, twinSpelling, withoutComputed } from './parts/bodies.ts';
import { movedItems } from './parts/effects.ts';
import { parentSideEffects } from './parts/inline-list.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { booleanAt, textAt, textsAt } from './read.ts';
import type { Change, ChangeSides, Json, JsonObject, OwnEffect, Resource, WriteRequest } from './resource-type.ts';

export const subnetNameKey = { member: null, fold: true };
const lists = ['/properties/localSubnetNames', '/properties/remoteSubnetNames'];
const written = ['/properties/allowVirtualNetworkAccess', '/properties/allowForwardedTraffic', ...lists];
const label = 'virtual network peering';
/** Members that Azure keeps in step with both networks. */
export const peeringComputed = [
  ...['resourceGuid', 'peeringState', 'peeringSyncLevel', 'remoteAddressSpace', 'remoteVirtualNetworkAddressSpace'],
  ...['localAddressSpace', 'localVirtualNetworkAddressSpace', 'remoteVirtualNetworkEncryption'],
  'remoteBgpCommunities',
];
const defaulted =
  (value: boolean) =>
  (stated: Json | undefined): Json =>
    stated ?? value;
/** Also used for peerings inside a network's body. */
export const peeringShape = {
  sets: Object.fromEntries(lists.map((pointer) => [pointer, subnetNameKey])),
  rewrite: {
    '/properties/allowVirtualNetworkAccess': defaulted(true),
    '/properties/allowForwardedTraffic': defaulted(false),
    '/properties/doNotVerifyRemoteGateways': defaulted(false),
    '/properties/peerCompleteVnets': defaulted(true),
  },
} satisfies ResourceShape;
const remoteOf = (body: JsonObject | undefined): string | undefined =>
  textAt(body, '/properties/remoteVirtualNetwork/id');

export const virtualNetworkPeering = defineResourceType({
  type: peeringType,
  label,
  decidesPackets: true,
  plural: 'virtual network peerings',
  computed: peeringComputed,
  shape: peeringShape,
  columns: [
    { title: 'Remote', value: ({ body }) => nameOf(remoteOf(body) ?? '') },
    { title: 'State', value: ({ body }) => textAt(body, '/properties/peeringState') ?? '' },
  ],
  references: (body) => [remoteOf(body) ?? []].flat(),
  effects: peeringEffects,
  sideEffects: parentSideEffects(vnetOfPeering, withPeering, withoutPeering),
  writer: vnetOfPeering,
  write: writePeering,
  alsoNeeds: (change, current) => {
    const remote = remoteOf(change.body ?? current?.body);
    return remote === undefined ? [] : [actionOn('Microsoft.Network/virtualNetworks/peer/action', remote)];
  },
  az(change) {
    const vnet = nameOf(parentId(change.resource) ?? '');
    const at = ['-g', groupOf(change.resource), '--vnet-name', vnet, '-n', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'network', 'vnet', 'peering', 'delete', at);
    if (change.kind === 'create') {
      const access =
        booleanAt(change.body, '/properties/allowVirtualNetworkAccess') === false ? [] : ['--allow-vnet-access'];
      const remote = ['--remote-vnet', remoteOf(change.body) ?? ''];
      return line('az', 'network', 'vnet', 'peering', 'create', at, remote, access);
    }
    const words = change.edits.flatMap((edit) => {
      const name = nameOf(edit.pointer);
      if (edit.op === 'add') return ['--add', name, String(edit.after)];
      if (edit.op === 'remove') return ['--remove', name, String(edit.at ?? 0)];
      return ['--set', `${name}=${String(edit.after)}`];
    });
    const update = line('az', 'network', 'vnet', 'peering', 'update', at, words);
    const syncs = change.edits.some(({ pointer }) => lists.includes(pointer));
    return syncs ? lines([update, line('az', 'network', 'vnet', 'peering', 'sync', at)]) : update;
  },
});

/** The whole side under its etag. Where the subnets change, Azure takes over the ranges of the peer with the same request. */
function writePeering(change: Change, current: Resource | null): WriteRequest | string {
  const { kind, edits, resource } = change;
  const at = { id: resource, apiVersion: writeVersionOf(peeringType) };
  if (kind === 'create') {
    return { method: 'PUT', ...at, body: withoutComputed(change.body, peeringComputed), ifNoneMatch: '*' };
  }
  if (kind === 'delete') return { method: 'DELETE', ...at, body: null, ...ifRead(current) };
  if (current === null) return unseen(label);
  const strange = edits.find(({ pointer }) => !written.includes(pointer));
  if (strange) return `Bastide does not write ${strange.pointer} of a ${label}.`;
  const twin = twinSpelling(current.body, edits);
  if (twin !== undefined) return twin;
  const syncs = edits.some(({ pointer }) => lists.includes(pointer));
  return {
    ...{ method: 'PUT', ...at, ...ifRead(current) },
    body: withoutComputed(applyEdits(current.body, edits), peeringComputed),
    ...(syncs ? { query: { syncRemoteAddressSpace: 'true' } } : {}),
  };
}

/** Which network reaches which: by the whole peering, or by the subnets that it lists. */
function peeringEffects(sides: ChangeSides): OwnEffect[] {
  const { id, before, after } = sides;
  const own = nameOf(vnetOfPeering(id));
  const remote = remoteOf(after?.body ?? before?.body) ?? '';
  const other = nameOf(remote);
  // The flows of a network that was not read are told only here.
  const told = (now: 'opens' | 'cutsOff') => (sides.seen.resource(remote) ? {} : { now });
  const carries = (side: PeeringSide): boolean => side.state !== 'stopped';
  const [was, is] = [before, after].map((one) => one !== null && carries(peeringSide(one.body)));
  if (!was && is) {
    const detail = `${own} and ${other} reach each other through the peering, if the peering of ${other} also allows access and no NSG denies the traffic.`;
    return [{ kind: 'relaxes', ...told('opens'), detail, subject: remote }];
  }
  if (was && !is)
    return [
      {
        kind: 'restricts',
        ...told('cutsOff'),
        detail: `${own} and ${other} no longer reach each other.`,
        subject: remote,
      },
    ];
  const whole = [before, after].map((one) => booleanAt(one?.body, '/properties/peerCompleteVnets') !== false);
  if (whole[0] !== whole[1]) {
    return [
      whole[1]
        ? {
            kind: 'relaxes',
            ...told('opens'),
            detail: `All subnets of ${own} and ${other} are peered.`,
            subject: remote,
          }
        : {
            kind: 'restricts',
            ...told('cutsOff'),
            detail: `Only listed subnets of ${own} and ${other} are peered.`,
            subject: remote,
          },
    ];
  }
  return [
    ...lists.flatMap((pointer) => subnetEffects(sides, pointer, pointer === lists[0] ? own : other, remote)),
    ...flagEffects(sides, own, other),
  ];
}

function subnetEffects(sides: ChangeSides, pointer: string, network: string, remote: string): OwnEffect[] {
  const { added, removed } = movedItems(sides, pointer, subnetNameKey);
  const peer = nameOf(remote);
  return [
    ...added.map((name) => ({
      kind: 'allows' as const,
      detail: `The peering with ${peer} includes subnet ${String(name)} of ${network}.`,
      subject: `${network}/${String(name)}`,
    })),
    ...removed.map((name) => ({
      kind: 'restricts' as const,
      detail: `The peering with ${peer} no longer includes subnet ${String(name)} of ${network}.`,
      subject: `${network}/${String(name)}`,
    })),
  ];
}

/** What a flag means while it is true. */
const flags: Readonly<Record<string, (own: string, other: string, not: string) => string>> = {
  allowForwardedTraffic: (own, other, not) => `${own} ${not}accepts traffic that ${other} forwards.`,
  allowGatewayTransit: (own, other, not) => `${other} may ${not}use the gateway of ${own}.`,
  useRemoteGateways: (own, other, not) => `${own} ${not}uses the gateway of ${other}.`,
};

const flagEffects = ({ before, after }: ChangeSides, own: string, other: string): OwnEffect[] =>
  Object.entries(flags).flatMap(([name, says]): OwnEffect[] => {
    const [was, is] = [before, after].map((one) => booleanAt(one?.body, `/properties/${name}`) === true);
    if (was === is) return [];
    return [{ kind: is ? 'relaxes' : 'restricts', detail: says(own, other, is ? '' : 'no longer '), subject: other }];
  });

/** The names that a list of a peering lacks, each once. */
export const missingNames = (body: JsonObject, pointer: string, wanted: readonly string[]): string[] =>
  wanted.filter((name) => !textsAt(body, pointer).some((one) => fold(one) === fold(name)));
