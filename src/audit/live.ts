// Live checks: at which NICs Azure can show effective rules and routes, which packets represent the findings there, and how the
// answers of Azure compare with the model. Pure: the requests are sent elsewhere.

import type { FlowQuestion } from '../facts/flows.ts';
import { placesOf } from '../facts/live.ts';
import { agreementAt, type LiveComparison } from '../facts/live-agreement.ts';
import { type NicEnd, packetsOf } from '../facts/live-packets.ts';
import { memoizePerSnapshot } from '../facts/memoize.ts';
import { trainingSubnets } from '../facts/training-subnets.ts';
import type { Evidence, Finding } from '../model/finding.ts';
import type { LivePacket } from '../model/live.ts';
import { attempt } from '../model/readable.ts';
import { fold, sameId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import type { Rule } from '../rules/rule.ts';
import { isAbout } from './check.ts';

export type { LiveComparison as Said, NicEnd as CardEnd };

/** The training subnets that findings are about, through their group, table or network too; all of them without findings. */
export function subnetsToAsk(snapshot: Snapshot, findings?: readonly Finding[]): readonly string[] {
  const index = indexSnapshot(snapshot);
  const all = orNone(() => trainingSubnets(index).map(({ subnet }) => subnet));
  if (findings === undefined) return all;
  return all.filter((subnet) =>
    placesOf(subnet, index).some((place) => findings.some((finding) => isAbout(finding, place))),
  );
}

/** The most packets to check at one NIC. */
const mostPackets = 6;

/** A flow to check at a subnet. */
export interface FlowAt {
  readonly subnet: string;
  readonly flow: FlowQuestion;
}

/** The flows that the rules of the findings check, where they name them. */
export function flowsOf(snapshot: Snapshot, rules: readonly Rule[], findings: readonly Finding[]): readonly FlowAt[] {
  const context = { index: indexSnapshot(snapshot), profile: 'all', assumeDenyByDefault: false } as const;
  return findings.flatMap(({ resource, rule: id, where }) => {
    const rule = rules.find((one) => one.id === id);
    const flows = orNone(() => rule?.flows?.({ resource, ...(where === null ? {} : { where }) }, context) ?? []);
    return flows.map((flow) => ({ subnet: resource, flow }));
  });
}

/** Packets of flows between a NIC and others, each once: one of every flow, then a second of every flow. */
export function packetsToAsk(snapshot: Snapshot, flows: readonly FlowAt[], end: NicEnd): readonly LivePacket[] {
  const index = indexSnapshot(snapshot);
  const lists = flows
    .filter(({ subnet }) => sameId(subnet, end.subnet))
    .map(({ flow }) => orNone(() => packetsOf(flow, end, index)));
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, position) => lists.flatMap((list) => list[position] ?? [])).flat();
  return [...new Map(inTurn.map((packet) => [JSON.stringify(packet), packet])).values()].slice(0, mostPackets);
}

/** A failed read leaves nothing to check. */
function orNone<T>(find: () => readonly T[]): readonly T[] {
  return attempt(find, () => []);
}

export interface LiveReport {
  readonly questions: number;
  readonly cards: readonly {
    readonly subnet: string;
    readonly card: string;
    readonly machine: string;
    readonly at: string;
    readonly said: readonly LiveComparison[];
    readonly refused: readonly { readonly id: string; readonly reason: string; readonly action: string }[];
  }[];
  readonly nowhere: readonly { readonly subnet: string; readonly reason: string }[];
}

/** The live checks and their results; undefined when none was run. */
export const liveReport = (snapshot: Snapshot): LiveReport | undefined => reportOf(indexSnapshot(snapshot));

const reportOf = memoizePerSnapshot((index): LiveReport | undefined => {
  const { live } = index.snapshot;
  if (live === undefined) return undefined;
  const cards = live.cards.map((asked) => {
    const { subnet, card, machine, at, gaps } = asked;
    const refused = gaps.map(({ id, reason, action }) => ({ id, reason, action }));
    return { subnet, card, machine, at, said: agreementAt(asked, index), refused };
  });
  return { questions: live.questions, cards, nowhere: live.nowhere };
});

const verdictOf = ({ agrees }: LiveComparison): string =>
  agrees === null ? 'cannot be compared' : agrees ? 'agree' : 'differ';

/** The findings with Azure's answers before their own evidence, where they are about a checked subnet. */
export function withLive(snapshot: Snapshot, findings: readonly Finding[]): readonly Finding[] {
  const report = liveReport(snapshot);
  if (report === undefined) return findings;
  const index = indexSnapshot(snapshot);
  const bySubnet = new Map(report.cards.map((card) => [fold(card.subnet), evidenceOf(card)]));
  return findings.map((finding) => {
    const more = [...bySubnet].flatMap(([subnet, evidence]) => (concerns(finding, subnet, index) ? evidence : []));
    return more.length === 0 ? finding : { ...finding, evidence: [...more, ...finding.evidence] };
  });
}

/** Rules of NSGs and routes: a NIC has no part in a service firewall. */
const concerns = (finding: Finding, subnet: string, index: SnapshotIndex): boolean =>
  /^(nsg|udr)\./.test(finding.rule) && placesOf(subnet, index).some((place) => isAbout(finding, place));

function evidenceOf({ card, said, refused }: LiveReport['cards'][number]): Evidence[] {
  return [
    ...said.map((one) => ({
      resource: card,
      pointer: '',
      value: { about: one.about, asked: one.asked, model: one.model, azure: one.azure },
      note: `${one.about}: the model and Azure ${verdictOf(one)}`,
    })),
    ...refused.map((gap) => ({ resource: card, pointer: '', value: gap.action, note: `not answered: ${gap.reason}` })),
  ];
}
