// What Ink's own files become in the bundle, so that a frame costs what is new in it. It is done to the text of the files, since
// Ink exports none of them; a file that is not what it was stops the build.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const src = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../src');
const graphemes = path.join(src, 'app/terminal/graphemes.ts');
const faster = {
  'ink/build/output.js': [
    [
      'export default class Output {',
      `import { keepRows } from '${path.join(src, 'app/terminal/keep-rows.ts')}';\nclass Output {`,
    ],
    [/$/, '\nexport default keepRows(Output);\n'],
  ],
  // It would fetch what it holds as a text, and with fetch load all of undici.
  'yoga-layout/dist/binaries/yoga-wasm-base64-esm.js': [['"function"!=typeof fetch?Promise', 'true?Promise']],
  // Pure, and asked of every text of every frame; what they answered is kept.
  'ink/build/squash-text-nodes.js': [
    [
      /text = (sanitizeAnsi\(text\..*\));\n.*\n\s*text = text(\..*);/,
      'text = (squashTextNodes.cleaned ??= remembered((text) => $1$2))(text);',
    ],
  ],
  // To make what finds emoji costs 20 ms, and no text of a first frame needs it.
  'string-width/index.js': [
    ['/^[\\u0020-\\u007E]*$/.test(string)', 'isSimple(string)'],
    ['const rgiEmojiRegex = ', 'let rgiEmoji;\nconst rgiEmojiRegex = () => rgiEmoji ??= '],
    ['rgiEmojiRegex.test(', 'rgiEmojiRegex().test('],
    [/^/, `import { isSimple } from '${graphemes}';\n`],
  ],
  'widest-line/index.js': [
    [
      /export default function widestLine\(([\s\S]*)$/,
      'export default remembered(widestLine);\nfunction widestLine($1',
    ],
  ],
};
/** Plugin of esbuild. */
export const fasterInk = {
  name: 'faster-ink',
  setup({ onLoad, onEnd, initialOptions }) {
    // What takes any text apart costs 12 ms to make, and no text of a first frame needs it either.
    initialOptions.define = { ...initialOptions.define, 'Intl.Segmenter': 'Segmenter' };
    initialOptions.inject = [...(initialOptions.inject ?? []), graphemes];
    const met = new Set();
    for (const [name, changes] of Object.entries(faster)) {
      onLoad({ filter: new RegExp(`node_modules/${name.replaceAll('.', '\\.')}$`) }, ({ path: file }) => {
        met.add(name);
        let contents = `import { remembered } from '${path.join(src, 'app/terminal/remembered.ts')}';\n${readFileSync(file, 'utf8')}`;
        for (const [from, to] of changes) {
          const next = contents.replace(from, to);
          if (next === contents) throw new Error(`${name} is not what it was: it has no ${from}`);
          contents = next;
        }
        return { contents, loader: 'js', resolveDir: path.dirname(file) };
      });
    }
    onEnd(() => {
      for (const name of Object.keys(faster)) if (!met.has(name)) throw new Error(`nothing asks for ${name} any more`);
    });
  },
};
