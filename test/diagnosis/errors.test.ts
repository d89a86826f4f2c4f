// The known errors against the list of errors of the rules' specification, and what each says.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diagnose, knownErrors } from '../../src/diagnosis/index.ts';
import { rules } from '../../src/rules/index.ts';
import { outside } from '../support/outside.ts';

const { place: file, isHere: there, note } = outside('rules-catalogue.md');
const catalogue = there ? readFileSync(file, 'utf8') : '';
if (!there) process.stderr.write('The rule catalogue is not beside the checkout: its tests are skipped.\n');

/** Rows of the table of section 10: first cell, and the message in quotes. */
const rows = (catalogue.split('## 10. Error catalogue')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Code'))
  .map((line) => {
    const cells = line.split(' | ');
    return { first: (cells[0] ?? '').slice(2), message: /"([^"]+)"/.exec(cells[3] ?? '')?.[1] };
  });
const codes = rows.flatMap(({ first }) => [...first.matchAll(/`(\w+)`/g)].map(([, code]) => code ?? ''));
const messages = rows.flatMap(({ first, message }) => (message === undefined ? [] : [[first, message] as const]));

describe.skipIf(!there)(`the error table of the specification${note}`, () => {
  test('is read whole', () => {
    expect(codes.length).toBeGreaterThan(50);
    expect(messages.length).toBeGreaterThan(25);
  });

  test.each([...new Set(codes)])('%s is known by its code', (code) => {
    const found = diagnose(JSON.stringify({ error: { code, message: 'It was refused.' } }));
    expect(found.known.flatMap(({ names }) => names)).toContain(code);
  });

  test.each(messages)('%s is known by its message', (_first, message) => {
    expect(diagnose(message).known).not.toEqual([]);
  });

  test('every rule that is named is registered, or planned in the specification', () => {
    const listed = new Set([...catalogue.matchAll(/^#### `([^`]+)`/gm)].map(([, id]) => id));
    const registered = new Set(rules.map(({ id }) => id));
    const named = knownErrors.flatMap((known) => known.rules);
    expect(named.filter((id) => !registered.has(id) && !listed.has(id))).toEqual([]);
  });
});

describe('what every known error says of itself', () => {
  test.each(knownErrors.map((known) => [known.names[0] ?? '', known] as const))('%s', (_name, known) => {
    expect(known.names.length).toBeGreaterThan(0);
    expect(known.means).toMatch(/^[A-Z].*\.$/);
    expect(known.next).toMatch(/^[A-Z].*\.$/);
    expect(known.source).not.toBe('');
    expect(new Set(known.rules).size).toBe(known.rules.length);
  });

  test('errors with one name can be told apart', () => {
    const twice = knownErrors.filter((known) =>
      knownErrors.some((other) => other !== known && other.names[0] === known.names[0]),
    );
    expect(twice.filter((known) => known.about === undefined).map(({ names }) => names[0])).toEqual([]);
  });
});
