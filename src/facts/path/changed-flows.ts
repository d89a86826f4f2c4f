// What a change opens and whom it cuts off: every flow that it can touch, followed in the snapshot before and after it, packet by
// packet. Pure.
import type { FlowEnd } from '../../model/effect.ts';
import { attempt } from '../../model/readable.ts';
import { fold } from '../../model/resource-id.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../../model/snapshot-index.ts';
import { decisionOf, type Parts } from '../../net/decision.ts';
import { newlyAllowed } from '../../net/openings.ts';
import { portTexts } from '../../net/ports.ts';
import { unite } from '../../net/sets.ts';
import { contextAt, type FlowQuestion, subnetPrefixes } from '../flows.ts';
import { senderAt } from './places.ts';
import { packetsOf } from './stage.ts';
import { type TouchedFlow, touchedFlows } from './touched.ts';
import { outcomeOf, type PathPackets } from './widening.ts';

export interface FlowChange {
  readonly kind: 'opens' | 'cutsOff';
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly subnets: readonly string[];
  readonly service: string | null;
  /** The packets that are decided otherwise. */
  readonly packets: PathPackets;
  readonly traffic: string;
  readonly sample: string | null;
  readonly certain: boolean;
}

/** Ids of the resources that differ between two snapshots, created and deleted ones included. */
export function differing(before: Snapshot, after: Snapshot): string[] {
  const [old, fresh] = [before.resources, after.resources];
  // Most stand in the same places.
  const moved = fresh.filter((one, at) => old[at] !== one);
  const gone = old.filter((one, at) => fresh[at] !== one);
  const was = new Map(gone.map((one) => [fold(one.id), one]));
  const found: string[] = [];
  for (const one of moved) {
    if (was.get(fold(one.id))?.body !== one.body) found.push(one.id);
    was.delete(fold(one.id));
  }
  return [...found, ...[...was.values()].map(({ id }) => id)];
}

export function changedFlows(before: Snapshot, after: Snapshot): FlowChange[] {
  if (before === after) return [];
  const [was, is] = [indexSnapshot(before), indexSnapshot(after)];
  const flows = touchedFlows(was, is, differing(before, after));
  return flows.flatMap((flow) => changesOf(flow, was, is));
}

const known = new WeakMap<SnapshotIndex, Map<string, PathPackets | undefined>>();

/** What becomes of the packets of a flow; undefined where it cannot be followed. */
function packetsIn(index: SnapshotIndex, { question }: TouchedFlow): PathPackets | undefined {
  const all = known.get(index) ?? new Map<string, PathPackets | undefined>();
  known.set(index, all);
  const key = `${fold(question.source)} ${fold(question.destination)} ${question.protocol} ${question.ports.join()}`;
  if (!all.has(key)) all.set(key, outcomeOf(question, index));
  return all.get(key);
}

function changesOf(flow: TouchedFlow, before: SnapshotIndex, after: SnapshotIndex): FlowChange[] {
  const [was, is] = [packetsIn(before, flow), packetsIn(after, flow)];
  const [opened, lost] = [gained(was, is), gained(is, was)];
  if (opened === null && lost === null) return [];
  const sender = senderAt(flow.from, after);
  const ends = { from: sender.end, to: senderAt(flow.to, after).end };
  const { subnets, service } = flow;
  const made = (kind: FlowChange['kind'], { packets, certain }: Gained): FlowChange => ({
    ...{ kind, ...ends, subnets, service, packets, certain },
    traffic: trafficOf(packets.parts),
    sample: sampleOf(packets),
  });
  return [
    ...(opened === null ? [] : [made('opens', opened)]),
    ...(lost === null || !sender.used ? [] : [made('cutsOff', lost)]),
  ];
}

interface Gained {
  readonly packets: PathPackets;
  readonly certain: boolean;
}

/** The packets that the second allows, or may, and the first does not; null for none. A side that cannot be followed allows nothing. */
function gained(first: PathPackets | undefined, second: PathPackets | undefined): Gained | null {
  if (second === undefined) return null;
  const parts = newlyAllowed(first?.parts ?? [], second.parts, []);
  if (parts.length === 0) return null;
  const surely = second.parts.filter(({ outcome }) => outcome === 'allowed');
  const notBefore = (first?.parts ?? []).map((part) =>
    part.outcome === 'unknown' ? { ...part, outcome: 'allowed' as const } : part,
  );
  const certain = first !== undefined && newlyAllowed(notBefore, surely, []).length > 0;
  return { packets: { parts, uncounted: second.uncounted }, certain };
}

/** One packet of them; null where a tag stands for addresses that are not known. */
function sampleOf({ parts, uncounted }: PathPackets): string | null {
  if (uncounted.length > 0) return null;
  const all = parts.map((part) => ({ ...part, outcome: 'allowed' as const })) as Parts;
  return decisionOf(all, []).witness.allowed ?? null;
}

/** `TCP 443, 445`, `any protocol`, `TCP, UDP`. */
export function trafficOf(parts: Parts): string {
  const byProtocol = Map.groupBy(parts, ({ protocol }) => protocol);
  const texts = [...byProtocol].map(([protocol, some]) => {
    const ports = some.map(({ box }) => box.destinationPorts).reduce(unite);
    const shown = portTexts(ports);
    return {
      protocol: protocol.toUpperCase(),
      ports: shown.join() === '*' || shown.join() === '0' ? '' : shown.join(', '),
    };
  });
  const [first] = texts;
  if (first === undefined) return 'no traffic';
  if (texts.length === 5 && texts.every(({ ports }) => ports === '')) return 'any protocol';
  const alike = Map.groupBy(texts, ({ ports }) => ports);
  return [...alike]
    .map(([ports, some]) => {
      const names = some.map(({ protocol }) => protocol).join(', ');
      return ports === '' ? names : `${names} ${ports}`;
    })
    .join('; ');
}

/** A flow at a subnet that a finding names. */
export interface NamedFlow {
  readonly subnet: string;
  readonly question: FlowQuestion;
}

/** Do these flows hold all of the packets? A tag without addresses is compared by its name. */
export function isWithinFlows(
  { parts, uncounted }: PathPackets,
  flows: readonly NamedFlow[],
  index: SnapshotIndex,
): boolean {
  const key = (names: readonly string[]) => names.map(fold).join();
  const asked = flows.flatMap(({ subnet, question }) =>
    attempt(
      () => {
        const packets = packetsOfFlow(subnet, question, index);
        return key(packets.uncounted) === key(uncounted) ? packets.parts : [];
      },
      () => [],
    ),
  );
  return newlyAllowed(asked, parts, asked).length === 0;
}

function packetsOfFlow(subnet: string, question: FlowQuestion, index: SnapshotIndex): PathPackets {
  const { direction, protocol, ports, remote } = question;
  const here = question.local ?? subnetPrefixes(subnet, index);
  const [source, destination] = direction === 'Outbound' ? [here, remote] : [remote, here];
  const packets = packetsOf({ protocol, ports, source, destination, vague: false }, contextAt(subnet, index));
  return { parts: packets.whole, uncounted: packets.uncounted };
}
