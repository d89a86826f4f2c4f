// One row of cells: words with roles, cut and padded to the given width.
import { Text, Transform } from 'ink';
import { memo } from 'react';
import type { Line as Words } from '../../command/definition.ts';
import type { Style } from '../../theme/theme.ts';
import { shownWords } from '../draw/clicks.ts';
import { asLink } from '../draw/links.ts';
import { useSelect, useStyle } from './context.tsx';

interface Props {
  readonly words: Words;
  readonly width: number;
}

export const Line = memo(
  function Line({ words, width }: Props) {
    const style = useStyle();
    const ascii = useSelect((state) => state.ascii);
    const links = useSelect((state) => state.links);
    return (
      <Text wrap="truncate">
        {shownWords(words, width, ascii).map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a word has no identity but its place in the line.
          <Text key={index} {...inkStyle(style(item.role))}>
            {links && item.href !== undefined ? <Linked text={item.text} address={item.href} /> : item.text}
          </Text>
        ))}
      </Text>
    );
  },
  (before, now) => before.width === now.width && sameWords(before.words, now.words),
);

/** Text whose width is that of its words: the link takes no cell. */
const Linked = ({ text, address }: { readonly text: string; readonly address: string }) => (
  <Transform transform={(shown) => asLink(shown, address)}>{text}</Transform>
);

const sameWords = (a: Words, b: Words): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((item, at) => item.text === b[at]?.text && item.role === b[at]?.role && item.href === b[at]?.href));

/** A style as Ink's properties. */
export function inkStyle(style: Style): Record<string, string | boolean> {
  return {
    ...(style.color === undefined ? {} : { color: style.color }),
    ...(style.background === undefined ? {} : { backgroundColor: style.background }),
    ...(style.bold === true ? { bold: true } : {}),
    ...(style.dim === true ? { dimColor: true } : {}),
    ...(style.inverse === true ? { inverse: true } : {}),
    ...(style.underline === true ? { underline: true } : {}),
  };
}
