// A question that wants a text or one of several answers.
import { Box } from 'ink';
import { clean } from '../../model/text.ts';
import { useGlyphs, useSelect } from '../parts/context.tsx';
import { InputLine } from '../parts/InputLine.tsx';
import { Line } from '../parts/Line.tsx';
import { Rows } from '../parts/Rows.tsx';
import type { Overlay, Question } from '../state/state.ts';
import { line, word, wrapText } from '../state/text.ts';

interface Props {
  readonly overlay: Extract<Overlay, { kind: 'ask' }>;
  readonly question: Exclude<Question, { kind: 'confirm' }>;
}

export function Ask({ overlay, question }: Props) {
  const { width, body } = useSelect((state) => state.view.layout);
  const { mark } = useGlyphs();
  const title = wrapText(clean(question.title), width - 2, 'heading');
  const room = Math.max(1, body - title.length - 2);
  const top = Math.max(0, overlay.choice - room + 1);
  return (
    <Box flexDirection="column" width={width} height={body}>
      <Line words={[]} width={width} />
      <Rows lines={title} top={0} height={title.length} width={width} />
      <Line words={[]} width={width} />
      {question.kind === 'text' ? (
        <InputLine prompt="> " input={overlay.input} width={width} />
      ) : (
        question.choices.slice(top, top + room).map((choice, index) => {
          const selected = top + index === overlay.choice;
          return (
            <Line
              key={choice.value}
              words={line(word(selected ? `${mark} ` : '  ', 'focus'), clean(choice.label))}
              width={width}
              bar={selected ? 'selected' : undefined}
            />
          );
        })
      )}
    </Box>
  );
}
