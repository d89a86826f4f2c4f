// Welcome: what every screen shows before anything has been read. The reading under way with each way of signing in that was
// tried, or why it failed and what can be done, with and without an account.
import type { Line } from '../../../command/definition.ts';
import { clean } from '../../../model/text.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { State, Way } from '../../state/state.ts';

export const unread = (state: State): Line[] =>
  wordsOf(state, state.view.layout.width - 4).map((words) => (words.length === 0 ? words : [word('  '), ...words]));

function wordsOf(state: State, width: number): Line[] {
  const ways = wayLines(state.ways, width, glyphsFor(state.ascii));
  if (state.problem !== null) {
    return [
      [],
      ...wrapText(clean(state.problem.message), width, 'bad'),
      [],
      ...wrapText(`Next: ${clean(state.problem.next)}`, width),
      [],
      ...ways,
      ...keyLines(state),
    ];
  }
  const source = `${state.source.kind === 'demo' ? 'the embedded demo, ' : ''}${clean(state.source.name)}`;
  const { work } = state;
  const count = work !== null && work.total > 0 ? ` ${work.done} of ${work.total}` : '';
  return [
    [],
    line(word(`Reading the workspace from ${source}${count}`, 'heading')),
    [],
    ...(work?.detail ?? '').split('\n').flatMap((text) => wrapText(clean(text), width, 'dim')),
    [],
    ...ways,
  ];
}

/** Each way of signing in that was tried, with what came of it and how long that took. */
function wayLines(ways: readonly Way[], width: number, glyphs: Glyphs): Line[] {
  if (ways.length === 0) return [];
  const looks = { trying: [glyphs.waiting, 'accent'], ok: [glyphs.ok, 'ok'], no: [glyphs.bad, 'dim'] } as const;
  return [
    line(word('Signing in', 'heading')),
    ...ways.flatMap(({ step, state, detail, ms }) => {
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
    line(word('Now', 'heading')),
    key('r', 'tries again'),
    ...(state.source.kind === 'demo'
      ? []
      : [key('W', 'starts a demo world instead: no account, nothing of yours is touched')]),
    key(':', 'takes a command, such as explain, prove or help'),
    key('?', 'shows every key'),
    key('q', 'leaves'),
  ];
}
