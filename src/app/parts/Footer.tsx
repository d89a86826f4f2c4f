// The two rows at the bottom: what was said, or the command line that the first key stands for; and the keys, from the
// one table, those that are off in dim.
import { Box } from 'ink';
import type { Line as Words } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { bindingFor, hintsFor, spell, whereIs } from '../state/key-table.ts';
import { shortIds } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { line, lineWidth, word } from '../state/text.ts';
import { useGlyphs, useSelect } from './context.tsx';
import { InputLine } from './InputLine.tsx';
import { Line } from './Line.tsx';

export function Footer({ width }: { readonly width: number }) {
  const state = useSelect((all) => all);
  const { more } = useGlyphs();
  return (
    <Box flexDirection="column" width={width} height={2} flexShrink={0}>
      {state.overlay?.kind === 'filter' ? (
        <InputLine
          prompt=" /"
          input={state.overlay.input}
          width={width}
          hint="text  !text  sev:high  rule:storage  fix:auto  is:unknown"
        />
      ) : (
        <Line words={saidWords(state, more)} width={width} />
      )}
      <Line words={keyWords(state, width)} width={width} />
    </Box>
  );
}

function saidWords(state: State, more: string): Words {
  if (state.message !== null) return line(' ', word(clean(state.message.text), state.message.role));
  if (state.overlay !== null) return [];
  const fix = bindingFor('main', 'f');
  const reason = fix?.off?.(state) ?? null;
  const text = fix?.line?.(state) ?? '';
  if (reason !== null) return state.report === null ? [] : line(word(` f: ${reason}`, 'dim'));
  return line(word(' f', 'key'), word(' = ', 'dim'), word(`bastide ${shortIds(clean(text), more)}`, 'accent'));
}

/** As many keys as fit, whole ones only. */
function keyWords(state: State, width: number): Words {
  const words: { text: string; role?: string }[] = [{ text: ' ' }];
  for (const binding of hintsFor(whereIs(state))) {
    const off = (binding.off?.(state) ?? null) !== null;
    if (off && binding.quietWhenOff === true) continue;
    const key = spell(binding.keys[0] ?? '');
    const next = off
      ? [word(`${key} ${binding.label}`, 'border'), word('  ')]
      : [word(key, 'key'), word(` ${binding.label}`), word('  ')];
    if (lineWidth(words) + lineWidth(next.slice(0, -1)) > width) break;
    words.push(...next);
  }
  return words;
}
