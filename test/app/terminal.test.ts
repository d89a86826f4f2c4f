// The screen in a real terminal, as a person uses it: what is seen, what is typed, and what is left behind.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inEveryRun, inLongRun } from '../support/parts.ts';
import { keys, openScreen, type ScreenOptions, type TestScreen } from '../support/screen.ts';
import { buildHarness, type Program } from './program.ts';

let program: Program;
const opened: TestScreen[] = [];
const open = (words: readonly string[] = [], options: ScreenOptions = {}) => {
  const screen = program.open(words, options);
  opened.push(screen);
  return screen;
};
/** The footer says so once nothing runs any more. */
const ready = 'f = bastide fix storage.default-deny';

beforeAll(async () => {
  program = await buildHarness();
});
afterAll(() => program.remove());
afterEach(async () => {
  for (const screen of opened.splice(0)) {
    screen.kill('SIGKILL');
    await screen.exit;
  }
});

const sizes = [
  { cols: 80, rows: 24 },
  { cols: 140, rows: 40 },
];

inEveryRun(() => {
  describe.each(sizes)('$cols x $rows', (size) => {
    test('look, fix, verify, undo, leave', async () => {
      const screen = open([], size);
      const first = await screen.until(ready);
      for (const words of ['mlw-sim', 'Resources', 'Findings', 'Explain', '2 critical', 'f fix'])
        expect(first).toContain(words);
      // The first words may be read before the last of the modes.
      await screen.until(() => {
        const { alternate, autowrap, cursorHidden } = screen.modes();
        return alternate && !autowrap && cursorHidden;
      });

      const plan = await screen.press('f', '> Cancel');
      for (const words of ['- ', '+ ', 'Allow', 'Deny', 'Undo', 'bastide fix storage.default-deny@']) {
        expect(plan).toContain(words);
      }
      // The changes of the fake session have no effects, and that is said.
      expect(plan).toMatch(/^ No effect on access, connections, cost or undo is known\.$/m);
      // On the smaller terminal it is one row further down.
      await screen.press('J', /^ az {10}az resource update /m);
      await screen.press(keys.enter, 'Cancelled: nothing was sent.');
      await screen.press('f', '> Cancel');
      await screen.press(keys.tab, '> Apply');
      await screen.press(keys.enter, '1 finding resolved');
      await screen.until('1 critical');
      await screen.press('u', '> Cancel');
      await screen.press(keys.tab, '> Undo');
      await screen.press(keys.enter, 'Undone and verified');
      await screen.press(keys.escape, '2 critical');

      screen.type('q');
      expect((await screen.exit).exitCode).toBe(0);
      await screen.until('left with 0');
      expect(screen.modes()).toEqual({ alternate: false, autowrap: true, bracketedPaste: false, cursorHidden: false });
    });

    test('no line wraps and no line is lost: header and footer are in their places', async () => {
      const screen = open([], size);
      await screen.until(ready);
      const lines = await screen.lines();
      expect(lines[0]).toContain('bastide');
      expect(lines[size.rows - 1]).toContain('f fix');
    });
  });
});

