// The key that goes through the themes; the one it stops at is kept.
import type { Kit } from '../kit.ts';

export async function nextTheme({ options, store, desk }: Kit): Promise<void> {
  const at = options.themes.findIndex((theme) => theme.name === store.get().theme.name);
  const theme = options.themes[(at + 1) % options.themes.length];
  if (theme === undefined) return;
  store.dispatch({ type: 'themed', theme });
  desk.say(`Theme ${theme.name}.`);
  await options.saveTheme(theme.name);
}
