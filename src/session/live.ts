// Asks Azure what is in effect at running machines, on request: first it looks where, says how many questions that takes, then
// asks one after another. A question that is refused leaves a read failure; nothing in Azure changes by any of them.
import { audit, type FlowAt, flowsOf, packetsToAsk, subnetsToAsk } from '../audit/index.ts';
import type { ArmClient, LiveQuestion } from '../azure/arm-client.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { type Finding, isOpen } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { LiveEvidence, LiveFlow, LiveNic, LivePacket } from '../model/live.ts';
import { fold, nameOf, subscriptionOf } from '../model/resource-id.ts';
import type { ReadFailure, Snapshot } from '../model/snapshot.ts';
import { clean, counted } from '../model/text.ts';
import { textAt } from '../resource-types/index.ts';
import type { ApplyContext } from './apply-context.ts';
import { findNic, type NicFound } from './live-nic.ts';
import type { LiveRequest } from './session.ts';

interface Errand {
  readonly found: NicFound;
  readonly watcher: string | ReadFailure;
  readonly packets: readonly LivePacket[];
}

/** See {@link Session.live}. */
export async function askLive(
  snapshot: Snapshot,
  request: LiveRequest,
  context: ApplyContext,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { arm, say } = context;
  const { live: _, ...plain } = snapshot;
  const { flows, subnets } = request.flows ? named(request.flows) : wishOf(plain, request, context);
  const isMeant = request.findings !== undefined || request.flows !== undefined;
  if (subnets.length === 0 && isMeant) throw nothingToAsk(request);
  const nowhere: { subnet: string; reason: string }[] = [];
  const errands: Errand[] = [];
  const watchers = watchersOf(arm, signal);
  for (const [index, subnet] of subnets.entries()) {
    say({
      kind: 'progress',
      stage: 'live',
      done: index,
      total: subnets.length,
      detail: `finding a running machine in ${nameOf(subnet)}`,
    });
    const found = await findNic(arm, plain, subnet, signal);
    if (typeof found === 'string') {
      nowhere.push({ subnet, reason: found });
      continue;
    }
    const packets = packetsToAsk(plain, flows, found);
    errands.push({ found, packets, watcher: packets.length === 0 ? '' : await watchers(found) });
  }
  const questions = errands.map(questionsOf);
  const count = questions.flat().length;
  say({ kind: 'asking', questions: count, detail: askingShown(errands, count, subnets.length) });
  const cards: LiveNic[] = [];
  let answered = 0;
  try {
    for (const [index, errand] of errands.entries()) {
      const answers: Answered[] = [];
      for (const question of questions[index] ?? []) {
        say({
          kind: 'progress',
          stage: 'live',
          done: answered,
          total: count,
          detail: `${titles[question.about]} at ${nameOf(question.card)}`,
        });
        answers.push({ question, answer: await arm.ask(question, signal) });
        answered += 1;
      }
      cards.push(cardOf(errand, answers, context.now()));
    }
  } catch (error) {
    throw stoppedAfter(error, answered, count);
  }
  const live: LiveEvidence = { questions: count, cards, nowhere };
  return { ...plain, live };
}

interface Wish {
  readonly subnets: readonly string[];
  readonly flows: readonly FlowAt[];
}

const named = (flows: readonly FlowAt[]): Wish => ({
  flows,
  subnets: [...new Map(flows.map(({ subnet }) => [fold(subnet), subnet])).values()],
});

function wishOf(snapshot: Snapshot, { findings: ids, profile }: LiveRequest, { rules }: ApplyContext): Wish {
  const findings = chosen(audit(snapshot, rules, profile).findings, ids);
  return {
    flows: flowsOf(snapshot, rules, findings),
    subnets: subnetsToAsk(snapshot, ids === undefined ? undefined : findings),
  };
}

const chosen = (all: readonly Finding[], ids: readonly string[] | undefined): readonly Finding[] =>
  ids === undefined ? all.filter(isOpen) : all.filter(({ id }) => ids.some((wanted) => fold(wanted) === fold(id)));

const titles: Readonly<Record<LiveQuestion['about'], string>> = {
  groups: 'effective security groups',
  routes: 'effective routes',
  flow: 'IP flow verify',
  hop: 'next hop',
};

