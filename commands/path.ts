// `path`: traces traffic between two endpoints hop by hop, and says what blocks it.
import * as z from 'zod/mini';
import { type LiveReport, liveReport } from '../src/audit/index.ts';
import { flowsOfPath, type PathQuestion, type PathRefusal, type PathResult, pathThrough } from '../src/audit/path.ts';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { nearest } from '../src/command/nearest.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { PathAnswer } from '../src/model/path.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { clean } from '../src/model/text.ts';
import { parsePorts, readProtocol } from '../src/net/ports.ts';
import { liveLines } from '../src/render/live-text.ts';
import { pathLines } from '../src/render/path-text.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';
import { liveFlag } from './parts/live.ts';

/** How often more is read for a surer answer: an interface leads to a group, a group to nothing more. */
const rounds = 4;

type Answer = PathAnswer & { readonly live?: LiveReport };

export const path = defineCommand({
  name: 'path',
  summary: 'Trace traffic between two endpoints, hop by hop: what allows it and what blocks it',
  args: z.object({
    source: flag(z.string(), 'a subnet, compute, VM, NIC, IP address or service tag, or internet', {
      value: 'END',
      of: 'path-end',
    }),
    destination: flag(
      z.string(),
      'as for --source, or a storage account, key vault, registry, workspace, host name or range',
      {
        value: 'END',
        of: 'path-end',
      },
    ),
    port: flag(z._default(z.array(z.string()), ['443']), 'destination ports: 443,8000-9000, or *; repeatable', {
      value: 'N|N-M|*',
    }),
    protocol: flag(z._default(z.string(), 'tcp'), 'protocol: tcp, udp, icmp, or * for all', { value: 'NAME' }),
    live: liveFlag,
  }),
  effect: 'read',
  presents: 'path',
  examples: [
    {
      line: 'path --source snet-train --destination stmlsim.blob.core.windows.net',
      says: 'From a subnet to a storage account',
    },
    {
      line: 'path --source AzureMachineLearning --destination cpu-cluster --port 44224',
      says: 'From an Azure service to the nodes of a cluster',
    },
    {
      line: 'path --source snet-train --destination mcr.microsoft.com --live',
      says: 'Compare with the effective rules and routes of a running VM',
    },
    {
      line: "path --source gpu-cluster --destination internet --port '*' --protocol '*'",
      says: 'All outbound traffic',
    },
  ],
  async *run(context, args): AsyncGenerator<SessionEvent, Answer> {
    const question: PathQuestion = {
      source: args.source,
      destination: args.destination,
      ports: portsOf(args.port),
      protocol: protocolOf(args.protocol),
    };
    const session = await context.session();
    const snapshot = yield* session.scan(context.signal);
    const surest = yield* asSureAsCanBe(session, snapshot, question, context);
    const { result, live } = args.live
      ? yield* held(session, surest, question, context)
      : { ...surest, live: undefined };
    if (result.state === 'refused') throw refused(result.refusal, question);
    if (result.state === 'answered') return { ...result.answer, ...(live === undefined ? {} : { live }) };
    throw new Failure(
      'unread-end',
      exitStatus.gaps,
      `The source or destination could not be read: ${clean(result.gap.reason, 300)}`,
      result.gap.action === ''
        ? 'Run `bastide scan` to see what could be read.'
        : `Missing permission: ${clean(result.gap.action, 120)}.`,
    );
  },
  text({ live, ...answer }) {
    return [...pathLines(answer), ...(live === undefined ? [] : [[], ...liveLines(live)])];
  },
  items: ({ hops }) => hops,
  exit({ verdict, hops }) {
    const gap = hops.some((hop) => hop.verdict === 'unknown' && hop.gaps.length > 0);
    return verdict === 'unknown' && gap ? exitStatus.gaps : exitStatus.done;
  },
});

interface Surest {
  readonly result: PathResult;
  /** With all that was read for it. */
  readonly snapshot: Snapshot;
}

/** Answers, and reads what the answer depends on and no scan requests, until nothing more would help. */
async function* asSureAsCanBe(
  session: Session,
  scanned: Snapshot,
  question: PathQuestion,
  { signal }: CommandContext,
): AsyncGenerator<SessionEvent, Surest> {
  let snapshot = scanned;
  let result = pathThrough(snapshot, question);
  for (let round = 0; round < rounds; round += 1) {
    if (result.state === 'refused' || result.toRead.length === 0) break;
    snapshot = yield* session.look(snapshot, result.toRead, signal);
    result = pathThrough(snapshot, question);
  }
  return { result, snapshot };
}

/** The answer with what Azure says is in effect at its ends. Throws Failure (exit 2) where neither end can be asked. */
async function* held(
  session: Session,
  { result, snapshot }: Surest,
  question: PathQuestion,
  { flags, signal }: CommandContext,
): AsyncGenerator<SessionEvent, { readonly result: PathResult; readonly live: LiveReport | undefined }> {
  if (result.state !== 'answered') return { result, live: undefined };
  const flows = flowsOfPath(snapshot, question, result.answer);
  const asked = yield* session.live(snapshot, { profile: flags.profile, flows }, signal);
  return { result: pathThrough(asked, question), live: liveReport(asked) };
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);

function portsOf(texts: readonly string[]): string[] {
  const ports = texts.flatMap((text) => text.split(',')).map((text) => text.trim());
  for (const text of ports) {
    const parsed = parsePorts(text);
    if (!parsed.ok) {
      throw usage(
        'bad-port',
        `${clean(text, 40) || 'An empty text'} is not a valid port. ${parsed.reason}`,
        'Use 443, 8000-9000, a comma-separated list, or *.',
      );
    }
  }
  return ports;
}

function protocolOf(text: string): PathQuestion['protocol'] {
  const protocol = readProtocol(text);
  if (protocol !== undefined) return protocol;
  throw usage(
    'bad-protocol',
    `${clean(text, 40)} is not a protocol of NSG rules.`,
    'Use tcp, udp, icmp, esp, ah or *.',
  );
}

const shown = 12;
function refused({ end, reason, candidates }: PathRefusal, question: PathQuestion): Failure {
  const names = candidates.map((name) => clean(name, 200));
  return new Failure(
    end === 'both' ? 'no-path' : `unknown-${end}`,
    exitStatus.usage,
    clean(reason, 400),
    end === 'both' ? 'Use a subnet, compute, VM or service as source or destination.' : advice(question[end], names),
    { candidates: names },
  );
}

/** The nearest name to a mistyped one; host names are all alike, so these are listed. */
function advice(asked: string, names: readonly string[]): string {
  const near = asked.includes('.')
    ? undefined
    : nearest(asked, [...names.flatMap((name) => name.split('/').at(-1) ?? [])]);
  if (near !== undefined) return `Did you mean ${near}?`;
  const more = names.length > shown ? ` and ${names.length - shown} more` : '';
  return names.length > 0
    ? `Use one of ${names.slice(0, shown).join(', ')}${more}.`
    : 'Use a subnet, compute, IP address, service tag, or internet.';
}
