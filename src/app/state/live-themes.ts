// Shows the theme of a file anew when the file has changed; an invalid one keeps the look and says why.
import type { AppOptions } from '../options.ts';
import type { ScreenController } from './effect-context.ts';

/** Until the screen is closed; returns a function that ends it. */
export function followThemes({ watchThemes }: AppOptions, { store, say }: ScreenController): () => void {
  if (watchThemes === undefined) return () => undefined;
  return watchThemes(({ themes, broken }) => {
    const { theme } = store.get();
    if (theme.file === null) return;
    const now = themes.find(({ name }) => name === theme.name);
    const wrong = broken.find(({ name }) => name === theme.name);
    if (now !== undefined) {
      store.dispatch({ type: 'themed', theme: now });
      return say(`Theme ${theme.name} was read again.`);
    }
    const why = wrong === undefined ? 'its file is gone' : wrong.why;
    say(`Theme ${theme.name} keeps its previous look: ${why}.`, 'warn');
  });
}
