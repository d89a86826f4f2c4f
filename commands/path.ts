// `path`: traces traffic between two endpoints hop by hop, and says what blocks it.
import * as z from 'zod/mini';
import { type LiveReport, liveReport } from '../src/audit/index.ts';
import { flowsOfPath, type PathQuestion, type PathRefusal, type PathResult, pathThrough } from '../src/audit/path.ts';
import { compareRuns, readRuns, type VerifierComparison } from '../src/audit/verifier.ts';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure, isFailure } from '../src/model/failure.ts';
import { parseJson } from '../src/model/json.ts';
import { nearest } from '../src/model/nearest.ts';
import type { PathAnswer, PathFix } from '../src/model/path.ts';
import { sameId } from '../src/model/resource-id.ts';
import { missingPermission, type Snapshot } from '../src/model/snapshot.ts';
import { clean, counted } from '../src/model/text.ts';
import { parsePorts, readProtocol } from '../src/net/ports.ts';
import { pathFixes, planOfPathFix } from '../src/plan/index.ts';
import { liveLines } from '../src/render/live-text.ts';
import { comparisonLines, pathLines } from '../src/render/path-text.ts';
import { unreadIn } from '../src/render/unread.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';
import {
  type ActResult,
  act,
  actExit,
  actFailure,
  actJson,
  actLines,
  requireWritable,
  settleFirst,
} from './parts/act.ts';
import { liveFlag } from './parts/live.ts';
import { simulatedIf, whatIfFlag } from './parts/what-if.ts';

/** How often more is read for a surer answer: an interface leads to a group, a group to nothing more. */
const rounds = 4;

type Answer = PathAnswer & { readonly live?: LiveReport; readonly compared?: readonly VerifierComparison[] };
type Result = ({ readonly kind: 'path' } & Answer) | ActResult;

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
    compare: flag(z.optional(z.string()), 'compare with the runs of Azure Virtual Network Verifier in this file', {
      ...{ value: 'FILE', of: 'file' },
    }),
    fix: flag(z._default(z.boolean(), false), 'fix a blocked path with the smallest change; --dry-run shows the plan'),
    alternative: flag(z._default(z.number(), 1), 'which of the listed fixes --fix uses', { value: 'N' }),
    whatIf: whatIfFlag,
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
      line: 'path --source gpu-cluster --destination stmlsim --fix --dry-run',
      says: 'Show the plan of the smallest change that opens a blocked path',
    },
    {
      line: "path --source gpu-cluster --destination internet --port '*' --protocol '*'",
      says: 'All outbound traffic',
    },
  ],
  async *run(context, args): AsyncGenerator<SessionEvent, Result> {
    const question: PathQuestion = {
      source: args.source,
      destination: args.destination,
      ports: portsOf(args.port),
      protocol: protocolOf(args.protocol),
    };
    const session = await context.session();
    if (args.fix) {
      requireWritable(context, session);
      yield* settleFirst(context);
    }
    const snapshot = (args.fix ? context.snapshot : undefined) ?? (yield* session.scan(context.signal));
    const surest = yield* asSureAsCanBe(session, snapshot, question, context);
    const { result, live } = args.live
      ? yield* held(session, surest, question, context)
      : { ...surest, live: undefined };
    if (result.state === 'refused') throw refused(result.refusal, question);
    if (result.state === 'answered') {
      const { answer } = result;
      const repair = answer.blockers.length === 0 ? undefined : pathFixes(surest.snapshot, question);
      if (args.fix) {
        const fix = chosen(answer, repair?.fixes ?? [], repair?.manual ?? [], args.alternative);
        const planOf = (of: Snapshot) => session.review(of, planOfPathFix(fix, of, 'path'), context.flags.profile);
        const seen = yield* session.named(surest.snapshot, (of) => [planOf(of)], context.signal);
        const plan = yield* simulatedIf(args.whatIf, context, session, planOf(seen), seen);
        return yield* judgedAfter(yield* act(context, session, plan), session, question, context);
      }
      return {
        kind: 'path',
        ...answer,
        ...(repair === undefined ? {} : { repair }),
        ...(live === undefined ? {} : { live }),
        ...(args.compare === undefined ? {} : { compared: await compared(args.compare, answer, context) }),
      };
    }
    throw new Failure(
      'unread-end',
      exitStatus.gaps,
      `The source or destination could not be read: ${clean(result.gap.reason, 300)}`,
      missingPermission(result.gap) === undefined
        ? 'Run `bastide scan` to see what could be read.'
        : `Missing permission: ${clean(result.gap.action, 120)}.`,
    );
  },
  json(result) {
    if (result.kind !== 'path') return actJson(result);
    const { kind: _kind, ...answer } = result;
    return answer;
  },
  text(result) {
    if (result.kind !== 'path') return actLines(result);
    const { live, compared: runs, ...answer } = result;
    return [
      ...pathLines(answer),
      ...(runs === undefined ? [] : [[], ...runs.flatMap(comparisonLines)]),
      ...(live === undefined ? [] : [[], ...liveLines(live)]),
    ];
  },
  items: (result) => (result.kind === 'path' ? result.hops : []),
  unread: (result) =>
    result.kind === 'path' ? unreadIn(result.hops.filter(({ verdict }) => verdict === 'unknown')) : [],
  exit(result) {
    if (result.kind !== 'path') return actExit(result);
    const { verdict, hops } = result;
    const gap = hops.some((hop) => hop.verdict === 'unknown' && hop.gaps.length > 0);
    return verdict === 'unknown' && gap ? exitStatus.gaps : exitStatus.done;
  },
  failure: (result) => (result.kind === 'path' ? null : actFailure(result)),
});

