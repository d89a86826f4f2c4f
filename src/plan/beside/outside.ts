// What a change does to services outside the scan, which is not known: those that allow the public addresses of a subnet or of another
// one, and those with private endpoints elsewhere.
import {
  type ChangedHops,
  gainedAddresses,
  gatewayName,
  newlyResolving,
  pairsOf,
  type ResourcePair,
  type SeenAddresses,
  unseenAddresses,
} from '../../audit/changed.ts';
import type { EffectReason } from '../../model/effect.ts';
import { listed } from '../../model/effect-words.ts';
import { fold, nameInParent, nameOf, sameId, typeOf } from '../../model/resource-id.ts';
import { nicType, subnetType, subnetView } from '../../resource-types/index.ts';
import type { BesideInput } from '../beside.ts';

export function outsideOf(
  { before, after, isOwn }: BesideInput,
  pairs: readonly ResourcePair[],
  hops: Pick<ChangedHops, 'left' | 'entered'>,
): EffectReason[] {
  const whys = [
    ...unseenAddresses(pairs, hops, before, after).map((one) => addressWords(one, 'no longer leaves by them')),
    ...newlyResolving(pairs, before).map(
      ({ zone, network }) =>
        `whether ${nameOf(network)} uses services outside this scan that have private endpoints: without a record in ${nameOf(zone)}, their names have no address there.`,
    ),
  ];
  whys.push(...lostEndpoints(pairs), ...lostLinks(pairs));
  const gained = gainedAddresses(pairs, before, after, (id) => !isOwn(id));
  return [
    ...gained.map((one): EffectReason => {
      const why = addressWords(one, 'leaves by them from then on');
      return { kind: 'opens', reason: 'unknown', data: { why } };
    }),
    ...[...new Set(whys)].map((why): EffectReason => ({ kind: 'cutsOff', reason: 'unknown', data: { why } })),
  ];
}

/** Services allow a subnet by its service endpoint, wherever they are. */
const lostEndpoints = (pairs: readonly ResourcePair[]): string[] =>
  pairsOf(pairs, subnetType).flatMap(({ before, after }) => {
    if (!before || !after) return [];
    const left = subnetView(after).serviceEndpoints.map(({ service }) => fold(service));
    const gone = subnetView(before).serviceEndpoints.flatMap(({ service }) =>
      left.includes(fold(service)) ? [] : [service],
    );
    const ends = `service endpoint${gone.length === 1 ? '' : 's'} ${listed(gone, 4)}`;
    return gone.length === 0
      ? []
      : [`whether services outside this scan allow ${nameInParent(before.id)}: they no longer see its ${ends}.`];
  });

/** Anyone whom a private link service shows itself to may have a private endpoint to it. */
const lostLinks = (pairs: readonly ResourcePair[]): string[] =>
  pairsOf(pairs, 'Microsoft.Network/privateLinkServices').flatMap(({ before, after }) =>
    before === undefined || after !== undefined
      ? []
      : [`whether private endpoints outside this scan use ${nameOf(before.id)}: they no longer lead anywhere.`],
  );

function addressWords({ subnet, holders, to }: SeenAddresses, how: string): string {
  const by = listed(holders.map(holderName), 3);
  const traffic = `traffic from ${nameInParent(subnet)}${to.length === 0 ? '' : ` to ${listed(to, 3)}`}`;
  return `whether services outside this scan allow the addresses of ${by}: ${traffic} ${how}.`;
}
/** By an id, or else the address of an appliance. */
function holderName(holder: string): string {
  if (!holder.startsWith('/')) return holder === gatewayName ? holder : `the appliance ${holder}`;
  return sameId(typeOf(holder), nicType) ? `unread ${nameOf(holder)}` : nameInParent(holder);
}
