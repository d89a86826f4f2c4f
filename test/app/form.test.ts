// Forms: made from a schema alone, and worth exactly the command line that they show.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { create } from '../../commands/create.ts';
import { fix } from '../../commands/fix.ts';
import { verbs } from '../../commands/index.ts';
import {
  type FormValues,
  fieldsOf,
  offersOf,
  refusalOf,
  valuesOf,
  wordsOf,
  wrongWith,
} from '../../src/app/overlays/form/fields.ts';
import { type FormOverlay, form, formFor } from '../../src/app/overlays/form.ts';
import { knownPlaces } from '../../src/app/state/known-places.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { Command } from '../../src/command/definition.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { parseLine, quoteWord } from '../../src/command/parse-line.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { chooseTheme } from '../../src/theme/choose.ts';
import { themes } from '../../themes/index.ts';
import { bodyRows, viewRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

const made: Command = create;
const names = (command: Command, values = {}) => fieldsOf(command, values).map(({ spec }) => spec.name);

describe('the rows', () => {
  test('are those that mean something beside what is chosen', () => {
    expect(names(made, { what: 'aks' })).toContain('service-cidr');
    expect(names(made, { what: 'aks' })).not.toContain('max');
    expect(names(made, { what: 'cluster' })).toContain('max');
    // A choice half typed rules nothing out.
    expect(names(made, { what: 'clu' })).toEqual(names(made));
  });

  test('say what is wrong with them, and leave the rest to the command', () => {
    const values = { what: 'cluster', name: '', max: 'many', publicIp: 'perhaps' };
    const wrong = fieldsOf(made, values).flatMap((field) => wrongWith(field, values) ?? []);
    expect(wrong).toEqual(['needed', 'not a number', 'yes or no']);
    expect(refusalOf(made, values)).toMatch(/--max takes a number/);
    expect(refusalOf(made, { what: 'cluster' })).toMatch(/needs NAME/);
    expect(refusalOf(made, { what: 'aks', name: 'a-b', size: 'X' })).toBeNull();
  });

  test('offer enums, on and off, and places that were read', () => {
    const known = { subnet: [{ value: 'vnet-ml/snet-dev', says: '10.0.3.0/24' }] };
    const offers = (name: string) => {
      const field = fieldsOf(made, { what: 'aks' }).find(({ spec }) => spec.name === name);
      return field ? offersOf(field, known).map(({ value }) => value) : [];
    };
    expect(offers('what')).toContain('aci-subnet');
    expect(offers('internal-load-balancer')).toEqual(['yes', 'no']);
    expect(offers('subnet')).toEqual(['vnet-ml/snet-dev']);
    expect(offers('service-cidr')).toEqual([]);
  });
});

test('whatever is typed, the line shown is read back as the words that are run, and those as the values', () => {
  const text = fc
    .string({ minLength: 1, maxLength: 12 })
    .map((one) => one.replaceAll(/[\s\x00-\x1f]/g, '_').replace(/^-+/, 'x'));
  fc.assert(
    fc.property(
      text,
      text,
      fc.option(text, { nil: '' }),
      fc.constantFrom('', 'yes', 'no'),
      (name, subnet, size, publicIp) => {
        const values = { what: 'instance', name, subnet, size, publicIp };
        const words = wordsOf(made, values);
        expect(parseLine(words.map(quoteWord).join(' '))).toEqual(words);
        const { args } = parseCommand(words, [made]);
        expect(args).toMatchObject({ name, subnet, ...(size === '' ? {} : { size }) });
        expect(args.publicIp).toBe(publicIp === '' ? undefined : publicIp === 'yes');
        const back = valuesOf(made, words);
        expect(wordsOf(made, back)).toEqual(words);
      },
    ),
    { numRuns: 200 },
  );
});

test('lists and pairs are several words, and every verb has a form that its own parser takes or refuses in words', () => {
  const values = { targets: 'storage.a, storage.b', answer: 'sku=Premium subnet=snet-pe' };
  expect(wordsOf(fix, values)).toEqual([
    ...['fix', 'storage.a', 'storage.b', '--answer=sku=Premium', '--answer=subnet=snet-pe'],
  ]);
  for (const verb of verbs) expect(() => refusalOf(verb, {})).not.toThrow();
});

test('places come from the snapshot: a name alone where only one has it', () => {
  const group = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks';
  const network = (name: string, resourceGroup = 'g') => {
    const id = `${group.replace('/g/', `/${resourceGroup}/`)}/${name}`;
    const subnets = [{ id: `${id}/subnets/one`, name: 'one', properties: { addressPrefix: '10.0.0.0/24' } }];
    const body = { id, name, properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets } };
    return { id, type: 'Microsoft.Network/virtualNetworks', apiVersion: '2024-01-01', body };
  };
  const resources = [network('a'), network('b'), network('b', 'h')];
  const { subnet = [] } = knownPlaces({ resources } as never);
  expect(subnet.map(({ value }) => value)).toEqual([
    'a/one',
    resources[1]?.body.properties.subnets[0]?.id,
    resources[2]?.body.properties.subnets[0]?.id,
  ]);
});

