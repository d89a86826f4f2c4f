// Panes, lists, tables and texts, each drawn by itself.
import { Box } from 'ink';
import { cleanup } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { List } from '../../../src/app/components/List.tsx';
import { Pane } from '../../../src/app/components/Pane.tsx';
import { Rows } from '../../../src/app/components/Rows.tsx';
import { Split } from '../../../src/app/components/Split.tsx';
import { Table } from '../../../src/app/components/Table.tsx';
import { Tabs } from '../../../src/app/components/Tabs.tsx';
import { TextPane } from '../../../src/app/components/TextPane.tsx';
import { line, word } from '../../../src/app/draw/text.ts';
import { drawn } from './parts.tsx';

afterEach(() => cleanup());

const area = { width: 20, height: 4 };
const numbered = (index: number, selected: boolean) => line(selected ? '> ' : '  ', `row ${index}`);

test('a pane has its name on a rule, a mark where it is focused, the position at the right', () => {
  const pane = (focused: boolean) => (
    <Pane name={[word('Steps')]} focused={focused} area={area} at="1-3/9">
      <Rows lines={[line('one')]} width={20} />
    </Pane>
  );
  const { rows, change } = drawn(pane(true));
  expect(rows()).toEqual(['> Steps ───── 1-3/9', 'one', '', '']);
  change(pane(false));
  expect(rows()[0]).toBe('─ Steps ───── 1-3/9');
});

test('a list asks only for the rows in its window, and shows where it is', () => {
  const asked: number[] = [];
  const list = (top: number, index: number, focused = true) => (
    <List
      name={[word('All')]}
      focused={focused}
      area={area}
      length={100_000}
      cursor={{ top, index }}
      row={(at, selected) => {
        asked.push(at);
        return numbered(at, selected);
      }}
    />
  );
  const { rows, change } = drawn(list(70_000, 70_001));
  // The bar of the selection is as wide as the list, and only there while it has the focus.
  expect(rows().slice(1)).toEqual(['  row 70000', `> row 70001${' '.repeat(9)}`, '  row 70002']);
  expect(rows()[0]).toMatch(/^> All .*70001-7000/);
  expect(new Set(asked)).toEqual(new Set([70_000, 70_001, 70_002]));
  change(list(70_000, 70_001, false));
  expect(rows()[2]).toBe('> row 70001');
});

test('a list without rows says so, below its headings', () => {
  const empty = [line('nothing here')];
  const { rows } = drawn(
    <List
      name={[]}
      focused
      area={area}
      length={0}
      cursor={{ top: 0, index: 0 }}
      heads={[line('Head')]}
      row={numbered}
      empty={empty}
    />,
  );
  expect(rows().slice(1)).toEqual(['Head', 'nothing here', '']);
});

test('a table gives what is left to the column without a width, and cuts what does not fit', () => {
  const table = (width: number, ascii: boolean) =>
    drawn(
      <Table
        name={[]}
        focused={false}
        area={{ width, height: 3 }}
        length={1}
        cursor={{ top: 0, index: 0 }}
        indent={2}
        columns={[
          { head: [word('Severity of it')], width: 8 },
          { head: [word('Name')], width: 'rest' },
          { head: [word('Fix')], width: 4 },
        ]}
        row={(_index, _selected, widths) => line(widths.join(' '))}
      />,
      { ascii },
    ).rows();
  expect(table(40, false).slice(1)).toEqual(['  Severit… Name                     Fix', '8 24 4']);
  expect(table(20, true).slice(1)).toEqual(['  Severit~ Name Fix', '8 4 4']);
});

test('a text starts at its top, a column free at its left; tabs name its pages', () => {
  const lines = Array.from({ length: 9 }, (_, at) => line(`line ${at}`));
  expect(drawn(<TextPane name={[word('T')]} focused={false} area={area} lines={lines} top={6} />).rows()).toEqual(
    ['─ T ────────── 7-9/9', ' line 6', ' line 7', ' line 8'].map((one, at) =>
      at === 0 ? expect.stringMatching(/^─ T ─+ 7-9\/9$/) : one,
    ),
  );
  const tabs = (names: string[], shown: number, width = 70) =>
    drawn(<Tabs names={names} shown={shown} focused area={{ width, height: 2 }} lines={[line('it')]} top={0} />).rows();
  expect(tabs(['Explain', 'JSON'], 1)[0]).toMatch(/^> {2}Explain \[JSON\] ─/);
  expect(tabs(['Explain', 'JSON'], 1, 30)[0]).toMatch(/^> Explain \[JSON\] ─/);
  expect(tabs(['Detail'], 0)[0]).toMatch(/^> Detail ─/);
});

test('two are beside each other with a separator over the whole height', () => {
  const left = <Rows lines={[line('left')]} width={6} height={3} />;
  const right = <Rows lines={[line('a'), line('b')]} width={3} height={3} />;
  const { rows } = drawn(
    <Box width={10}>
      <Split left={left} right={right} height={3} />
    </Box>,
  );
  expect(rows()).toEqual(['left  │a', '      │b', '      │']);
});

test('rows print roles as the theme has them, links only where the terminal has them, and no more than their width', () => {
  const words = line(word('bad', 'bad'), ' ', { text: 'docs', role: 'link', href: 'https://example.com/' });
  const row = <Rows lines={[words]} width={6} />;
  expect(drawn(row).rows()).toEqual(['bad d…']);
  expect(drawn(row, { ascii: true }).rows()).toEqual(['bad d~']);
  expect(drawn(row).raw()).not.toContain('example.com');
  expect(drawn(row, { links: true }).raw()).toContain('\x1b]8;;https://example.com/\x07d…');
  expect(drawn(row).raw()).toMatch(/^\x1b\[[\d;]+mbad\x1b\[39m /);
  // An empty row keeps its place.
  expect(drawn(<Rows lines={[[], line('x')]} width={4} />).rows()).toEqual(['', 'x']);
});
