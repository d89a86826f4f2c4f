// Links of the terminal: which addresses become one, what of a line stays as it was, and what a real terminal is sent.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressLines, asLink, isAddress, linkTo } from '../../src/app/draw/links.ts';
import { lineWidth, plain, wrapText } from '../../src/app/draw/text.ts';
import { createGrid } from '../../src/app/terminal/cells/grid.ts';
import { fullScreenModes } from '../../src/app/terminal/modes.ts';
import { showsLinks } from '../../src/cli/terminal.ts';
import { portalAddress } from '../../src/resource-types/index.ts';
import { buildHarness, type Program } from './program.ts';

const azure = { kind: 'azure', name: 'public' } as const;
const page = 'https://learn.microsoft.com/azure/storage/common/storage-network-security';

describe('an address', () => {
  test.each([
    'http://learn.microsoft.com/',
    'javascript:alert(1)',
    'https://a b/',
    'https://a/\x1b\\',
    'https://a/\x07',
    'https://a/é',
    'https://user@a/',
    '',
  ])('%j is none', (text) => {
    expect(linkTo('x', 'link', text)).toEqual({ text: 'x', role: 'link' });
    expect(asLink('x', text)).toBe('x');
  });

  test('whatever an id holds, it cannot leave the address it is made into', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const id = `/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/${name}`;
        const address = portalAddress(azure, id);
        if (address === null) return;
        expect(address).toMatch(/^https:\/\/portal\.azure\.com\/#resource\/[\w%.~!*'()/-]*$/);
      }),
    );
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st';
    expect(portalAddress(azure, id)).toBe(`https://portal.azure.com/#resource${id}`);
    expect(portalAddress({ kind: 'demo', name: 'demo:open' }, id)).toBeNull();
    expect(portalAddress(azure, `${id}/blobServices/default`)).toBeNull();
  });

  test('wrapped, each row leads to the whole, and rows are those of the text alone', () => {
    for (const width of [10, 33, 80]) {
      const rows = addressLines(page, width);
      expect(rows.map(plain)).toEqual(wrapText(page, width).map(plain));
      expect(rows.every((row) => lineWidth(row) <= width)).toBe(true);
      expect(rows.flat().every(({ href }) => href === page)).toBe(true);
    }
  });
});

test('cells of a link are those of the text: one that changes in it is sent with the link, and the link is ended', () => {
  const grid = createGrid({ columns: 40, rows: 4 }, fullScreenModes);
  grid.write(`\x1b[?1049h\x1b[H${asLink('read here', page)} now`);
  const bytes = grid.write(`\x1b[H${asLink('read HERE', page)} now`);
  expect(bytes).toContain(`\x1b]8;;${page}\x1b\\HERE\x1b]8;;\x1b\\`);
  expect(bytes).not.toContain('now');
});

test.each([
  ['auto', { TERM: 'xterm-256color' }, true],
  [undefined, { TERM: 'xterm-256color' }, true],
  ['auto', { TERM: 'linux' }, false],
  ['auto', { TERM: 'dumb' }, false],
  ['auto', {}, false],
  ['on', { TERM: 'linux' }, true],
  ['off', { TERM: 'xterm-256color' }, false],
  ['auto', { TERM: 'xterm-256color', TMUX: '/tmp/tmux-0/default,1,0' }, false],
  ['auto', { TERM: 'tmux-256color' }, false],
  ['auto', { TERM: 'screen', STY: '1.pts' }, false],
  ['auto', { TERM: 'tmux-256color', TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.3a' }, false],
  ['auto', { TERM: 'tmux-256color', TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.4' }, true],
  ['auto', { TERM: 'tmux-256color', TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: 'next-3.5' }, false],
])('links %s in %j: %s', (setting, env: Readonly<Record<string, string>>, shown) => {
  expect(showsLinks(setting, env)).toBe(shown);
});

describe('in a terminal', () => {
  let program: Program;
  beforeAll(async () => {
    program = await buildHarness();
  });
  afterAll(() => program.remove());

  test.each([true, false])('links %s: the same words, and the address only where it is wanted', async (wanted) => {
    expect(isAddress(page)).toBe(true);
    const screen = program.open(wanted ? ['links'] : [], { cols: 120, rows: 30 });
    try {
      await screen.until('f = bastide fix storage.default-deny');
      const text = await screen.press('O', page);
      expect(text).toContain('Read more');
      if (wanted) expect(screen.raw()).toContain(`\x1b]8;;${page}\x1b\\`);
      else expect(screen.raw()).not.toContain('\x1b]8;;');
    } finally {
      screen.kill('SIGKILL');
      await screen.exit;
    }
  });
});
