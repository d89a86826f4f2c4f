// The steps of a change in progress: overall progress, and for each step Azure's state and the time.
import type { Line } from '../../../command/definition.ts';
import { stepWords } from '../../../command/progress-words.ts';
import { clean } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { line, lineWidth, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { ScreenAct, StepView } from '../../state/state.ts';

const roles: Readonly<Record<StepView['state'], string>> = {
  waiting: 'dim',
  intended: 'dim',
  sent: 'accent',
  running: 'accent',
  done: 'ok',
  verified: 'ok',
  failed: 'bad',
  skipped: 'warn',
  unknown: 'unknown',
};

/** A step that is not sent yet can still be stopped. */
const stateNames: typeof stepWords = { ...stepWords, intended: 'pending' };

const ended = ({ state }: StepView): boolean => ['done', 'verified', 'failed', 'skipped', 'unknown'].includes(state);
const withAzure = ({ state }: StepView): boolean => state === 'sent' || state === 'running';
const seconds = (from: number, to: number): string => {
  const all = Math.max(0, Math.round((to - from) / 1000));
  return all < 60 ? `${all} s` : `${Math.floor(all / 60)} min ${all % 60} s`;
};
const cells = 20;

/** `[######..............] 4 of 11 · 12 s`. */
export function barWords(act: ScreenAct, now: number, { dot }: Glyphs): Line {
  const done = act.steps.filter(ended).length;
  const filled = act.steps.length === 0 ? cells : Math.floor((done / act.steps.length) * cells);
  const until = act.endedAt ?? now;
  return line(
    word('[', 'border'),
    word('#'.repeat(filled), act.steps.some(({ state }) => state === 'failed') ? 'bad' : 'ok'),
    word('.'.repeat(cells - filled), 'border'),
    word('] ', 'border'),
    word(`${done} of ${act.steps.length}`),
    word(` ${dot} ${seconds(act.startedAt, until)}`, 'dim'),
  );
}

/** The effect of stopping now: sent changes are not reverted, unsent ones are skipped. */
export function stoppingWords({ steps }: ScreenAct): string {
  const busy = steps.findIndex(withAzure);
  const rest = steps.filter(({ state }) => state === 'waiting' || state === 'intended').length;
  const sent = busy < 0 ? '' : `Step ${busy + 1} is in progress in Azure and cannot be cancelled. `;
  return `Stopping. ${sent}${rest === 0 ? 'No steps remain.' : `${rest} remaining ${rest === 1 ? 'step' : 'steps'} will not be sent.`}`;
}

interface Drawing {
  readonly now: number;
  readonly width: number;
  readonly glyphs: Glyphs;
  readonly over: boolean;
}

export function stepLines(step: StepView, index: number, { now, width, glyphs, over }: Drawing): Line[] {
  const signs: Record<StepView['state'], string> = {
    waiting: glyphs.waiting,
    intended: glyphs.waiting,
    sent: glyphs.sent,
    running: glyphs.sent,
    done: glyphs.ok,
    verified: glyphs.ok,
    failed: glyphs.bad,
    skipped: glyphs.skipped,
    unknown: '?',
  };
  const head = line(
    word(`${signs[step.state]} `, roles[step.state]),
    word(`${index + 1}. `, 'dim'),
    word(clean(step.label), step.state === 'waiting' ? 'dim' : 'text'),
  );
  const state = line(
    word(over && step.state === 'waiting' ? 'not sent' : stateNames[step.state], roles[step.state]),
    word(timeWords(step, now), 'dim'),
  );
  const said = withAzure(step) ? azureWords(step) : clean(step.detail);
  const role = step.state === 'failed' ? 'bad' : 'dim';
  return [
    ...withEnd(wrapLine(head, width, 5), state, width, 5),
    ...(said === '' ? [] : wrapText(`     ${said}`, width, role, 5)),
  ];
}

/** The lines with `end` two cells behind the last, or on a line of its own: it is never broken in two. */
function withEnd(lines: readonly Line[], end: Line, width: number, indent: number): Line[] {
  const last = lines.at(-1) ?? [];
  return lineWidth(last) + 2 + lineWidth(end) <= width
    ? [...lines.slice(0, -1), [...last, word('  '), ...end]]
    : [...lines, ...wrapLine(line(word(' '.repeat(indent)), ...end), width, indent)];
}

function timeWords({ state, since, until }: StepView, now: number): string {
  if (since === null || state === 'skipped') return '';
  const taken = seconds(since, until ?? now);
  return taken === '0 s' ? '' : `  ${taken}`;
}

/** Azure's state of a long-running operation, and the number of polls. */
function azureWords({ state, detail, polls }: StepView): string {
  if (state === 'sent') return 'Sent to Azure; cannot be cancelled.';
  return `Azure status: ${clean(detail)}; checked ${polls === 1 ? 'once' : `${polls} times`}.`;
}
