// The footer component.
import { Box } from 'ink';
import { useSelect } from './context.tsx';
import { footerRows } from './footer-rows.ts';
import { Line } from './Line.tsx';

export function Footer({ width }: { readonly width: number }) {
  const [said, keys] = footerRows(useSelect((all) => all));
  return (
    <Box flexDirection="column" width={width} height={2} flexShrink={0}>
      <Line words={said} width={width} />
      <Line words={keys} width={width} />
    </Box>
  );
}
