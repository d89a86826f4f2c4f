// What a screen shows before there is anything to show: the reading under way, or why it failed and what to do.
import type { Line } from '../../../command/definition.ts';
import { clean } from '../../../model/text.ts';
import { line, word, wrapText } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';

export const unread = (state: State): Line[] =>
  wordsOf(state, state.view.layout.width - 4).map((words) => (words.length === 0 ? words : [word('  '), ...words]));

function wordsOf(state: State, width: number): Line[] {
  const source = `${state.source.kind === 'demo' ? 'the embedded demo, ' : ''}${clean(state.source.name)}`;
  if (state.problem !== null) {
    return [
      [],
      ...wrapText(clean(state.problem.message), width, 'bad'),
      [],
      ...wrapText(`Next: ${clean(state.problem.next)}`, width),
      [],
      line(word('r', 'key'), ' tries again, ', word(':', 'key'), ' takes a command, ', word('q', 'key'), ' leaves.'),
    ];
  }
  const { work } = state;
  const count = work !== null && work.total > 0 ? ` ${work.done} of ${work.total}` : '';
  return [
    [],
    line(word(`Reading the workspace from ${source}${count}`, 'heading')),
    [],
    ...(work?.detail ?? '').split('\n').flatMap((text) => wrapText(clean(text), width, 'dim')),
  ];
}
