// `restore`: puts settings back, with the same preview, confirmation and verification as a fix: those of another client that a write of
// Bastide overwrote, or those that others changed since a time or a snapshot.
import * as z from 'zod/mini';
import { allowedEffects } from '../src/command/allowed-effects.ts';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { mayBeOwnWords, notReadWords } from '../src/model/drift-words.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { notComparedWords, provesMissing } from '../src/model/not-compared.ts';
import type { LeftSetting, Plan } from '../src/model/plan.ts';
import { nameInParent, nameOf, sameId } from '../src/model/resource-id.ts';
import type { NotRead } from '../src/model/snapshot-changes.ts';
import { clean } from '../src/model/text.ts';
import { planOfPathFix, putBack } from '../src/plan/index.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';
import { act, actOutput, requireWritable } from './parts/act.ts';
import { drifted, driftFlags } from './parts/drift.ts';
import { requireKnown } from './parts/selection.ts';
import { simulatedIf, whatIfFlag } from './parts/what-if.ts';

export const restore = defineCommand({
  name: 'restore',
  summary:
    'Restore settings of other clients that a change overwrote, or that others changed since a time or a snapshot',
  args: z.object({
    entry: flag(z.optional(z.string()), 'entry ID from `bastide history`', { value: 'ENTRY', of: 'entry' }),
    ...driftFlags,
    resource: flag(z._default(z.array(z.string()), []), 'with --since or --baseline: this resource only; repeatable', {
      ...{ value: 'ID|NAME', of: 'resource' },
    }),
    setting: flag(z._default(z.array(z.string()), []), 'with --since or --baseline: this setting only; repeatable', {
      value: 'POINTER',
    }),
    whatIf: whatIfFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'restore --dry-run', says: 'Show what the latest change overwrote, and the plan to restore it' },
    {
      line: 'restore --since 2h --resource stmldata --dry-run',
      says: 'Show the plan that restores the settings of stmldata as they were two hours ago',
    },
  ],
  check({ entry, ...wanted }) {
    if (isSince(wanted) ? entry !== undefined : wanted.resource.length + wanted.setting.length > 0) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--resource and --setting need --since or --baseline, and an entry cannot be combined with them.',
        'Run `bastide restore --since 2h --resource NAME`, or `bastide restore ENTRY`.',
      );
    }
  },
  async *run(context, { entry, whatIf, ...wanted }) {
    const session = await context.session();
    requireWritable(context, session);
    const plan = isSince(wanted)
      ? yield* putBackPlan(context, session, wanted)
      : await session.planRestore(entry, context.signal);
    return yield* act(context, session, yield* simulatedIf(whatIf, context, session, plan));
  },
  ...actOutput,
});

interface Wanted {
  readonly since?: string | undefined;
  readonly baseline?: string | undefined;
  readonly resource: readonly string[];
  readonly setting: readonly string[];
}

const onlyOf = ({ inOlder, inNewer, inBoth = [] }: NotRead, isMeant: (id: string) => boolean): NotRead => ({
  ...{ inOlder: inOlder.filter(isMeant), inNewer: inNewer.filter(isMeant), inBoth: inBoth.filter(isMeant) },
});

/** What others changed is put back, instead of an undo being undone. */
const isSince = ({ since, baseline }: Wanted): boolean => since !== undefined || baseline !== undefined;

/** What others changed; changes of Bastide itself have their undo. Throws Failure (exit 4) where there is nothing to put back. */
async function* putBackPlan(
  context: CommandContext,
  session: Session,
  wanted: Wanted,
): AsyncGenerator<SessionEvent, Plan> {
  const { old, now, drift } = yield* drifted(context, wanted);
  const { resource, setting } = wanted;
  requireKnown(resource, [old, now], () => drift.changes.map(({ target }) => target));
  const isMeant = (id: string, pointer: string): boolean =>
    (resource.length === 0 ||
      resource.some((one) => [id, nameOf(id), nameInParent(id)].some((name) => sameId(name, one)))) &&
    (setting.length === 0 || setting.includes(pointer));
  const wantedSettings = drift.changes
    .filter(({ author }) => author?.entry == null)
    .flatMap(({ target, settings }) =>
      settings.filter((one) => isMeant(one.resource, one.pointer) || isMeant(target, one.pointer)),
    );
  // What Bastide itself may have changed is not restored as a change of others.
  const meant = wantedSettings.filter(({ mayBeOwn }) => mayBeOwn === undefined);
  const { changes, refused } = putBack(meant, old, now);
  const doubts = mayBeOwnWords(wantedSettings);
  const { olderUnread, notCompared = [], notRead } = drift;
  const isAsked = (id: string): boolean => resource.length === 0 || isMeant(id, setting[0] ?? '');
  const missing = [
    ...(olderUnread === undefined ? [] : [olderUnread]),
    ...(notRead === undefined ? [] : notReadWords(onlyOf(notRead, isAsked)).map((words) => `${words}.`)),
    ...notCompared.filter(provesMissing).map(notComparedWords),
  ];
  const unread = missing.map((why) => `What others changed is not known, or not all: ${why}`);
  const late = notCompared.filter(({ reason }) => reason === 'records-late').map(notComparedWords);
  if (meant.length === 0 && doubts.length + unread.length > 0) {
    throw new Failure(
      'restore-not-known',
      exitStatus.notSent,
      clean([...doubts, ...unread, 'Nothing is restored.'].join(' '), 800),
      'See `bastide drift` with the same flags, and `bastide history`.',
    );
  }
  const left: LeftSetting[] = [...[...doubts, ...unread].map((why) => ({ resource: null, why })), ...refused];
  const nothing = (of: readonly LeftSetting[]) =>
    new Failure(
      'nothing-to-restore',
      exitStatus.notSent,
      meant.length === 0
        ? ['No setting that others changed matches.', ...late].join(' ')
        : clean(['Nothing can be restored.', ...of.map(({ why }) => why)].join(' '), 800),
      'See `bastide drift` with the same flags.',
    );
  if (changes.length === 0) throw nothing(left);
  const whole = planOfPathFix({ changes }, now, 'restore');
  const isNamed = resource.length + setting.length > 0 || allowedEffects(context.flags.allowEffects).length > 0;
  const asked: Plan = left.length === 0 ? whole : { ...whole, notRestored: left };
  const plan = session.review(now, asked, context.flags.profile, !isNamed);
  if (plan.steps.length === 0) throw nothing(plan.notRestored ?? []);
  return plan;
}
