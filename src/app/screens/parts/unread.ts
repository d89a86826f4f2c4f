// Welcome: what every screen shows before the first scan. The scan in progress with each sign-in method tried, or why it
// failed and what to do, with and without an account.
import type { Line } from '../../../command/definition.ts';
import type { FailureValue } from '../../../model/failure.ts';
import { nameOf, resourceGroupOf, subscriptionOf } from '../../../model/resource-id.ts';
import { clean, utcMinute } from '../../../model/text.ts';
import { barLine } from '../../draw/areas.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { fitLine, fitText, line, widthOf, word, wrapLine, wrapText } from '../../draw/text.ts';
import { inside, windowWords } from '../../draw/window.ts';
import type { SignInStep, State } from '../../state/state.ts';
import { type Offered, offered, places, severalIn } from '../../state/welcome.ts';

export const unread = (state: State): Line[] =>
  wordsOf(state, state.view.layout.width - 4).map((words) => (words.length === 0 ? words : [word('  '), ...words]));

function wordsOf(state: State, width: number): Line[] {
  const steps = signInLines(state.signInSteps, width, glyphsFor(state.ascii));
  if (state.problem !== null) {
    const before = [[], ...problemLines(state.problem, width), []];
    // Where only the choice is left, how the sign-in went is no news, and its rows are the list's.
    const after = [...(severalIn(state.problem) > 0 ? [] : steps), ...keyLines(state)];
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
function problemLines(problem: FailureValue, width: number): Line[] {
  const several = severalIn(problem);
  if (several > 0)
    return wrapText(`${several.toLocaleString('en-US')} workspaces are accessible. Select one.`, width, 'heading');
  const { message, next } = problem;
  return [...wrapText(clean(message), width, 'bad'), [], ...wrapText(`Next: ${clean(next)}`, width)];
}

/** What can be opened instead, as a window of `room` rows. */
function choiceLines(state: State, width: number, room: number): Line[] {
  if (places(state).length === 0) return [];
  const all = offered(state);
  const filter = state.sought === '' ? '' : `/${clean(state.sought)}  `;
  const heading = (rest: string): Line =>
    line(word('Workspaces', 'heading'), word(`  ${filter}`, 'accent'), word(rest, 'dim'));
  if (all.length === 0) return [heading('No workspace matches; Esc clears the filter'), []];
  const glyphs = glyphsFor(state.ascii);
  const at = Math.min(state.picked, all.length - 1);
  const rows = Math.max(3, Math.min(all.length, room - 2));
  const { top } = inside({ index: at, top: at - Math.floor(rows / 2) }, all.length, rows);
  const shown = all.slice(top, top + rows);
  const cells = columnCells(shown, width);
  return [
    heading(`Enter to open  ${windowWords(top, rows, all.length)}`),
    ...shown.map((one, index) => {
      const words = choiceLine(one, cells, glyphs);
      return top + index === at ? barLine(words, width, glyphs.more) : fitLine(words, width, glyphs.more);
    }),
    [],
  ];
}

/** Cells of name and group: a subscription has 36, and is seen whole where there is room for it. */
function columnCells(shown: readonly Offered[], width: number): { readonly name: number; readonly group: number } {
  const longest = (text: (id: string) => string | undefined): number =>
    Math.max(...shown.map(({ id }) => widthOf(clean(text(id) ?? ''))));
  const most = Math.max(20, Math.floor((width - 36 - 4) / 2));
  return { name: Math.min(34, most + 4, longest(nameOf)), group: Math.min(34, most, longest(resourceGroupOf)) };
}

const choiceLine = (
  { id, source, at }: Offered,
  cells: ReturnType<typeof columnCells>,
  { more, dot }: Glyphs,
): Line => {
  const opened = at === null ? '' : `  ${dot} opened ${utcMinute(at)}`;
  const group = fitText(clean(resourceGroupOf(id) ?? ''), cells.group, more);
  const where = clean(`${subscriptionOf(id) ?? ''}  ${source.name}`, 300);
  return line(fitText(clean(nameOf(id)), cells.name, more), word(`  ${group}  ${where}${opened}`, 'dim'));
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
    ...(severalIn(state.problem) > 1
      ? [key('/', 'Filter the workspaces'), key('9', 'Audit all of them: the fleet')]
      : []),
    key('?', 'Show all keys'),
    key('q', 'Quit'),
  ];
}