function questionsOf({ found, packets, watcher }: Errand): LiveQuestion[] {
  const { card, machine, address } = found;
  const packetQuestions =
    typeof watcher !== 'string'
      ? []
      : packets.flatMap((packet): LiveQuestion[] => {
          const asked = { watcher, machine, card, address, packet };
          return packet.direction === 'Outbound'
            ? [
                { about: 'flow', ...asked },
                { about: 'hop', ...asked },
              ]
            : [{ about: 'flow', ...asked }];
        });
  return [{ about: 'groups', card }, { about: 'routes', card }, ...packetQuestions];
}

function askingShown(errands: readonly Errand[], count: number, subnets: number): string {
  if (subnets === 0) return 'No live check: no training compute is in a subnet that could be read.';
  const without = subnets - errands.length;
  const none =
    without === 0
      ? ''
      : ` ${without === 1 ? 'One subnet has' : `${without} subnets have`} no running machine that can be checked.`;
  if (count === 0) return `No live check:${none.replace(/^ O/, ' o')}`;
  const cards = errands.map(({ found }) => `${clean(nameOf(found.card), 80)} of ${clean(nameOf(found.machine), 80)}`);
  return `${counted(count, 'read-only request')} for the effective settings of ${cards.join(', ')}.${none}`;
}

interface Answered {
  readonly question: LiveQuestion;
  readonly answer: Awaited<ReturnType<ArmClient['ask']>>;
}

function cardOf({ found, watcher, packets }: Errand, answers: readonly Answered[], now: Date): LiveNic {
  const bodyOf = (about: LiveQuestion['about'], packet?: LivePacket): Json | null => {
    const one = answers.find(
      ({ question }) =>
        question.about === about && (packet === undefined || ('packet' in question && question.packet === packet)),
    );
    return one?.answer.ok ? one.answer.body : null;
  };
  const flows = packets.map(
    (packet): LiveFlow => ({ packet, verdict: bodyOf('flow', packet), hop: bodyOf('hop', packet) }),
  );
  const { region: _, ...place } = found;
  return {
    ...place,
    at: now.toISOString(),
    groups: bodyOf('groups'),
    routes: bodyOf('routes'),
    flows: flows.filter(({ verdict, hop }) => verdict !== null || hop !== null),
    gaps: [
      ...(typeof watcher === 'string' ? [] : [watcher]),
      ...answers.flatMap(({ answer }) => (answer.ok ? [] : [answer.gap])),
    ],
  };
}

const watcherType = 'Microsoft.Network/networkWatchers';

/** The network watcher of a machine's region and subscription, or a read failure. Each subscription is asked once. */
function watchersOf(arm: ArmClient, signal: AbortSignal): (found: NicFound) => Promise<string | ReadFailure> {
  const lists = new Map<string, ReturnType<ArmClient['list']>>();
  return async ({ machine, region }) => {
    const collection = `/subscriptions/${subscriptionOf(machine) ?? ''}/providers/${watcherType}`;
    const asked = lists.get(fold(collection)) ?? arm.list(collection, { type: watcherType, signal });
    lists.set(fold(collection), asked);
    const answer = await asked;
    if (!answer.ok) return answer.gap;
    const here = answer.resources.find(({ body }) => plain(textAt(body, '/location') ?? '') === plain(region));
    if (here) return here.id;
    const reason = `There is no network watcher in ${clean(region, 60)}, so IP flow verify and next hop are not available.`;
    return { id: collection, reason, action: `${watcherType}/read` };
  };
}
const plain = (region: string): string => fold(region).replaceAll(' ', '');

function nothingToAsk({ flows }: LiveRequest): Failure {
  return new Failure(
    'nothing-to-ask',
    exitStatus.usage,
    flows === undefined
      ? 'The findings are not about traffic of a subnet with training compute, so --live has nothing to compare.'
      : 'Neither end is a subnet, a NIC or a compute in a subnet, so --live has nothing to compare.',
    'Remove --live.',
  );
}

/** Stopped by the operator: what was asked stays without effect, and that is said. */
function stoppedAfter(error: unknown, answered: number, count: number): unknown {
  if (!isFailure(error) || error.exit !== exitStatus.interrupted) return error;
  return new Failure(
    error.code,
    error.exit,
    `Stopped after ${answered} of ${counted(count, 'request')}. They were read-only, and their results were not saved.`,
    'Run the command again.',
  );
}
