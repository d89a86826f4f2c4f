// A picture shows what the terminal shows, in its colours, and nothing that changes from run to run.
import { expect, test } from 'vitest';
import { sent, terminalOf } from './cells.ts';
import { pictureOf, settledText } from './picture.ts';

const palette = { ground: '#101010', text: '#eeeeee' };

test('colour, background, weight and inverse of each run', async () => {
  const terminal = terminalOf({ columns: 20, rows: 2 });
  await sent(terminal, '\x1b[38;2;255;0;16mred\x1b[0m \x1b[1;31mbold\x1b[0m \x1b[7minv\x1b[0m\r\n<a&b>');
  const svg = pictureOf(terminal, { title: 'A & B', palette });
  expect(svg).toContain('<title>A &#38; B</title>');
  expect(svg).toMatch(/fill="#ff0010">red</);
  expect(svg).toMatch(/fill="#f38ba8" font-weight="bold">bold</);
  expect(svg).toMatch(/<rect [^>]*fill="#eeeeee"\/>\n<text [^>]*fill="#101010">inv</);
  expect(svg).toMatch(/>&#60;a&#38;b&#62;/);
});

test('spaces that browsers do not draw as one', async () => {
  const terminal = terminalOf({ columns: 20, rows: 1 });
  await sent(terminal, '   1  and   2');
  expect(pictureOf(terminal, { title: 'Spaces', palette })).toMatch(/>\u00a0{3}1\u00a0{2}and\u00a0{3}2</);
});

test('what changes from run to run is replaced at its own length', () => {
  const text =
    'https://127.0.0.1:43817/x 20261127T113000-0fa1b2 4e1b6f0e-1111-4222-8333-0123456789ab 2026-11-27 11:30 09:12:44 312 ms 1.7 s';
  const settled = settledText(text);
  expect(settled).toHaveLength(text.length);
  expect(settled).toBe(
    'https://127.0.0.1:44300/x 20260101T120000-abcdef 00000000-0000-0000-0000-000000000000 2026-01-01 12:00 12:00:00 111 ms 1.1 s',
  );
});

test('a row is drawn the same however long its time was', async () => {
  const drawn = async (time: string) => {
    const terminal = terminalOf({ columns: 40, rows: 1 });
    await sent(terminal, `\x1b[32mok\x1b[0m  ${time}  \x1b[31mclient secret`);
    return pictureOf(terminal, { title: 'Times', palette, settled: settledText });
  };
  const one = await drawn('5 ms');
  expect(one).toMatch(/fill="#a6e3a1">ok</);
  expect(one).toMatch(/fill="#f38ba8">client.secret</);
  for (const time of ['12 ms', '612 ms', '1.25 s']) expect(await drawn(time)).toBe(one);
  const waited = async (time: string) => {
    const terminal = terminalOf({ columns: 40, rows: 1 });
    await sent(terminal, `Response \x1b[32m200 after ${time}`);
    return pictureOf(terminal, { title: 'Times', palette, settled: settledText });
  };
  expect(await waited('7 ms')).toMatch(/>200.at.once</);
  expect(await waited('117 ms')).toBe(await waited('7 ms'));
});
