// `theme`: the themes there are, and the one to use from now on.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { nearest } from '../src/command/nearest.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { asJson, shapeOf } from './parts/json.ts';

interface Shown {
  readonly current: string;
  readonly themes: readonly { readonly name: string; readonly title: string }[];
}

export const theme = defineCommand({
  name: 'theme',
  summary: 'list the themes, or choose one',
  args: z.object({
    name: flag(z.optional(z.string()), 'the theme to use from now on', { value: 'NAME', of: 'theme' }),
  }),
  positional: ['name'],
  effect: 'local',
  examples: [
    { line: 'theme', says: 'the themes there are' },
    { line: 'theme light', says: 'for a bright terminal' },
  ],
  async *run(context, { name }) {
    if (name !== undefined && !context.themes.some((one) => one.name === name)) {
      const near = nearest(
        name,
        context.themes.map((one) => one.name),
      );
      throw new Failure(
        'unknown-theme',
        exitStatus.usage,
        `There is no theme ${clean(name, 60)}.`,
        near === undefined ? 'Run `bastide theme` for the list.' : `Did you mean ${near}?`,
      );
    }
    if (name !== undefined) await context.settings.set('theme', name);
    const kept = await context.settings.get('theme');
    const current = typeof kept === 'string' ? kept : (context.themes[0]?.name ?? '');
    return asJson({
      current,
      themes: context.themes.map((one) => ({ name: one.name, title: one.title })),
    } satisfies Shown);
  },
  text(result) {
    const { current, themes } = shapeOf<Shown>(result);
    return themes.map((one) =>
      line([one.name === current ? '* ' : '  ', 'ok'], [one.name.padEnd(16), 'accent'], one.title),
    );
  },
});
