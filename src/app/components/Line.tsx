// One row of words as Ink text, each word in the style of its role.
import { Text } from 'ink';
import { memo } from 'react';
import type { Line as Words } from '../../command/definition.ts';
import { shownWords } from '../draw/clicks.ts';
import { asLink } from '../draw/links.ts';
import { styledText, withoutTail } from '../draw/sgr.ts';
import { styleIn, useLook, useSolid } from './look.tsx';

interface Props {
  readonly words: Words;
  readonly width: number;
}

export const Line = memo(
  function Line({ words, width }: Props) {
    const { theme, ascii, links } = useLook();
    const isSolid = useSolid();
    const style = (role: string | undefined) => styleIn(theme, role);
    const shown = shownWords(words, width, ascii);
    const text = styledText(isSolid ? shown : withoutTail(shown, style), style, links ? asLink : null);
    // An empty text has no height.
    return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
  },
  (before, now) => before.width === now.width && sameWords(before.words, now.words),
);

const sameWords = (a: Words, b: Words): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((item, at) => item.text === b[at]?.text && item.role === b[at]?.role && item.href === b[at]?.href));
