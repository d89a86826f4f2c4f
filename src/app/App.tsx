// The root component: header, body, footer, and the only key input. The body is rows of words from the current screen or
// overlay; this component only prints them.
import { Box, Text, useApp } from 'ink';
import { useEffect } from 'react';
import { ShellProvider, useSelect } from './parts/context.tsx';
import { Footer } from './parts/Footer.tsx';
import { Header } from './parts/Header.tsx';
import { Rows } from './parts/Rows.tsx';
import { bodyRows } from './state/body.ts';
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
  const state = useSelect((all) => all);
  const { columns, rows } = state.size;
  const { tooSmall, header, body } = state.view.layout;
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
      <Header width={columns} height={header} />
      <Rows lines={bodyRows(state)} height={body} width={columns} />
      <Footer width={columns} />
    </Box>
  );
}
