// A text over the whole body: a plan before it is sent, the steps while it is, an answer, a question, the help. Where
// there is something to decide, buttons stand below, Cancel first and preselected.
import { Box } from 'ink';
import { clean } from '../../model/text.ts';
import { describePlan } from '../../plan/describe.ts';
import { Buttons } from '../parts/Buttons.tsx';
import { useSelect } from '../parts/context.tsx';
import { Line } from '../parts/Line.tsx';
import { Rows } from '../parts/Rows.tsx';
import { Title, windowWords } from '../parts/Title.tsx';
import { panelRows } from '../state/derive.ts';
import type { State } from '../state/state.ts';
import { line, word } from '../state/text.ts';

export function Panel() {
  const state = useSelect((all) => all);
  const { overlay, view } = state;
  if (overlay === null || !('top' in overlay)) return null;
  const { width, body } = view.layout;
  const height = panelRows(state);
  const buttons = buttonsOf(state);
  return (
    <Box flexDirection="column" width={width} height={body}>
      <Title
        name={line(word(clean(titleOf(state)), 'focus'))}
        focused
        width={width}
        at={windowWords(overlay.top, height, view.panel.length)}
      />
      <Box>
        <Box width={1} />
        <Rows lines={view.panel} top={overlay.top} height={height} width={width - 1} />
      </Box>
      <Line words={[]} width={width} />
      {buttons === null ? <Line words={[]} width={width} /> : <Buttons {...buttons} width={width} />}
    </Box>
  );
}

function titleOf({ overlay, act }: State): string {
  switch (overlay?.kind) {
    case 'plan':
      return describePlan(overlay.plan).title;
    case 'progress':
      return act?.title ?? '';
    case 'output':
      return overlay.title;
    case 'ask':
      return overlay.question.title;
    default:
      return 'Keys';
  }
}

const verbs = { fix: 'Apply', undo: 'Undo', redo: 'Redo' } as const;

function buttonsOf({ overlay }: State): { labels: string[]; selected: number; off?: string } | null {
  if (overlay?.kind === 'plan') {
    const labels = ['Cancel', verbs[overlay.plan.verb]];
    return overlay.blocked === null
      ? { labels, selected: overlay.choice }
      : { labels, selected: 0, off: overlay.blocked };
  }
  if (overlay?.kind === 'ask' && overlay.question.kind === 'confirm') {
    return { labels: ['Cancel', clean(overlay.question.yes)], selected: overlay.choice };
  }
  return null;
}
