// Welcome: what every screen shows before the first scan. The scan in progress with each sign-in method tried, or why it
// failed and what to do, with and without an account.
import type { Line } from '../../../command/definition.ts';
import type { FailureValue } from '../../../model/failure.ts';
import { nameOf, resourceGroupOf, subscriptionOf } from '../../../model/resource-id.ts';
import { clean, utcMinute } from '../../../model/text.ts';
import { barLine } from '../../draw/areas.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { fitLine, fitText, line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { inside, windowWords } from '../../draw/window.ts';
import type { SignInStep, State } from '../../state/state.ts';
import { listedIn, type Offered, offered } from '../../state/welcome.ts';

export const unread = (state: State): Line[] =>
  wordsOf(state, state.view.layout.width - 4).map((words) => (words.length === 0 ? words : [word('  '), ...words]));

function wordsOf(state: State, width: number): Line[] {
  const steps = signInLines(state.signInSteps, width, glyphsFor(state.ascii));
  if (state.problem !== null) {
    const before = [[], ...problemLines(state.problem, width), []];
    const after = [...steps, ...keyLines(state)];
    return [...before, ...choiceLines(state, width, state.view.layout.body - before.length - after.length), ...after];
  }
  const source = clean(state.source.name);
  const { work } = state;
  const count = work !== null && work.total > 0 ? ` ${work.done} of ${work.total}` : '';
  return [
    [],
    line(word(`Scanning the workspace from ${source}${count}`, 'heading')),
    [],
    ...(work?.detail ?? '').split('\n').flatMap((text) => wrapText(clean(text), width, 'dim')),
    [],
    ...steps,
  ];
}

/** Workspaces to choose from are listed below, not in the sentence. */
function problemLines({ code, message, next, details }: FailureValue, width: number): Line[] {
  const several = code === 'several-workspaces' ? listedIn(details).length : 0;
  if (several > 0) return wrapText(`${several} workspaces are accessible. Select one.`, width, 'heading');
  return [...wrapText(clean(message), width, 'bad'), [], ...wrapText(`Next: ${clean(next)}`, width)];
}

/** What can be opened instead, as a window of `room` rows. */
function choiceLines(state: State, width: number, room: number): Line[] {
  const all = offered(state);
  if (all.length === 0) return [];
  const glyphs = glyphsFor(state.ascii);
  const at = Math.min(state.picked, all.length - 1);
  const rows = Math.max(3, Math.min(all.length, room - 2));
  const { top } = inside({ index: at, top: at - Math.floor(rows / 2) }, all.length, rows);
  const names = Math.min(34, Math.max(...all.map(({ id }) => nameOf(id).length)));
  return [
    line(word('Workspaces', 'heading'), word(`  Enter to open  ${windowWords(top, rows, all.length)}`, 'dim')),
    ...all.slice(top, top + rows).map((one, index) => {
      const words = choiceLine(one, names, glyphs);
      return top + index === at ? barLine(words, width, glyphs.more) : fitLine(words, width, glyphs.more);
    }),
    [],
  ];
}

const choiceLine = ({ id, source, at }: Offered, names: number, { more, dot }: Glyphs): Line => {
  const opened = at === null ? '' : `  ${dot} opened ${utcMinute(at)}`;
  const where = `${resourceGroupOf(id) ?? ''}  ${subscriptionOf(id) ?? ''}  ${source.name}`;
  return line(fitText(clean(nameOf(id)), names, more), word(`  ${clean(where, 300)}${opened}`, 'dim'));
};

/** Each sign-in method tried, with its result and duration. */
function signInLines(steps: readonly SignInStep[], width: number, glyphs: Glyphs): Line[] {
  if (steps.length === 0) return [];
  const looks = { trying: [glyphs.waiting, 'accent'], ok: [glyphs.ok, 'ok'], no: [glyphs.bad, 'dim'] } as const;
  return [
    line(word('Signing in', 'heading')),
    ...steps.flatMap(({ step, state, detail, ms }) => {
      const [sign, role] = looks[state];
      const time = state === 'trying' ? '' : `  ${ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`}`;
      const words = line(
        word(`${sign} `, role),
        clean(step),
        word(time, 'dim'),
        word(detail === '' ? '' : `  ${clean(detail)}`, 'dim'),
      );
      return wrapLine(words, width, 4);
    }),
    [],
  ];
}

function keyLines(state: State): Line[] {
  const key = (name: string, does: string): Line => line(word(name.padEnd(4), 'key'), does);
  return [
    line(word('Keys', 'heading')),
    key('r', 'Retry'),
    ...(state.source.kind === 'demo' ? [] : [key('W', 'Start a demo: no account needed, nothing in Azure is touched')]),
    key(':', 'Type a command, such as explain, prove or help'),
    key('?', 'Show all keys'),
    key('q', 'Quit'),
  ];
}
