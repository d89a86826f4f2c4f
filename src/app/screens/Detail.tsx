// The detail of the selection, in tabs; a text that scrolls.
import { Box } from 'ink';
import { useSelect } from '../parts/context.tsx';
import { Rows } from '../parts/Rows.tsx';
import { Title, windowWords } from '../parts/Title.tsx';
import { type Area, contentRows } from '../state/layout.ts';
import { tabs } from '../state/state.ts';
import { line, word } from '../state/text.ts';

const names = { explain: 'Explain', evidence: 'Evidence', json: 'JSON', history: 'History' } as const;

export function Detail({ area }: { readonly area: Area }) {
  const lines = useSelect((state) => state.view.detail);
  const top = useSelect((state) => state.detailTop);
  const tab = useSelect((state) => state.tab);
  const focused = useSelect((state) => state.pane === 'detail');
  const height = contentRows(area);
  const labels = tabs.flatMap((one) => [
    one === tab ? word(`[${names[one]}]`, focused ? 'focus' : 'heading') : word(` ${names[one]} `, 'dim'),
  ]);
  return (
    <Box flexDirection="column" width={area.width} height={area.height} flexShrink={0}>
      <Title name={line(...labels)} focused={focused} width={area.width} at={windowWords(top, height, lines.length)} />
      <Box>
        <Box width={1} />
        <Rows lines={lines} top={top} height={height} width={area.width - 1} />
      </Box>
    </Box>
  );
}
