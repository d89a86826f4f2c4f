// The hops of a path, each with its verdict.
import type { Line } from '../../../command/definition.ts';
import type { Hop, PathAnswer } from '../../../model/path.ts';
import { hopTitles, verdictWords } from '../../../model/path-words.ts';
import { List } from '../../components/List.tsx';
import { type Area, nameWords } from '../../draw/areas.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { line, word } from '../../draw/text.ts';
import type { PathOverlay } from './hop.ts';

interface HopsInput {
  readonly overlay: PathOverlay;
  readonly area: Area;
  readonly glyphs: Glyphs;
}

export function HopsPane({ overlay: { hop, answer, side }, area, glyphs }: HopsInput) {
  const focused = side === 'hops';
  return (
    <List
      name={nameWords('Hops', focused)}
      focused={focused}
      area={area}
      length={answer.hops.length}
      cursor={hop}
      row={(index, selected) => {
        const one = answer.hops[index];
        return one === undefined ? [] : hopWords(one, isBlocked(one, answer), selected, glyphs);
      }}
    />
  );
}

/** The verdict depends on it, or it blocks the path besides. */
const isBlocked = ({ hop, at }: Hop, { stoppedBy, blockers }: PathAnswer): boolean =>
  hop === stoppedBy || blockers.some((one) => one.hop === hop && one.at === at);

/** `stops`: it has to change for the path to open. */
function hopWords(hop: Hop, stops: boolean, selected: boolean, glyphs: Glyphs): Line {
  const [text, role] = verdictWords[hop.verdict];
  const signs = { allowed: glyphs.ok, denied: glyphs.bad, partly: glyphs.bad, unknown: '?', notAsked: glyphs.dot };
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    word(`${signs[hop.verdict]} `, role),
    word(hopTitles[hop.hop].padEnd(21), hop.verdict === 'notAsked' ? 'dim' : 'text'),
    word(text, role),
    word(stops ? ' !' : '', role),
  );
}
