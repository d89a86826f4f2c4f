// What is pressed over many findings. `before` is not counted and brings the screen where `keys` are measured; a key is a text or a
// size of the terminal. `whole`: by its nature it looks at every row once, and what is told is how long that takes.
import { repeat, size } from './terminal.mjs';

const [down, up, pageDown, pageUp] = ['\u001b[B', '\u001b[A', '\u001b[6~', '\u001b[5~'];
const [halfDown, halfUp, enter, tab, esc, backspace] = ['\u0004', '\u0015', '\r', '\t', '\u001b', '\u007f'];
/** In the list, nothing filtered, nothing marked, at the top. */
const home = [esc, esc, esc, 'g'];
const smaller = { cols: size.cols - 20, rows: size.rows - 6 };
const letters = (text) => [...text];
const resources = [...home, ':', ...letters('resources'), enter, esc, esc, esc, 'g'];
const findings = [esc, ':', ...letters('findings'), enter, ...home];

export const scenarios = [
  { name: 'in the window', before: home, keys: [...repeat(down, 10), ...repeat(up, 10)] },
  { name: 'scrolling', before: [...home, ...repeat(down, size.rows)], keys: repeat(down, 20) },
  { name: 'to the end', before: home, keys: ['G', 'g', 'G', 'g', 'G', 'g'] },
  { name: 'pages', before: home, keys: [...repeat(pageDown, 6), ...repeat(pageUp, 6)] },
  { name: 'half pages', before: home, keys: [...repeat(halfDown, 6), ...repeat(halfUp, 6)] },
  { name: 'to row 700', before: home, keys: ['700G', 'g', '700G', 'g'] },
  { name: 'next pane', before: home, keys: repeat(tab, 6) },
  { name: 'open and back', before: [...home, 'j'], keys: [enter, esc, enter, esc, enter, esc] },
  { name: 'tab of detail', before: [...home, 'j'], keys: [']', ']', ']', '[', '[', '['] },
  { name: 'mark a row', before: [...home, 'j'], keys: repeat(' ', 10) },
  { name: 'mark, all marked', before: [...home, 'j', '*'], keys: repeat(' ', 10) },
  { name: 'move, all marked', before: [...home, 'j', '*'], keys: repeat(down, 10) },
  { name: 'fold a group', before: home, keys: repeat(enter, 6) },
  { name: 'another size', before: home, keys: [smaller, size, smaller, size] },
  { name: 'letter 2 to 5', before: [...home, '/', 's'], keys: letters('tmls') },
  { name: 'letter taken', before: [...home, '/', ...letters('stmls')], keys: repeat(backspace, 4) },
  { name: 'letter 1', before: [...home, '/'], keys: ['s'], whole: true },
  { name: 'filter cleared', before: [...home, '/', ...letters('st'), enter], keys: [esc], whole: true },
  { name: 'sort', before: home, keys: repeat('s', 6), whole: true },
  { name: 'turn round', before: home, keys: ['S', 'S'], whole: true },
  { name: 'group by', before: home, keys: repeat('b', 4), whole: true },
  { name: 'mark all', before: home, keys: ['*', '*'], whole: true },
  { name: 'every outcome', before: home, keys: ['a', 'a'], whole: true },
  { name: 'palette, letters', before: [...home, ':'], keys: letters('storage') },
  { name: 'palette, none fit', before: [...home, ':'], keys: letters('zqxzqx') },
  { name: 'palette, taken', before: [...home, ':', ...letters('zqxzqx')], keys: repeat(backspace, 5) },
  { name: 'palette, after fix', before: [...home, ':', ...letters('fix ')], keys: letters('stozqx') },
  { name: 'resources: moves', before: resources, keys: [...repeat(down, 6), ...repeat(up, 5)] },
  { name: 'resources: ends', before: resources, keys: ['G', 'g', 'G', 'g'] },
  { name: 'resources: filter', before: [...resources, '/', 's'], keys: letters('tml') },
  { name: 'findings again', before: findings, keys: [down, up] },
];
