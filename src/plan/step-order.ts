// The order in which the changes of a plan are sent: the world between two of them is no worse than before or after, where there is such
// an order.
import { fold, sameId, typeOf } from '../model/resource-id.ts';
import { zoneLinkType } from '../resource-types/index.ts';
import type { Proposal } from '../rules/rule.ts';

/** A change and the phase in which it is sent. */
type Placed = Pick<Proposal, 'change' | 'phase'>;

/**
 * Phase by phase; within one the network first, since services refuse what it does not allow yet, then what is made anew, then
 * what is changed: a managed network has its rules before it is provisioned. Networks are linked to a zone when endpoints, records and
 * what allows them exist, because a name without a record has no address there. Closing last.
 */
export const inOrder = <T extends Placed>(all: readonly T[]): T[] =>
  all.toSorted((a, b) => a.phase - b.phase || rankOf(a) - rankOf(b));

function rankOf({ change: { kind, resource } }: Placed): number {
  const type = typeOf(resource);
  if (sameId(type, zoneLinkType)) return 3;
  return fold(type).startsWith('microsoft.network/') ? 0 : kind === 'create' ? 1 : 2;
}
