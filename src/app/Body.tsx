// The body: the current screen, or Welcome before the first scan; over it or instead of it, the open overlays.
import { Box } from 'ink';
import { InertProvider } from './components/look.tsx';
import { Rows } from './components/Rows.tsx';
import { unread } from './screens/parts/unread.ts';
import { overlayKind } from './state/current.ts';
import { currentScreen } from './state/current-screen.ts';
import { levelsOf } from './state/stack.ts';
import type { Overlay, State } from './state/state.ts';
import { placementOf, sliceOf } from './state/view.ts';

export function Body({ state }: { readonly state: State }) {
  const { width, body } = state.view.layout;
  const levels = levelsOf(state).flatMap((level) =>
    level.overlay === null ? [] : [{ state: level, overlay: level.overlay }],
  );
  // What fills the body hides what it lies on.
  const lowest = levels.findLastIndex(
    ({ overlay, state: level }) => placementOf(overlayKind(overlay), overlay, level) === 'body',
  );
  const shown = levels.slice(Math.max(0, lowest));
  const top = shown.at(-1);
  return (
    <Box flexDirection="column" width={width} height={body} flexShrink={0}>
      {lowest < 0 && <CurrentScreen state={state} />}
      {shown.slice(0, -1).map((level) => (
        <InertProvider key={level.overlay.kind} value>
          <Box position="absolute" flexDirection="column" width={width} height={body}>
            <OverlayBody {...level} />
          </Box>
        </InertProvider>
      ))}
      {top !== undefined && <OverlayBody {...top} />}
    </Box>
  );
}

function OverlayBody({ overlay, state }: { readonly overlay: Overlay; readonly state: State }) {
  const { Body: Drawn } = overlayKind(overlay);
  return <Drawn slice={overlay} state={state} />;
}

function CurrentScreen({ state }: { readonly state: State }) {
  const screen = currentScreen(state);
  const { width, body } = state.view.layout;
  if (screen.always === undefined && state.report === null) {
    return <Rows lines={unread(state)} width={width} height={body} />;
  }
  return <screen.Body slice={sliceOf(state, screen)} state={state} />;
}
