// What is heard holds every word that is seen, and none of the signs that only the eye reads.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeSentence } from '../../src/accessible/plan-words.ts';
import { spoken, spokenLine, wrap } from '../../src/accessible/spoken.ts';
import { line } from '../../src/model/words.ts';

test.each([
  [line(['✗ ', 'bad'], ['critical ', 'critical'], 'The firewall is open'), 'fails, critical, The firewall is open'],
  [line('  scan        ', 'read the workspace'), 'scan, read the workspace'],
  [line(['Why       ', 'heading'], 'Because.'), 'Why: Because.'],
  [line('   /a/b  ', ['"x"', 'removed'], [' → ', 'dim'], ['"y"', 'added']), '/a/b, "x" becomes "y"'],
  [line(['Risk    ', 'dim'], 'None.'), 'Risk: None.'],
  [line(['+ service endpoint', 'added']), 'added: service endpoint'],
  [line(['   + ', 'added'], '/rules  ', ['{}', 'added']), 'added: /rules, {}'],
  [line('stmlsim ← snet-train'), 'stmlsim from snet-train'],
  [line('├── snet-train ─── nsg'), 'snet-train, nsg'],
  [line(['   $ ', 'dim'], ['az group list', 'dim']), 'command: az group list'],
  [line('  read kv-mlsim, stmlsim,'), 'read kv-mlsim, stmlsim,'],
  [line('  '), ''],
])('%j', (words, sentence) => {
  expect(spokenLine(words)).toBe(sentence);
});

test('a setting is read out before and after', () => {
  expect(changeSentence({ sign: ' ', text: 'default action: Allow → Deny' })).toBe(
    'Default action, before: Allow, after: Deny.',
  );
  expect(changeSentence({ sign: '+', text: 'IP rule 10.0.0.1' })).toBe('Added: IP rule 10.0.0.1.');
});

test('whatever a line holds: one row, no drawing, no escape, no run of spaces', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.constantFrom('', 'added', 'heading', 'high'))), (parts) => {
      const said = spokenLine(parts.map(([words, role]) => ({ text: words, role })));
      expect(said).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2500-\u25ff\u2800-\u28ff]|\s\s/);
      expect(said).toBe(said.trim());
    }),
    { numRuns: 100 },
  );
});

test('wrapping loses nothing, and only a word that is too long exceeds the width', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((word) => word.replaceAll(' ', 'x'))),
      (words) => {
        const rows = wrap(words.join(' '), 20);
        expect(rows.join(' ')).toBe(words.join(' '));
        for (const row of rows) if (row.length > 20) expect(row).not.toContain(' ');
      },
    ),
    { numRuns: 200 },
  );
});

test('one empty line at most separates two, and none at the end', () => {
  expect(spoken([line('a'), [], [], line('b'), []])).toEqual(['a', '', 'b']);
});
