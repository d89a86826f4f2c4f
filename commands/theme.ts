// `theme`: the themes there are, where each comes from, and the one to use from now on.
import path from 'node:path';
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { line } from '../src/model/words.ts';
import { usableTheme } from './parts/themes.ts';

export const theme = defineCommand({
  name: 'theme',
  summary: 'List the themes, or select one',
  args: z.object({
    name: flag(z.optional(z.string()), 'theme to use from now on', { value: 'NAME', of: 'theme' }),
  }),
  positional: ['name'],
  effect: 'local',
  invalidates: () => ['theme'],
  examples: [
    { line: 'theme', says: 'List the themes' },
    { line: 'theme light', says: 'Use the theme for light terminals' },
  ],
  async *run(context, { name }) {
    if (name !== undefined) await context.settings.set('theme', usableTheme(name, context.themes));
    const kept = await context.settings.get('theme');
    const current = context.themes.find((one) => one.name === kept && one.wrong === undefined) ?? context.themes[0];
    return {
      current: current?.name ?? '',
      // Where the operator's own theme files are read from.
      folder: path.join(path.dirname(context.settings.path), 'themes'),
      themes: context.themes,
    };
  },
  text({ current, folder, themes }) {
    const broken = themes.filter((one) => one.wrong !== undefined);
    return [
      ...themes
        .filter((one) => one.wrong === undefined)
        .flatMap(({ name, title, file, hardToRead = [] }) => [
          line([name === current ? '* ' : '  ', 'ok'], [name.padEnd(16), 'accent'], title),
          ...(file === null ? [] : [line([`${' '.repeat(18)}from ${file}`, 'dim'])]),
          ...(hardToRead.length === 0
            ? []
            : [line([`${' '.repeat(18)}low contrast: ${hardToRead.join(', ')}`, 'warn'])]),
        ]),
      ...(broken.length === 0 ? [] : [[], line(['Invalid theme files', 'heading'])]),
      ...broken.map(({ file, wrong }) => line(`  ${file}: `, [wrong ?? '', 'bad'])),
      [],
      line(['Your own theme files: ', 'dim'], folder),
      line(['  for example { "like": "dark", "roles": { "bad": "redBright" } }', 'dim']),
    ];
  },
});
