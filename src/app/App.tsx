// The root component: header, body, footer, and the only key input.
import { Box, type DOMElement, Text, useApp } from 'ink';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { Body } from './Body.tsx';
import { Footer } from './components/Footer.tsx';
import { Header } from './components/Header.tsx';
import { placedRows, rowIn } from './components/hit.ts';
import { LookProvider, type ScreenLook } from './components/look.tsx';
import { footerRows } from './parts/footer-rows.ts';
import { headerRows } from './parts/header-rows.ts';
import { smallest } from './state/layout.ts';
import { workShown } from './state/select.ts';
import type { Shell } from './state/shell.ts';
import type { State } from './state/state.ts';
import { useKeys } from './terminal/use-keys.ts';

export function App({ shell }: { readonly shell: Shell }) {
  const { suspendTerminal } = useApp();
  const root = useRef<DOMElement>(null);
  const { store, attachSuspend, attachRows } = shell;
  useKeys(shell);
  useEffect(() => attachSuspend((away) => suspendTerminal(away)), [attachSuspend, suspendTerminal]);
  useEffect(() => attachRows((cell) => root.current && rowIn(placedRows(root.current), cell)), [attachRows]);
  const state = useSyncExternalStore(store.subscribe, store.get);
  const { theme, ascii, links } = state;
  const look = useMemo((): ScreenLook => ({ theme, ascii, links }), [theme, ascii, links]);
  return (
    <LookProvider value={look}>
      <Box ref={root} flexDirection="column" width={state.size.columns} height={state.size.rows}>
        <Screen state={state} />
      </Box>
    </LookProvider>
  );
}

export function Screen({ state }: { readonly state: State }) {
  const { columns, rows } = state.size;
  if (state.view.layout.tooSmall) {
    const needed = `${smallest.columns}x${smallest.rows}`;
    return (
      <>
        <Text wrap="truncate">Terminal too small: {`${columns}x${rows}`}.</Text>
        <Text wrap="truncate">Bastide needs {needed}.</Text>
      </>
    );
  }
  const [said, keys] = footerRows(state);
  return (
    <>
      <Header rows={headerRows(state)} work={workShown(state)} width={columns} />
      <Body state={state} />
      <Footer said={said} keys={keys} width={columns} />
    </>
  );
}
