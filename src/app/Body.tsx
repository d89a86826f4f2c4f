// The body: the current screen, or Welcome before the first scan; over it or instead of it, the overlay.
import { Box } from 'ink';
import { Rows } from './components/Rows.tsx';
import { unread } from './screens/parts/unread.ts';
import { overlayKind } from './state/current.ts';
import { currentScreen } from './state/current-screen.ts';
import type { State } from './state/state.ts';
import { sliceOf } from './state/view.ts';

export function Body({ state }: { readonly state: State }) {
  const { overlay } = state;
  const { width, body } = state.view.layout;
  const kind = overlay === null ? null : overlayKind(overlay);
  return (
    <Box flexDirection="column" width={width} height={body} flexShrink={0}>
      {kind?.placement !== 'body' && <CurrentScreen state={state} />}
      {kind !== null && overlay !== null && <kind.Body slice={overlay} state={state} />}
    </Box>
  );
}

function CurrentScreen({ state }: { readonly state: State }) {
  const screen = currentScreen(state);
  const { width, body } = state.view.layout;
  if (screen.always === undefined && state.report === null) {
    return <Rows lines={unread(state)} width={width} height={body} />;
  }
  return <screen.Body slice={sliceOf(state, screen)} state={state} />;
}
