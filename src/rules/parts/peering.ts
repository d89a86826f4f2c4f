// Peerings between two networks: a missing one, one side in each, so that every resource of one reaches every resource of the other;
// and one that stops the traffic, opened.

import { peersOf, type StoppedSide, stoppedSides } from '../../facts/path/connection.ts';
import { peeringSpaces, refusalWords, unknownWords } from '../../facts/peering-spaces.ts';
import { editChange } from '../../model/change.ts';
import { addTo, type Edit, setMember } from '../../model/edit.ts';
import { type NeedOption, needSentence } from '../../model/plan-need.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, parentId, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { peeringType, vnetView } from '../../resource-types/network-view.ts';
import { booleanAt } from '../../resource-types/read.ts';
import { missingNames, subnetNameKey } from '../../resource-types/virtual-network-peering.ts';
import type { Answers, Proposal } from '../rule.ts';
import { numberedName, placeToMake } from './naming.ts';
import { displayName, few } from './verdict.ts';

/** Both sides, or why they cannot be created. [] where the networks are peered. Throws UnreadableError where one was not read. */
export function peerProposals(one: string, other: string, index: SnapshotIndex): Proposal[] | string {
  const [here, there] = [index.get(one), index.get(other)];
  const networks = `${displayName(one)} and ${displayName(other)}`;
  if (!here || !there) return `The virtual network ${displayName(here ? other : one)} does not exist.`;
  if (isOpen(here, there, index) && isOpen(there, here, index)) return [];
  const { refusal } = peeringSpaces(here, there, index);
  if (refusal !== undefined) return refusalWords(refusal, one, other);
  const stopped = [...sidesTo(here, there), ...sidesTo(there, here)];
  if (stopped.length > 0) {
    return `${networks} are already peered (${few(stopped)}): delete it on both sides, or change it (see compute.endpoint-path).`;
  }
  return [side(here, there, index), side(there, here, index)];
}

/** The answer that peers two networks, or why Azure would refuse it. What is not known of that is said with it. */
export function peerOption(one: string, other: string, says: string, index: SnapshotIndex): NeedOption | string {
  const option = (unknown: string | undefined): NeedOption => ({
    ...{ name: 'way', value: 'peer' },
    says: unknown === undefined ? says : `${says}; ${unknown.replace(/\.$/, '')}`,
  });
  return attempt(
    () => {
      const [here, there] = [index.get(one), index.get(other)];
      const proposals = peerProposals(one, other, index);
      if (typeof proposals === 'string' || !here || !there)
        return typeof proposals === 'string' ? proposals : option(undefined);
      return option(unknownWords(peeringSpaces(here, there, index), one, other));
    },
    ({ gap }) => option(`not known whether Azure accepts it: ${gap.reason}`),
  );
}

const isOpen = (from: Resource, to: Resource, index: SnapshotIndex): boolean =>
  peersOf(from.id, index).some((id) => sameId(id, to.id));

const sidesTo = (from: Resource, to: Resource): string[] =>
  vnetView(from)
    .peerings.filter(({ id }) => sameId(id, to.id))
    .map(({ name }) => `${nameOf(from.id)}/${name}`);

function side(from: Resource, to: Resource, index: SnapshotIndex): Proposal {
  const list = `${from.id}/${peeringType.split('/').at(-1)}`;
  const parts = ['bastide-to', nameOf(to.id)];
  const { id } = placeToMake((position) => `${list}/${numberedName(parts, 80, position)}`, index);
  return {
    change: {
      kind: 'create',
      resource: id,
      edits: [],
      body: {
        properties: {
          remoteVirtualNetwork: { id: to.id },
          allowVirtualNetworkAccess: true,
          allowForwardedTraffic: false,
          allowGatewayTransit: false,
          useRemoteGateways: false,
        },
      },
    },
    phase: 1,
  };
}

/** Access, or the listed subnets, on each side that stops the traffic; a link of another kind must be made anew. */
export function openPeering(
  subnet: string,
  there: string,
  because: string,
  index: SnapshotIndex,
  answers: Answers,
): readonly Proposal[] | string {
  const stopped = stoppedSides(subnet, there, index);
  const networks = `${displayName(parentId(subnet) ?? '')} and ${displayName(parentId(there) ?? '')}`;
  if (stopped.length === 0) {
    const [here, other] = [parentId(subnet) ?? '', parentId(there) ?? ''];
    if (answers.way === 'peer') return peerProposals(here, other, index);
    const option = peerOption(here, other, `peer ${networks} on both sides`, index);
    const way = typeof option === 'string' ? option : needSentence({ kind: 'choice', options: [option] });
    return `${because} ${way} Or create a private endpoint in the network of the computes.`;
  }
  const lasting = stopped.find(({ by }) => by === 'peeringState' || by === 'enableOnlyIPv6Peering');
  if (lasting) {
    return `${because} That cannot be changed in place: delete the peering on both sides and create it again (az network vnet peering create).`;
  }
  return stopped.map((side) => ({
    change: editChange(side.peering, opening(side)),
    phase: 2,
  }));
}

function opening({ body, by, local, remote }: StoppedSide): Edit[] {
  const access = '/properties/allowVirtualNetworkAccess';
  const lists = { '/properties/localSubnetNames': local, '/properties/remoteSubnetNames': remote };
  const isWhole = by === 'allowVirtualNetworkAccess' && booleanAt(body, '/properties/peerCompleteVnets') !== false;
  return [
    ...(by === 'allowVirtualNetworkAccess' ? [setMember(body, access, true)] : []),
    ...(isWhole ? [] : Object.entries(lists)).flatMap(([pointer, name]) =>
      missingNames(body, pointer, [name]).map((missing) => addTo(body, pointer, missing, subnetNameKey)),
    ),
  ];
}
