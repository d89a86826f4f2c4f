// A component in a terminal that is only a string, in the look of the default theme.
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import type { ReactElement } from 'react';
import { LookProvider } from '../../../src/app/components/look.tsx';
import { chooseTheme } from '../../../src/theme/choose.ts';
import { themes } from '../../../themes/index.ts';

const theme = chooseTheme({ depth: 'full', themes });

export function drawn(element: ReactElement, given: { readonly ascii?: boolean; readonly links?: boolean } = {}) {
  const look = { theme, ascii: given.ascii ?? false, links: given.links ?? false };
  const whole = (one: ReactElement) => <LookProvider value={look}>{one}</LookProvider>;
  const { lastFrame, rerender, unmount } = render(whole(element));
  return {
    /** With its attributes. */
    raw: () => lastFrame() ?? '',
    rows: () => stripVTControlCharacters(lastFrame() ?? '').split('\n'),
    change: (next: ReactElement) => rerender(whole(next)),
    unmount,
  };
}
