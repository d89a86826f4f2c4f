// What the effects of several resource types share: exact counts of addresses, lists that gain or lose entries, and
// references that are attached and detached.
import { elementKey, type ListKey } from '../../model/edit.ts';
import type { Json } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { fold, nameInParent, sameId } from '../../model/resource-id.ts';
import { type Addresses, readPrefixes } from '../../net/addresses.ts';
import { pairsOf } from '../../net/sets.ts';
import { listAt, textAt } from '../read.ts';
import type { ChangeSides, OwnEffect } from '../resource-type.ts';

/** As many IPv4 addresses at once are any network, whatever they are called. */
export const halfOfIpv4 = 2 ** 31;
/** A range of as many addresses leaves a service firewall open in effect. */
export const effectivelyAny = 2 ** 24;

/** `16,777,216 addresses`: exact, both families. */
export function addressCount({ v4, v6 }: Addresses): string {
  const count = sizeOf({ v4, v6 });
  return count === 1n ? '1 address' : `${count.toLocaleString('en-US')} addresses`;
}

export function sizeOf({ v4, v6 }: Addresses): bigint {
  let count = 0n;
  for (const [low, high] of pairsOf(v4)) count += BigInt(high - low);
  for (const [low, high] of pairsOf(v6)) count += high - low;
  return count;
}

/** Is this prefix or tag any network: `*`, `Internet`, or half of IPv4 and more? */
export function isAny(text: string): boolean {
  if (/^(?:\*|any|internet|0\.0\.0\.0|::)$/i.test(text)) return true;
  const { addresses } = readPrefixes([text]);
  return (
    sizeOf({ v4: addresses.v4, v6: [] }) >= BigInt(halfOfIpv4) || sizeOf({ v4: [], v6: addresses.v6 }) >= 1n << 125n
  );
}

/** At most `most` names, and how many more. */
export function named(names: readonly string[], most = 4): string {
  const rest = names.length - most;
  if (rest > 0) return `${names.slice(0, most).join(', ')} and ${rest} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}

/** The elements of a list that only one side has. */
export function movedItems(
  { before, after }: Pick<ChangeSides, 'before' | 'after'>,
  pointer: Pointer,
  key: ListKey,
): { readonly added: readonly Json[]; readonly removed: readonly Json[] } {
  const lists = [listAt(before?.body, pointer), listAt(after?.body, pointer)] as const;
  const keys = lists.map((list) => new Set(list.map((item) => elementKey(item, key))));
  return {
    added: lists[1].filter((item) => !keys[0]?.has(elementKey(item, key))),
    removed: lists[0].filter((item) => !keys[1]?.has(elementKey(item, key))),
  };
}

/** The text at a pointer on both sides, where it differs other than in case. */
export function movedText(
  { before, after }: Pick<ChangeSides, 'before' | 'after'>,
  pointer: Pointer,
  absent = '',
): { readonly from: string; readonly to: string } | undefined {
  const [from, to] = [textAt(before?.body, pointer) ?? absent, textAt(after?.body, pointer) ?? absent];
  return fold(from) === fold(to) ? undefined : { from, to };
}

/** An NSG, a route table or a policy that is attached or detached: `what` with its article, `to` what it protects. */
export function attachmentEffects(sides: ChangeSides, pointer: Pointer, what: string): OwnEffect[] {
  const [from, to] = [textAt(sides.before?.body, pointer), textAt(sides.after?.body, pointer)];
  if (sameId(from, to) || from === to) return [];
  const on = nameInParent(sides.id);
  return [
    ...(from === undefined
      ? []
      : [
          {
            kind: 'relaxes' as const,
            detail: `The ${what} ${nameInParent(from)} no longer applies to ${on}.`,
            subject: from,
          },
        ]),
    ...(to === undefined
      ? []
      : [
          {
            kind: 'restricts' as const,
            detail: `The ${what} ${nameInParent(to)} applies to ${on}: traffic follows its ${what === 'route table' ? 'routes' : 'rules'}.`,
            subject: to,
          },
        ]),
  ];
}

/** `Enabled` opens and `Disabled` closes, for members of that kind. */
export function switchEffects(
  sides: ChangeSides,
  pointer: Pointer,
  words: { readonly absent: string; readonly on: string; readonly off: string; readonly subject: string },
): OwnEffect[] {
  const moved = movedText(sides, pointer, words.absent);
  if (moved === undefined || sides.before === null || sides.after === null) return [];
  const opens = fold(moved.to) === 'enabled' || (fold(moved.to) !== 'disabled' && fold(moved.from) === 'disabled');
  return [
    opens
      ? { kind: 'relaxes', detail: words.on, subject: words.subject }
      : { kind: 'restricts', detail: words.off, subject: words.subject },
  ];
}