/** With the path that was asked for, judged again: another client may have closed it meanwhile. */
async function* judgedAfter(
  done: ActResult,
  session: Session,
  question: PathQuestion,
  context: CommandContext,
): AsyncGenerator<SessionEvent, ActResult> {
  if (done.kind === 'plan' || done.outcome.state !== 'done' || done.outcome.ended !== null) return done;
  const seen = done.outcome.verified.isUnread === true ? undefined : session.latest();
  const unread: ActResult = {
    ...done,
    path: { verdict: 'unknown', because: 'what it needs could not be read afterwards.' },
  };
  if (seen === undefined) return unread;
  try {
    const { result } = yield* asSureAsCanBe(session, seen, question, context);
    if (result.state !== 'answered') return unread;
    const { verdict, because } = result.answer;
    return { ...done, path: { verdict, because } };
  } catch (error) {
    // What was applied is told whatever goes wrong after it.
    if (isFailure(error)) return unread;
    throw error;
  }
}

/** The runs between the same ends. Throws Failure (exit 2) where the file has none. */
async function compared(
  file: string,
  answer: PathAnswer,
  { host }: CommandContext,
): Promise<readonly VerifierComparison[]> {
  const text = await host.readFile(file);
  let runs: ReturnType<typeof readRuns> = [];
  try {
    runs = readRuns(parseJson(text));
  } catch (error) {
    throw usage('unreadable-file', `${clean(file, 300)} is not JSON: ${clean((error as Error).message, 200)}`, '');
  }
  const found = compareRuns(answer, runs);
  if (found.length > 0) return found;
  throw usage(
    'no-run',
    runs.length === 0
      ? `${clean(file, 300)} contains no reachability analysis run with a result.`
      : `${clean(file, 300)} contains no run from ${answer.source.is} to ${answer.destination.is}.`,
    'Pass a run, a list of runs, or {"value":[...]}, as Azure returns them.',
  );
}

/** The fix that was asked for. Throws Failure (exit 4) where there is none, and exit 2 where there are fewer. */
function chosen(
  { verdict, because }: PathAnswer,
  fixes: readonly PathFix[],
  manual: readonly string[],
  wanted: number,
): PathFix {
  const found = fixes[wanted - 1];
  if (found) return found;
  if (fixes.length > 0) {
    throw usage(
      'no-such-alternative',
      `--alternative is ${wanted}, and the path has ${counted(fixes.length, 'fix', 'fixes')}.`,
      'Run the command without --fix for the list.',
    );
  }
  if (verdict === 'allowed') {
    throw new Failure('nothing-to-fix', exitStatus.notSent, 'The path is allowed: nothing was sent.', '');
  }
  const why = manual.length > 0 ? manual.join(' ') : because;
  throw new Failure(
    'no-fix',
    exitStatus.notSent,
    `Bastide has no fix for this path. ${clean(why, 600)}`,
    'Change that first, then run the command again.',
  );
}

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
  // A name that several resources have is no mistake.
  if (near !== undefined && !sameId(near, asked)) return `Did you mean ${near}?`;
  const more = names.length > shown ? ` and ${names.length - shown} more` : '';
  return names.length > 0
    ? `Use one of ${names.slice(0, shown).join(', ')}${more}.`
    : 'Use a subnet, compute, IP address, service tag, or internet.';
}
