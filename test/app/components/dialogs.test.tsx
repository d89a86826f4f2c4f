// Dialogs over a screen, buttons, inputs, the header and the footer, each drawn by itself.
import { Box } from 'ink';
import { cleanup } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { Buttons } from '../../../src/app/components/Buttons.tsx';
import { Dialog } from '../../../src/app/components/Dialog.tsx';
import { Footer } from '../../../src/app/components/Footer.tsx';
import { Header } from '../../../src/app/components/Header.tsx';
import { Input } from '../../../src/app/components/Input.tsx';
import { Rows } from '../../../src/app/components/Rows.tsx';
import { TextDialog } from '../../../src/app/components/TextDialog.tsx';
import { dialogArea } from '../../../src/app/draw/dialog.ts';
import { inputOf } from '../../../src/app/draw/input.ts';
import { line } from '../../../src/app/draw/text.ts';
import { drawn } from './parts.tsx';

afterEach(() => cleanup());

const layout = { width: 40, body: 18 };
const screen = <Rows lines={Array.from({ length: 18 }, () => line('x'.repeat(40)))} width={40} />;

test.each([false, true])(
  'a dialog lies over the screen, which stays around it; nothing shines through (ascii %s)',
  (ascii) => {
    const area = dialogArea(layout);
    const { rows } = drawn(
      <Box width={40} height={18} flexDirection="column">
        {screen}
        <Dialog title="Which one?" at="1-2/9" area={area} height={2}>
          <Rows lines={[line(' a'), []]} width={area.width - 2} height={2} />
        </Dialog>
      </Box>,
      { ascii },
    );
    expect(rows()).toHaveLength(18);
    const over = rows().flatMap((row, at) => (row === 'x'.repeat(40) ? [] : [at]));
    expect(over).toEqual([6, 7, 8, 9, 10]);
    const wall = ascii ? '\\|' : '│';
    for (const at of [7, 8, 9]) expect(rows()[at]).toMatch(new RegExp(`^xxxx${wall}[^x]{30}${wall}xxxx$`));
    expect(rows()[7]).toMatch(/ Which one\? +1-2\/9 /);
    expect(rows()[6]).toMatch(ascii ? /^xxxx\+-{30}\+xxxx$/ : /^xxxx┌─{30}┐xxxx$/);
  },
);

test('a text in a dialog is as high as it is long, and no higher than the body has room for', () => {
  const dialog = (count: number, top = 0) => (
    <Box width={40} height={18} flexDirection="column">
      <TextDialog
        title="Result"
        layout={layout}
        lines={Array.from({ length: count }, (_, at) => line(`line ${at}`))}
        top={top}
        buttons={{ labels: ['Cancel', 'Stop and quit'], selected: 0 }}
      />
    </Box>
  );
  const { rows, change } = drawn(dialog(3));
  const text = () => rows().join('\n');
  expect(text()).toMatch(/line 2 +│\n.*│ +│\n.*> Cancel +Stop and quit/);
  expect(text()).not.toContain('/3');
  change(dialog(99, 40));
  expect(text()).toMatch(/Result +41-51\/99 /);
  expect(text()).toContain('line 50');
  // A row of the screen is left above and below.
  expect(rows()[0]).toBe('');
  expect(rows()[17] ?? '').toBe('');
});

test('buttons that do not fit into one row take two; the selected one has a mark', () => {
  const labels = ['Cancel', 'Apply', 'What-if'];
  expect(drawn(<Buttons labels={labels} selected={1} width={60} />).rows()).toEqual([
    '   Cancel   > Apply     What-if',
  ]);
  expect(drawn(<Buttons labels={labels} selected={2} width={24} />).rows()).toEqual([
    '   Cancel     Apply',
    ' > What-if ',
  ]);
});

test('an input keeps its cursor in sight, and has a hint while it is empty', () => {
  expect(drawn(<Input prompt=": " input={inputOf('')} width={30} hint="a command" />).rows()).toEqual([
    ':   a command',
  ]);
  expect(drawn(<Input prompt=": " input={inputOf('abcdefghijklmnopqrstuvwxyz')} width={12} />).rows()[0]).toMatch(
    /^: ….*xyz $|^: ….*xyz$/,
  );
});

test('the header shows running work in place of the age; the footer has what was said above the keys', () => {
  const rows = {
    where: line('bastide'),
    room: 24,
    age: line('Scanned just now'),
    rest: [line('counts'), line('tabs')],
  };
  const header = drawn(<Header rows={rows} work={null} width={40} />);
  expect(header.rows()).toEqual(['bastide         Scanned just now', 'counts', 'tabs']);
  header.change(
    <Header rows={{ ...rows, age: null }} work={{ title: 'Scanning', done: 3, total: 9, detail: '' }} width={40} />,
  );
  expect(header.rows()[0]).toMatch(/^bastide {9}\S Scanning 3\/9$/);
  header.unmount();
  expect(drawn(<Footer said={line('Saved.')} keys={line('q quit')} width={40} />).rows()).toEqual(['Saved.', 'q quit']);
});
