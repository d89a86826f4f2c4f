// Spreadsheets (Office Open XML, ECMA-376): findings, one row a finding, and any other tables. Text stays text: no cell holds a formula. Pure.
import type { Finding } from '../model/finding.ts';
import { cellsOf, findingColumns } from './finding-columns.ts';
import { xmlText } from './xml.ts';
import { zipOf } from './zip.ts';

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const contentTypes = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** A spreadsheet holds so many rows. */
const mostRows = 1_048_575;

export interface Sheet {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly width: number }[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A sheet whose rows are made when they are written. */
interface SheetPieces extends Pick<Sheet, 'name' | 'columns'> {
  readonly count: number;
  rows(): Iterable<Sheet['rows'][number]>;
}

export function renderXlsx({ findings }: { readonly findings: readonly Finding[] }): Generator<Uint8Array, void> {
  const shown = findings.slice(0, mostRows);
  function* rows() {
    for (const one of shown) yield cellsOf(one);
  }
  return workbook([{ name: 'Findings', columns: findingColumns, count: shown.length, rows }]);
}

/** A workbook of sheets with a heading row, each filtered by its columns; in pieces. */
export const renderSheets = (given: readonly Sheet[]): Generator<Uint8Array, void> =>
  workbook(
    given.map(({ name, columns, rows }) => {
      const shown = rows.slice(0, mostRows);
      return { name, columns, count: shown.length, rows: () => shown };
    }),
  );

function workbook(sheets: readonly SheetPieces[]): Generator<Uint8Array, void> {
  const numbered = <T>(of: (sheet: SheetPieces, number: number) => T): T[] => sheets.map((one, at) => of(one, at + 1));
  const style = sheets.length + 1;
  const parts: Readonly<Record<string, string | (() => Iterable<string>)>> = {
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${contentTypes}.sheet.main+xml"/>${numbered((_, at) => `<Override PartName="/xl/worksheets/sheet${at}.xml" ContentType="${contentTypes}.worksheet+xml"/>`).join('')}<Override PartName="/xl/styles.xml" ContentType="${contentTypes}.styles+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${numbered(({ name }, at) => `<sheet name="${name}" sheetId="${at}" r:id="rId${at}"/>`).join('')}</sheets><definedNames>${numbered(({ name, count, columns }, at) => `<definedName name="_xlnm._FilterDatabase" localSheetId="${at - 1}" hidden="1">'${name}'!$A$1:$${letters(columns.length - 1)}$${count + 1}</definedName>`).join('')}</definedNames></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packageRelations}">${numbered((_, at) => `<Relationship Id="rId${at}" Type="${relations}/worksheet" Target="worksheets/sheet${at}.xml"/>`).join('')}<Relationship Id="rId${style}" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
    ...Object.fromEntries(numbered((one, at) => [`xl/worksheets/sheet${at}.xml`, () => sheetXml(one)] as const)),
  };
  return zipOf(
    Object.fromEntries(
      Object.entries(parts).map(([name, text]) => [
        name,
        function* () {
          yield head;
          yield* typeof text === 'string' ? [text] : text();
        },
      ]),
    ),
  );
}

/** `A`, `Z`, `AA`. */
const letters = (at: number): string =>
  at < 26 ? String.fromCharCode(65 + at) : `${letters(Math.floor(at / 26) - 1)}${letters(at % 26)}`;

function* sheetXml({ columns, count, rows }: SheetPieces): Generator<string, void> {
  const last = `${letters(columns.length - 1)}${count + 1}`;
  const widths = columns.map(
    ({ width }, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`,
  );
  yield `<worksheet xmlns="${main}"><dimension ref="A1:${last}"/><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${widths.join('')}</cols><sheetData>`;
  const heading = columns.map(({ name }) => name);
  yield row(1, heading, 1);
  let number = 1;
  for (const one of rows()) {
    number += 1;
    yield row(number, one, 2);
  }
  yield `</sheetData><autoFilter ref="A1:${last}"/></worksheet>`;
}

const row = (number: number, cells: readonly (string | number)[], style: number): string =>
  `<row r="${number}">${cells.map((cell, at) => cellXml(`${letters(at)}${number}`, cell, style)).join('')}</row>`;

function cellXml(place: string, value: string | number, style: number): string {
  if (typeof value === 'number') return `<c r="${place}" s="${style}"><v>${value}</v></c>`;
  if (value === '') return '';
  // `_x0041_` stands for a character (ECMA-376 part 1, 22.4.2.4): text that only looks like it is escaped.
  const text = xmlText(value.replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_'));
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}
