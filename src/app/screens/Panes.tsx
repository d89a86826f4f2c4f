// The three panes: resources, findings of the selection, detail. Each takes its area from the layout.
import { Box } from 'ink';
import { useGlyphs, useSelect } from '../parts/context.tsx';
import { Line } from '../parts/Line.tsx';
import { line, word } from '../state/text.ts';
import { Detail } from './Detail.tsx';
import { Findings } from './Findings.tsx';
import { Tree } from './Tree.tsx';
import { Welcome } from './Welcome.tsx';

export function Panes() {
  const layout = useSelect((state) => state.view.layout);
  const read = useSelect((state) => state.report !== null);
  if (!read) return <Welcome />;
  const { tree, findings, detail } = layout;
  return (
    <Box width={layout.width} height={layout.body}>
      {tree && <Tree area={tree} />}
      {tree && (findings || detail) && <Wall height={layout.body} />}
      <Box flexDirection="column">
        {findings && <Findings area={findings} />}
        {detail && <Detail area={detail} />}
      </Box>
    </Box>
  );
}

function Wall({ height }: { readonly height: number }) {
  const { wall } = useGlyphs();
  return (
    <Box flexDirection="column" width={1} height={height}>
      {Array.from({ length: height }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece of the wall is its place on the screen.
        <Line key={row} words={line(word(wall, 'border'))} width={1} />
      ))}
    </Box>
  );
}
