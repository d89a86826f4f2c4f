// Draws a form: its rows, the values of the selected one, and its command line at the bottom.
import type { Line } from '../../../command/definition.ts';
import { saysOf, standardWord } from '../../../command/usage.ts';
import { clean, counted } from '../../../model/text.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { Rows } from '../../components/Rows.tsx';
import { indented } from '../../draw/areas.ts';
import { clickable } from '../../draw/clicks.ts';
import { dialogArea, dialogBorder, dialogRows } from '../../draw/dialog.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { inputLine } from '../../draw/input.ts';
import { fitLine, fitText, line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { windowWords } from '../../draw/window.ts';
import { shortIds } from '../../state/select.ts';
import type { ViewProps } from '../../state/view.ts';
import { type Field, fieldsOf, type Offer, offersOf, refusalOf, wrongWith } from './fields.ts';
import { type FormOverlay, fieldAt } from './value.ts';

export function FormBody({ slice: overlay, state }: ViewProps<FormOverlay>) {
  const { layout } = state.view;
  const area = dialogArea(layout);
  const inner = area.width - dialogBorder;
  // A column is free at the left.
  const width = inner - 1;
  const glyphs = glyphsFor(state.ascii);
  const fields = fieldsOf(overlay.command, overlay.values);
  const foot = footOf(overlay, width, glyphs);
  const rows = Math.min(dialogRows(layout) + 2, rowsOf(overlay, fields, width) + 1 + Math.max(foot.length, usualFoot));
  const room = Math.max(1, rows - foot.length);
  const height = Math.min(fields.length, Math.max(1, room - 3));
  const top = Math.max(0, Math.min(overlay.at - Math.floor(height / 2), fields.length - height));
  const column = Math.min(26, Math.floor(width / 3), Math.max(...fields.map(({ spec }) => spec.name.length)) + 5);
  const shown = fields
    .slice(top, top + height)
    .map((field, index) =>
      clickable(rowOf(overlay, field, top + index, column, width, glyphs), { do: 'pick', row: top + index }),
    );
  const about = aboutOf(overlay, width, room - height, glyphs);
  const lines = [
    ...shown,
    ...about,
    ...Array.from({ length: Math.max(0, room - height - about.length) }, (): Line => []),
    ...foot,
  ];
  return (
    <Dialog
      title={`bastide ${overlay.command.name}`}
      at={windowWords(top, height, fields.length)}
      area={area}
      height={rows}
    >
      <Rows lines={indented(lines)} width={inner} height={rows} />
    </Dialog>
  );
}

/** Two rows of the command line, and one of what is missing: typing does not change the height. */
const usualFoot = 3;

/** Of so many values each has a row; more of them scroll. */
const mostOffers = 8;

/** Rows of the fields and of what is said of any of them: the height is the same for each. */
function rowsOf({ known }: FormOverlay, fields: readonly Field[], width: number): number {
  const about = fields.map(
    (field) => 1 + saysLines(field, width).length + Math.min(mostOffers, offersOf(field, known).length),
  );
  return fields.length + Math.max(0, ...about);
}

const saysLines = ({ spec }: Field, width: number): Line[] => wrapText(clean(saysOf(spec), 300), width - 2, 'heading');

function rowOf(overlay: FormOverlay, field: Field, index: number, column: number, width: number, glyphs: Glyphs): Line {
  const { spec } = field;
  const isHere = index === overlay.at;
  const wrong = wrongWith(field, overlay.values);
  const value = overlay.values[spec.key] ?? '';
  const name = fitText(`${isHere ? glyphs.mark : ' '} ${spec.name}${spec.required ? ' *' : ''}`, column, glyphs.more);
  const hint = standardWord(spec) ?? (spec.required ? '' : 'not set');
  if (isHere) return fitLine(inputLine(name, overlay.input, width, glyphs, hint), width, glyphs.more);
  const isBad = wrong !== null && value !== '';
  return fitLine(
    line(
      word(name, isBad ? 'bad' : 'dim'),
      value === '' ? word(hint, 'dim') : word(shortIds(clean(value, 2000), glyphs.more), isBad ? 'bad' : undefined),
      ...(isBad ? [word(`  ${glyphs.bad} ${wrong}`, 'bad')] : []),
    ),
    width,
    glyphs.more,
  );
}

/** The purpose of the field and its possible values, matches of the typed text first. */
function aboutOf(overlay: FormOverlay, width: number, room: number, { mark, more }: Glyphs): Line[] {
  const field = fieldAt(overlay);
  if (!field || room < 2) return [];
  const typed = overlay.input.text.toLowerCase();
  const offers = offersOf(field, overlay.known);
  const fitting = offers.filter(({ value, says }) => `${value} ${says}`.toLowerCase().includes(typed));
  const list = fitting.length === 0 || offers.some(({ value }) => value === overlay.input.text) ? offers : fitting;
  const says = saysLines(field, width);
  const left = Math.max(0, room - 1 - says.length);
  const now = list.findIndex(({ value }) => value === overlay.input.text);
  const top = Math.max(0, Math.min(now - left + 1, list.length - left));
  const rows = list
    .slice(top, top + left)
    .map((offer) => offerLine(offer, offer.value === overlay.input.text, width, mark, more));
  return [[], ...says, ...rows].slice(0, room);
}

const offerLine = (
  { value, label = value, says }: Offer,
  isNow: boolean,
  width: number,
  mark: string,
  more: string,
): Line =>
  fitLine(
    line(
      word(`  ${isNow ? mark : ' '} `, 'focus'),
      word(clean(label, 200), isNow ? 'focus' : undefined),
      word(says === '' ? '' : `  ${clean(says, 200)}`, 'dim'),
    ),
    width,
    more,
  );

/** So many rows of the command line are shown: where it is longer its beginning and its end, which is what was typed last. */
const mostRows = 3;

function commandRows(text: string, width: number, more: string): Line[] {
  const rows = wrapLine(
    line(word('$ ', 'dim'), word(`bastide ${shortIds(clean(text, 2000), more)}`, 'accent')),
    width,
    4,
  );
  if (rows.length <= mostRows) return rows;
  const hidden = rows.length - (mostRows - 1);
  return [...rows.slice(0, 1), line(word(`    ${more} ${counted(hidden, 'more line')}`, 'dim')), ...rows.slice(-1)];
}

/** Its command line, and what is missing or invalid. */
function footOf({ command, values, line: text, refused }: FormOverlay, width: number, { bad, more }: Glyphs): Line[] {
  const why = refused ?? refusalOf(command, values);
  return [
    ...commandRows(text, width, more),
    ...(why === null
      ? wrapText(
          command.effect === 'cloud'
            ? 'Press Enter for a preview. Nothing is sent before you confirm it.'
            : 'Press Enter to run.',
          width,
          'dim',
        ).slice(0, 3)
      : wrapText(`${bad} ${why}`, width, refused === null ? 'dim' : 'bad', 2).slice(0, 3)),
  ];
}
