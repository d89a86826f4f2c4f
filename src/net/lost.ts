// Which rules of a group decided packets before a change of the group that are decided the other way after it, and which packets.
import type { Addresses } from './addresses.ts';
import type { NetworkContext } from './context.ts';
import { decideAt } from './decide.ts';
import type { FlowOutcome, FlowPart, Parts } from './decision.ts';
import type { Flow } from './flow.ts';
import type { PacketEnd } from './in-turn.ts';
import type { Layer, Owner } from './layers.ts';
import type { SecurityRule } from './nsg.ts';
import { intersect, type Point } from './sets.ts';
import { type Box, boxIntersect } from './walk.ts';

export interface LostPackets {
  readonly rule: SecurityRule;
  /** False where it may have decided them, or may still. */
  readonly certain: boolean;
  readonly parts: Parts;
  /** Service tags of the flow with unknown addresses, whose points are in the parts. */
  readonly symbols: readonly string[];
}

export interface GroupChange {
  /** In the order in which they are passed; the group is the last, where there is one. */
  readonly before: readonly Layer[];
  readonly after: readonly Layer[];
  /** The rules in question. */
  counts(rule: SecurityRule): boolean;
  /** Addresses at one end of the packets: no others pass the group. */
  readonly local?: { readonly end: PacketEnd; readonly addresses: Addresses } | undefined;
}

const outcomeOf = ({ access }: Owner): FlowOutcome => (access === 'Deny' ? 'denied' : 'allowed');

/**
 * Each rule that lost packets of the flow, once for those that are certain and once for the others. `later`: what names resolve to
 * after the change, where that differs.
 */
export function lostPackets(
  flow: Flow,
  change: GroupChange,
  context: NetworkContext,
  later: NetworkContext = context,
): readonly LostPackets[] {
  const isCounted = ({ rule, place }: Owner): boolean => rule !== undefined && place !== 'admin' && change.counts(rule);
  const was = decideAt(flow, change.before, context);
  const before = was.parts.flatMap((part) => {
    const owners = (part.outcome === 'unknown' ? part.unsure : part.by).filter(isCounted);
    const box = owners.length === 0 ? undefined : withinLocal(part as FlowPart<Point>, change.local);
    return box ? [{ part: part as FlowPart<Point>, box, owners }] : [];
  });
  if (before.length === 0) return [];
  const after = decideAt(flow, change.after, later).parts as readonly FlowPart<Point>[];
  const found = new Map<string, { rule: SecurityRule; certain: boolean; parts: FlowPart<Point>[] }>();
  for (const { part, box, owners } of before) {
    for (const then of after) {
      if (part.protocol !== then.protocol || part.family.name !== then.family.name) continue;
      for (const owner of owners) {
        const loses = loss(owner, part, then);
        const met = loses === 'none' ? undefined : boxIntersect<Point>(box, then.box);
        if (!met || owner.rule === undefined) continue;
        const key = `${loses} ${owner.label}`;
        const known = found.get(key) ?? { rule: owner.rule, certain: loses === 'certain', parts: [] };
        known.parts.push({ ...part, box: met });
        found.set(key, known);
      }
    }
  }
  return [...found.values()].map((one) => ({ ...one, parts: one.parts as unknown as Parts, symbols: was.uncounted }));
}

function withinLocal(part: FlowPart<Point>, local: GroupChange['local']): Box<Point> | undefined {
  if (!local) return part.box;
  const own = intersect(part.box[local.end], part.family.pick(local.addresses));
  return own.length === 0 ? undefined : { ...part.box, [local.end]: own };
}

/** Does a rule that decided these packets, or may have, lose them? */
function loss(owner: Owner, was: FlowPart<Point>, is: FlowPart<Point>): 'certain' | 'possible' | 'none' {
  if (is.outcome === outcomeOf(owner)) return 'none';
  if (is.outcome !== 'unknown') return was.outcome === 'unknown' ? 'possible' : 'certain';
  const mayStill = is.unsure.some(({ label }) => label === owner.label);
  return was.outcome === 'unknown' && mayStill ? 'none' : 'possible';
}
