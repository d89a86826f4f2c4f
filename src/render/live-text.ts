// What Azure reports as effective, beside what Bastide computed, as lines. Pure.
import type { LiveReport, Said } from '../audit/live.ts';
import { nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';

const marks = (agrees: boolean | null) =>
  agrees === null ? (['?', 'unknown'] as const) : agrees ? (['✓', 'ok'] as const) : (['✗', 'bad'] as const);

/** One block for each interface that was asked, one line for each subnet where nothing could be. */
export function liveLines(report: LiveReport | undefined): Line[] {
  if (report === undefined) return [];
  return [
    line(['Effective rules and routes reported by Azure', 'heading']),
    ...report.cards.flatMap((card) => [
      line(
        [`  ${clean(nameOf(card.subnet), 80)}`, 'text'],
        [`  NIC ${clean(nameOf(card.card), 80)} of ${clean(nameOf(card.machine), 80)}, ${card.at}`, 'dim'],
      ),
      ...card.said.flatMap(saidLines),
      ...card.refused.map(({ action, reason }) =>
        line(
          ['  ? ', 'unknown'],
          `not available: ${clean(reason, 300)}`,
          ...(action === '' ? [] : [` (${clean(action, 120)})`]),
        ),
      ),
    ]),
    ...report.nowhere.map(({ reason }) => line(['  · ', 'dim'], [clean(reason, 400), 'dim'])),
    [],
  ];
}

function saidLines({ about, agrees, asked, azure, model }: Said): Line[] {
  const [mark, role] = marks(agrees);
  const verdict = agrees === null ? 'not comparable' : agrees ? 'same' : 'different';
  return [
    line(
      [`  ${mark} `, role],
      [`${about}${asked === '' ? '' : ` ${clean(asked, 120)}`}`, 'text'],
      [`  ${verdict}`, role],
    ),
    line([`      Bastide  ${clean(model, 300)}`, 'dim']),
    line([`      Azure    ${clean(azure, 300)}`, 'dim']),
  ];
}