describe('on the screen', () => {
  const open = async (answer: () => unknown = () => 'made') => {
    const command: Command = {
      ...made,
      json: () => ({}),
      // biome-ignore lint/correctness/useYield: a command is a generator even when it has nothing to tell on the way.
      run: async function* () {
        return answer();
      },
      text: () => [[{ text: 'made it' }]],
      exit: () => 0,
      failure: () => null,
    };
    const session = fakeSession({});
    const base = fakeOptions({ session });
    const stdout = { columns: 90, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
    const shell = createShell({
      ...base,
      stdout,
      context: { ...base.context, verbs: [command] },
    });
    await shell.begin();
    const rest = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    };
    const press = (...keys: string[]) => {
      for (const key of keys) shell.press(key);
    };
    const overlay = () => shell.store.get().overlay;
    const shown = () => {
      const state = shell.store.get();
      return state.overlay?.kind === 'form'
        ? bodyRows(state).map((words) => words.map((one) => one.text).join(''))
        : [];
    };
    press('n');
    await rest();
    return { press, rest, overlay, shown, state: () => shell.store.get() };
  };

  test('n opens it; arrows choose, letters type, the line is shown as it grows, Enter runs it', async () => {
    const { press, rest, overlay, shown, state } = await open();
    expect(overlay()).toMatchObject({ kind: 'form', at: 0 });
    press('right', 'right', 'right', 'tab', ...'aks-1');
    expect(overlay()).toMatchObject({ line: 'create aks aks-1' });
    expect(shown().join('\n')).toMatch(/\$ bastide create aks aks-1/);
    expect(shown().length).toBe(state().view.layout.body);
    press('enter');
    await rest();
    expect(overlay()).toMatchObject({ kind: 'output', title: 'create aks aks-1' });
    expect(state().lines).toEqual(['create aks aks-1']);
  });

  test('Enter goes to the field that is wrong instead, and Esc leaves it', async () => {
    const { press, overlay, state } = await open();
    press('enter');
    expect(overlay()).toMatchObject({ kind: 'form', at: 0 });
    press('right', 'enter');
    expect(overlay()).toMatchObject({ kind: 'form', at: 1, refused: expect.stringMatching(/NAME/) });
    press('esc');
    expect(overlay()).toBeNull();
    expect(state().lines).toEqual([]);
  });

  test('what the command refuses brings the form back with what was typed', async () => {
    const { press, rest, overlay } = await open(() => {
      throw new Failure('bad-name', exitStatus.usage, 'No such name is allowed.', 'Choose another.');
    });
    press('right', 'tab', ...'ci_x', 'enter');
    await rest();
    expect(overlay()).toMatchObject({
      kind: 'form',
      values: { name: 'ci_x' },
      refused: 'No such name is allowed. Choose another.',
    });
    press('backspace');
    expect(overlay()).toMatchObject({ refused: null });
  });

  test('a refusal that names a flag selects its field', async () => {
    const { press, rest, overlay } = await open(() => {
      throw new Failure('bad-value', exitStatus.usage, '--min is 9, and --max-nodes is 4.', 'Use less.');
    });
    press('right', 'tab', ...'cpu', 'enter');
    await rest();
    const { at, values, command } = overlay() as FormOverlay;
    expect(fieldsOf(command, values)[at]?.spec.name).toBe('min');
  });

  test('a long command line shows its beginning and its end, and how much is between', async () => {
    const { press, shown } = await open();
    press('right', 'tab', ...'n'.repeat(300), 'tab', ...'Standard_D2s_v3');
    const text = shown().join('\n');
    expect(text).toMatch(/\$ bastide create cluster nnn/);
    expect(text).toMatch(/… \d+ more lines/);
    expect(text).toMatch(/nnn.*--size=Standard_D2s_v3/);
  });

  test('it fits every size that the screen has', () => {
    for (const [width, body] of [
      [40, 9],
      [60, 14],
      [200, 60],
    ] as const) {
      const size = { columns: width, rows: body };
      const look = { theme: chooseTheme({ depth: 'full', themes }), ascii: true, links: false };
      const state = { ...look, size, view: { layout: { width, body } } } as never;
      for (const values of [{}, { what: 'aks', name: 'a'.repeat(300), subnet: 'x'.repeat(500) }] as FormValues[]) {
        const rows = viewRows(form, { ...formFor(made, values, {}), at: 5 }, state);
        expect(rows.length).toBeLessThanOrEqual(body);
        for (const words of rows) expect(words.map((one) => one.text).join('').length).toBeLessThanOrEqual(width);
      }
    }
  });
});
