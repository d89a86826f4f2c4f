// What is shown before there is anything to show: the first reading under way, or why it failed and what to do.
import { Box } from 'ink';
import { clean } from '../../model/text.ts';
import { useSelect } from '../parts/context.tsx';
import { Rows } from '../parts/Rows.tsx';
import type { State } from '../state/state.ts';
import { line, word, wrapText } from '../state/text.ts';

export function Welcome() {
  const state = useSelect((all) => all);
  const { width, body } = state.view.layout;
  return (
    <Box width={width} height={body}>
      <Box width={2} />
      <Rows lines={wordsOf(state, width - 4)} top={0} height={body} width={width - 2} />
    </Box>
  );
}

function wordsOf(state: State, width: number) {
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
