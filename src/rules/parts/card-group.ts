// A security group of its own for a machine's interface that no group stands at: made with one allow, then hung on the
// interface (rules-catalogue 15.5). Only on the operator's word, since its defaults shut every other inbound port.
import { cardGroupPointer } from '../../kinds/network-interface.ts';
import { networkVersion } from '../../kinds/network-view.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import { securityGroupType, securityRulesPointer } from '../../kinds/security-group-view.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { type Need as Answer, needSentence } from '../../model/need.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf, nameOf } from '../../model/resource-id.ts';
import { type MachineSeat, machineMode } from '../../posture/machines.ts';
import type { Answers, Judgement, Proposal } from '../rule.ts';
import { freeGroup, openFor } from './nsg-change.ts';
import type { Need } from './nsg-flows.ts';
import { withGroup } from './nsg-place.ts';
import { shown } from './verdict.ts';

const own: Answer = { kind: 'choice', options: [{ name: 'group', value: 'make', says: '' }] };

/** The group and the interface that takes it, or the sentence why not. */
export function groupForCard(
  seat: MachineSeat,
  needs: readonly Need[],
  judgement: Judgement,
  answers: Answers,
): readonly Proposal[] | string {
  const card = seat.card === undefined ? undefined : judgement.world.get(seat.card);
  if (!card) return 'No interface of the machine is known.';
  if (answers.group !== 'make') {
    return `No security group stands at ${shown(card.id)}. One of its own shuts every inbound port but the one it allows. ${needSentence(own)}`;
  }
  const body = bornWith(card, seat, needs, judgement);
  if (typeof body === 'string') return body;
  const made = freeGroup(groupIdOf(card.id) ?? '', nameOf(card.id), body, judgement);
  const risk = `From then on ${shown(made.id)} shuts every inbound port of ${shown(card.id)} but the one it allows, your own SSH from elsewhere included.`;
  const hang = setMember(card.body, cardGroupPointer, { id: made.id });
  return [
    ...(made.stands
      ? []
      : [{ change: { kind: 'create', resource: made.id, edits: [], body } as const, phase: 1 as const }]),
    { change: editChange(card.id, [hang]), phase: 5, risk },
  ];
}

/** Body of a group in which the flows pass. */
function bornWith(
  card: Resource,
  seat: MachineSeat,
  needs: readonly Need[],
  judgement: Judgement,
): JsonObject | string {
  const { local, subnet } = seat;
  const location = textAt(card.body, '/location') ?? '';
  const id = `${groupIdOf(card.id)}/providers/${securityGroupType}/new`;
  const empty: JsonObject = { location, properties: { securityRules: [] } };
  const machine = { card: card.id, local, mode: () => machineMode(seat, judgement.world) };
  const place = withGroup(
    { subnet, shut: false, judgement, today: judgement.profile !== 'seed-2020', machine },
    { id, type: securityGroupType, apiVersion: networkVersion, body: empty },
  );
  const opened = openFor(place, needs);
  if (typeof opened === 'string') return opened;
  const rules = listAt(opened.after.group.body, securityRulesPointer).flatMap((rule) =>
    isObject(rule) ? [{ name: rule.name ?? '', properties: rule.properties ?? {} }] : [],
  );
  return { location, properties: { securityRules: rules } };
}
