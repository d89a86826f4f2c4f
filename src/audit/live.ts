// Live checks: at which NICs Azure can show effective rules and routes, which packets represent the findings there, and how the
// answers of Azure compare with the model. Pure: the requests are sent elsewhere.
import type { Evidence, Finding } from '../model/finding.ts';
import type { LivePacket } from '../model/live.ts';
import { attempt } from '../model/readable.ts';
import { fold, sameId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type World, worldOf } from '../model/world.ts';
import type { Asked } from '../posture/flows.ts';
import { placesOf } from '../posture/live.ts';
import { agreementAt, type Said } from '../posture/live-agreement.ts';
import { type CardEnd, packetsOf } from '../posture/live-packets.ts';
import { oncePerWorld } from '../posture/memo.ts';
import { trainingSubnets } from '../posture/training-subnets.ts';
import type { Rule } from '../rules/rule.ts';
import { isAbout } from './judge.ts';

export type { CardEnd, Said };

/** The training subnets that findings are about, through their group, table or network too; all of them without findings. */
export function subnetsToAsk(snapshot: Snapshot, findings?: readonly Finding[]): readonly string[] {
  const world = worldOf(snapshot);
  const all = orNone(() => trainingSubnets(world).map(({ subnet }) => subnet));
  if (findings === undefined) return all;
  return all.filter((subnet) =>
    placesOf(subnet, world).some((place) => findings.some((finding) => isAbout(finding, place))),
  );
}

/** The most packets to check at one NIC. */
const mostPackets = 6;

/** A flow to check at a subnet. */
export interface FlowAt {
  readonly subnet: string;
  readonly flow: Asked;
}

/** The flows that the rules of the findings check, where they name them. */
export function flowsOf(snapshot: Snapshot, rules: readonly Rule[], findings: readonly Finding[]): readonly FlowAt[] {
  const judgement = { world: worldOf(snapshot), profile: 'all', asIfClosed: false } as const;
  return findings.flatMap(({ resource, rule: id, where }) => {
    const rule = rules.find((one) => one.id === id);
    const flows = orNone(() => rule?.flows?.({ resource, ...(where === null ? {} : { where }) }, judgement) ?? []);
    return flows.map((flow) => ({ subnet: resource, flow }));
  });
}

/** Packets of flows between a NIC and others, each once: one of every flow, then a second of every flow. */
export function packetsToAsk(snapshot: Snapshot, flows: readonly FlowAt[], end: CardEnd): readonly LivePacket[] {
  const world = worldOf(snapshot);
  const lists = flows
    .filter(({ subnet }) => sameId(subnet, end.subnet))
    .map(({ flow }) => orNone(() => packetsOf(flow, end, world)));
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
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
    readonly said: readonly Said[];
    readonly refused: readonly { readonly id: string; readonly reason: string; readonly action: string }[];
  }[];
  readonly nowhere: readonly { readonly subnet: string; readonly reason: string }[];
}

/** The live checks and their results; undefined when none was run. */
export const liveReport = (snapshot: Snapshot): LiveReport | undefined => reportOf(worldOf(snapshot));

const reportOf = oncePerWorld((world): LiveReport | undefined => {
  const { live } = world.snapshot;
  if (live === undefined) return undefined;
  const cards = live.cards.map((asked) => {
    const { subnet, card, machine, at, gaps } = asked;
    const refused = gaps.map(({ id, reason, action }) => ({ id, reason, action }));
    return { subnet, card, machine, at, said: agreementAt(asked, world), refused };
  });
  return { questions: live.questions, cards, nowhere: live.nowhere };
});

const verdictOf = ({ agrees }: Said): string => (agrees === null ? 'cannot be compared' : agrees ? 'agree' : 'differ');

/** The findings with Azure's answers before their own evidence, where they are about a checked subnet. */
export function withLive(snapshot: Snapshot, findings: readonly Finding[]): readonly Finding[] {
  const report = liveReport(snapshot);
  if (report === undefined) return findings;
  const world = worldOf(snapshot);
  const bySubnet = new Map(report.cards.map((card) => [fold(card.subnet), evidenceOf(card)]));
  return findings.map((finding) => {
    const more = [...bySubnet].flatMap(([subnet, evidence]) => (concerns(finding, subnet, world) ? evidence : []));
    return more.length === 0 ? finding : { ...finding, evidence: [...more, ...finding.evidence] };
  });
}

/** Rules of NSGs and routes: a NIC has no part in a service firewall. */
const concerns = (finding: Finding, subnet: string, world: World): boolean =>
  /^(nsg|udr)\./.test(finding.rule) && placesOf(subnet, world).some((place) => isAbout(finding, place));

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