inEveryRun(() => {
  test('after kill -9 a new start shows nothing of what is left on the terminal', async () => {
    const gate = program.gate('kill');
    const junk = "printf '\\033[7m'; i=0; while [ $i -lt 30 ]; do printf '%0200d\\n' 7; i=$((i+1)); done";
    const screen = openScreen(
      'sh',
      ['-c', `${program.line} gate='${gate}' end=SIGKILL; ${junk}; ${program.line}`],
      sizes[0],
    );
    opened.push(screen);
    await screen.until(ready);
    writeFileSync(gate, '');
    const expected = await open([], sizes[0]).until(ready);
    await screen.until((text) => /0{150}7/.test(screen.raw()) && text === expected);
    expect(screen.cell(79, 22).inverse).toBe(false);
    expect(screen.modes().alternate).toBe(true);
  });

  test('a recording is whole after a kill and after an end in order, and a redacted one names nothing', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'recorded-'));
    try {
      const killed = path.join(folder, 'killed.cast');
      const first = open([`record=${killed}`]);
      await first.until(ready);
      first.type('j');
      await first.until((text) => text !== '');
      first.kill('SIGKILL');
      await first.exit;
      expect(outputsOf(killed)).toContain('mlw-sim');

      const redacted = path.join(folder, 'redacted.cast');
      const second = open([`record=${redacted}`, 'redact']);
      await second.until(ready);
      await second.press('f', '> Cancel');
      second.kill('SIGTERM');
      await second.exit;
      const outputs = outputsOf(redacted);
      expect(outputs).toContain('Cancel');
      expect(outputs).not.toMatch(/stmlsim|mlw-sim|stlakesim|kv-mlsim|11111111/);
      expect(outputs).toMatch(/\x1b\[\?1049l/);
      expect(statSync(redacted).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** All that a recording shows; every line of it must be whole. */
function outputsOf(file: string): string {
  const [head = '', ...events] = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  expect(JSON.parse(head)).toMatchObject({ version: 2, width: 80, height: 24 });
  return events.map((line) => (JSON.parse(line) as [number, string, string])[2]).join('');
}

inLongRun(() => {
  test('the selection is a bar and has a mark, also without colours', async () => {
    for (const words of [[], ['mono'], ['ascii']]) {
      const screen = open(words);
      await screen.until(ready);
      const y = (await screen.lines()).findIndex((line) => /^> . mlw-sim/.test(line));
      expect(y).toBeGreaterThan(0);
      expect(screen.cell(0, y)).toMatchObject({ text: '>', inverse: true });
      expect(screen.cell(6, y).inverse).toBe(true);
      expect(screen.cell(6, y + 1).inverse).toBe(false);
    }
  });

  test('the letter that sorts by a column is underlined in its heading, also without colours', async () => {
    for (const words of [[], ['mono'], ['ascii']]) {
      const screen = open(words);
      await screen.until(ready);
      screen.type('3b');
      await screen.until(/^> Findings by rule/m);
      const arrow = words.includes('ascii') ? '^' : '▲';
      await screen.press('V', `Severity ${arrow}`);
      const lines = await screen.lines();
      const y = lines.findIndex((line) => line.includes('Severity'));
      const x = lines[y]?.indexOf('Severity') ?? -1;
      const underlined = [...'Severity'].filter((_, at) => screen.cell(x + at, y).underline);
      expect(underlined, words.join()).toEqual(['v']);
      await screen.press('V', `Severity ${words.includes('ascii') ? 'v' : '▼'}`);
    }
  });

  test('ASCII mode writes nothing but ASCII, and mono no colour', async () => {
    const plain = open(['ascii']);
    await plain.until(ready);
    await plain.press('f', '> Cancel');
    expect((await plain.text()).replace(/[\x20-\x7e\n]/g, '')).toBe('');
    const mono = open(['mono']);
    await mono.until(ready);
    expect(mono.raw()).not.toMatch(/\x1b\[(?:3[0-8]|4[0-8]|9\d)[;m]/);
  });
});

inEveryRun(() => {
  test('keys that come in one read are all taken', async () => {
    const screen = open();
    await screen.until(ready);
    await screen.press('\tjj', /> high +\S+ +Trusted/);
    await screen.press(':greet you\r', 'hello you');
  });

  test('a split arrow key is not two keys and an Escape', async () => {
    const screen = open();
    await screen.until(ready);
    await screen.press('/vault\r', '/vault');
    // The filter goes with the lone Escape, if it is taken for one; the tail must not be `[` (the tab before) and `B`.
    screen.type('\x1b');
    await sleep(35);
    screen.type('[B');
    await screen.press('?', 'On every screen');
    await screen.press('q', '[Explain]');
  });

  test('a paste goes into an input and is never taken as keys', async () => {
    const screen = open();
    await screen.until(ready);
    screen.type('\x1b[200~fq\x1b[201~');
    await screen.press(keys.tab, '> Findings');
    await screen.press('/', 'sev:high');
    await screen.press('\x1b[200~vault\nfirewall\x1b[201~', '/vault firewall');
    await screen.press(keys.enter, 'No finding matches');
  });
});

inLongRun(() => {
  test('resizing, down to too small and back, leaves what a fresh start shows', async () => {
    const screen = open([], { cols: 120, rows: 40 });
    await screen.until(ready);
    for (const [cols, rows] of [
      [80, 24],
      [60, 15],
      [40, 10],
      [140, 40],
    ] as const) {
      screen.resize(cols, rows);
      const fresh = open([], { cols, rows });
      const wanted = await fresh.until(cols < 60 ? 'too small' : ready);
      await fresh.quiet();
      await screen.until((text) => text === wanted.trimEnd());
    }
  });

  test('one pane at a time at 60x15', async () => {
    const screen = open([], { cols: 60, rows: 15 });
    expect(await screen.until('Resources')).not.toContain('[Explain]');
    expect(await screen.press(keys.tab, '> Findings')).not.toContain('> Resources');
    await screen.press(keys.enter, '[Explain]');
    const plan = await screen.press('f', '> Cancel');
    expect(plan).toContain('Apply');
  });

  test('an idle screen writes nothing', async () => {
    const screen = open();
    await screen.until(ready);
    await screen.quiet(300);
    const before = screen.raw().length;
    await sleep(1500);
    expect(screen.raw().length - before).toBe(0);
  });
});

inEveryRun(() => {
  test('the first reading shows itself, and a fix of three steps comes to its end', async () => {
    const gate = program.gate('steps');
    const screen = open([`gate=${gate}`]);
    await screen.until('Scanning the workspace');
    writeFileSync(gate, '');
    await screen.until(ready);
    await screen.press('F', '> Cancel');
    await screen.press(keys.tab, '> Apply');
    await screen.press(keys.enter, '3 findings resolved');
  });

  test('Ctrl+C leaves with 130', async () => {
    const screen = open();
    await screen.until(ready);
    screen.type(keys.ctrl('c'));
    expect((await screen.exit).exitCode).toBe(130);
  });

  test.each(['SIGTERM', 'SIGHUP'])('%s puts the terminal back', async (signal) => {
    const screen = open();
    await screen.until(ready);
    screen.kill(signal);
    await screen.exit;
    expect(await screen.text()).toContain('left with 130');
    expect(screen.modes()).toEqual({ alternate: false, autowrap: true, bracketedPaste: false, cursorHidden: false });
  });
});

inLongRun(() => {
  test('whatever ends it, the terminal is as it was', async () => {
    const shell = openScreen('bash', ['--norc', '-i'], { env: { PS1: 'PROMPT$ ' } });
    opened.push(shell);
    await shell.until('PROMPT$');
    const ways = ['exception', 'rejection', 'exit', 'drawing', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];
    for (const way of ways) {
      const gate = program.gate(way);
      shell.type(
        `clear; ${program.line} gate='${gate}' end=${way}; echo "ended with $?"; stty -a | grep -o ' -*\\(icanon\\|echo\\) '\r`,
      );
      await shell.until(ready);
      await shell.quiet();
      writeFileSync(gate, '');
      if (way === 'drawing') {
        await sleep(100);
        shell.type('j');
      }
      const text = await shell.until(/ended with \d+\s[\s\S]*echo\s*PROMPT\$/);
      expect([way, text]).toEqual([way, expect.not.stringMatching(/ended with 0|-icanon|-echo/)]);
      expect([way, text]).toEqual([way, expect.stringMatching(/ icanon[\s\S]* echo/)]);
      const left = {
        alternate: false,
        autowrap: true,
        bracketedPaste: shell.modes().bracketedPaste,
        cursorHidden: false,
      };
      expect([way, shell.modes()]).toEqual([way, left]);
    }
  });
});

inEveryRun(() => {
  test('Ctrl+Z gives the shell back, fg the screen', async () => {
    const shell = openScreen('bash', ['--norc', '-i'], { env: { PS1: 'PROMPT$ ' } });
    opened.push(shell);
    await shell.until('PROMPT$');
    shell.type(`${program.line}\r`);
    await shell.until(ready);
    await shell.quiet();
    await shell.press(keys.ctrl('z'), 'Stopped');
    // The shell's word may be read before the screen's last ones.
    await shell.until(() => !shell.modes().alternate && shell.modes().autowrap);
    await shell.press('echo here-$((1+1))\r', 'here-2');
    await shell.press('fg\r', ready);
    await shell.until('f fix');
    await shell.until(() => shell.modes().alternate && !shell.modes().autowrap);
    await shell.press('?', 'On every screen');
  });
});

inLongRun(() => {
  test('Ctrl+L draws over what a stray writer left', async () => {
    const screen = open();
    const before = await screen.until(ready);
    await screen.quiet();
    const from = screen.raw().length;
    await screen.press(keys.ctrl('l'), () => screen.raw().slice(from).includes('Resources'));
    await screen.until((text) => text === before.trimEnd());
  });

  test('what went wrong at the start is shown with what to do, and r tries again', async () => {
    const screen = open(['broken']);
    const shown = await screen.until('Azure did not answer.');
    expect(shown).toContain('Next: Check the network');
    await screen.press('r', ready);
  });

  test('read-only and gaps are seen', async () => {
    const screen = open(['read-only', 'gaps']);
    const shown = await screen.until(ready);
    expect(shown).toContain('READ-ONLY');
    expect(shown).toContain('1 not accessible');
    expect(await screen.press('f', 'Read-only session; start without --read-only to apply')).toContain(
      'cannot be applied',
    );
  });

  test('a long list costs no more than its window', async () => {
    const screen = open(['long'], { cols: 120, rows: 40 });
    await screen.until(ready);
    await screen.press('G', 'keep');
    await screen.quiet();
    const from = screen.raw().length;
    await screen.press('k', (text) => text.includes('>  vnet') || /> . +\w/.test(text));
    await screen.quiet();
    expect(screen.raw().length - from).toBeLessThan(7000);
  });
});
