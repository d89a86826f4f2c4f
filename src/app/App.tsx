// The root: header, body, footer, and the one place where keys come in.
import { Box, Text, useApp } from 'ink';
import { useEffect } from 'react';
import { ShellProvider, useSelect } from './parts/context.tsx';
import { Footer } from './parts/Footer.tsx';
import { Header } from './parts/Header.tsx';
import { Ask } from './screens/Ask.tsx';
import { Palette } from './screens/Palette.tsx';
import { Panel } from './screens/Panel.tsx';
import { Panes } from './screens/Panes.tsx';
import { Path } from './screens/Path.tsx';
import { smallest } from './state/layout.ts';
import type { Shell } from './state/shell.ts';
import { useKeys } from './terminal/use-keys.ts';

export function App({ shell }: { readonly shell: Shell }) {
  const { suspendTerminal } = useApp();
  useKeys(shell);
  useEffect(() => shell.attachSuspend((away) => suspendTerminal(away)), [shell, suspendTerminal]);
  return (
    <ShellProvider value={shell}>
      <Screen />
    </ShellProvider>
  );
}

function Screen() {
  const { columns, rows } = useSelect((state) => state.size);
  const { tooSmall, body } = useSelect((state) => state.view.layout);
  if (tooSmall) {
    const needed = `${smallest.columns}x${smallest.rows}`;
    return (
      <Box width={columns} height={rows} flexDirection="column">
        <Text wrap="truncate">Terminal too small: {`${columns}x${rows}`}.</Text>
        <Text wrap="truncate">Bastide needs {needed}.</Text>
      </Box>
    );
  }
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header width={columns} />
      <Box width={columns} height={body} flexShrink={0}>
        <Body />
      </Box>
      <Footer width={columns} />
    </Box>
  );
}

function Body() {
  const overlay = useSelect((state) => state.overlay);
  switch (overlay?.kind) {
    case undefined:
    case 'filter':
      return <Panes />;
    case 'palette':
      return <Palette overlay={overlay} />;
    case 'path':
      return <Path overlay={overlay} />;
    case 'ask':
      return overlay.question.kind === 'confirm' ? <Panel /> : <Ask overlay={overlay} question={overlay.question} />;
    default:
      return <Panel />;
  }
}
