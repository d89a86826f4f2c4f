// The three panes: resources, findings of the selection, detail. Each takes its area from the layout.
import { Box } from 'ink';
import { useSelect } from '../parts/context.tsx';
import { Wall } from '../parts/Wall.tsx';
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
