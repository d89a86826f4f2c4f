// What users read of a world, from the real commands and hosts in this process: text, documents, JSON, progress, questions, screens.
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { atLength, briefly } from '../../src/accessible/finding-words.ts';
import { progressInLines } from '../../src/accessible/progress.ts';
import { startInLines } from '../../src/accessible/start.ts';
import { plain as withoutRoles } from '../../src/app/draw/text.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { footerRows } from '../../src/app/parts/footer-rows.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { explainLines } from '../../src/app/screens/parts/finding-text.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { failureText } from '../../src/cli/answer.ts';
import { lookWith } from '../../src/cli/look.ts';
import { paletteContext } from '../../src/cli/palette-context.ts';
import { progressOn } from '../../src/cli/progress.ts';
import type { Wiring } from '../../src/cli/wiring.ts';
import type { Ask, CommandContext } from '../../src/command/definition.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { type Envelope, envelopeJson, runCommand } from '../../src/command/run.ts';
import { openClock } from '../../src/main/clock.ts';
import { foldersOf } from '../../src/main/folders.ts';
import { loadParts, wire } from '../../src/main/wiring.ts';
import type { Json } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { plain, renderText } from '../../src/render/text.ts';
import type { Session } from '../../src/session/session.ts';
import { chooseTheme } from '../../src/theme/choose.ts';
import { themes } from '../../themes/index.ts';
import { bodyRows } from './drawn.tsx';

/**
 * Something that was shown. `lines`: whole lines, their cells set apart by spaces; `screen`: as lines, wrapped and cut to a width;
 * `csv`, `markup`: a document; `json`: a result.
 */
export interface Shown {
  readonly where: string;
  readonly kind: 'lines' | 'screen' | 'csv' | 'markup' | 'json';
  readonly text: string;
  readonly json?: Json;
}

export interface Product {
  readonly session: Session;
  /** Runs a line to its end, over the snapshot or over a new scan. Questions are answered with yes, or with `answers` in turn. */
  run(line: readonly string[], given?: { snapshot?: Snapshot; answers?: readonly string[] }): Promise<Ran>;
  /** The full screen at a size, after each group of keys, apart by spaces. */
  screens(columns: number, rows: number, groups: readonly string[]): Promise<Shown[]>;
  /** Accessible mode over answers written beforehand. */
  inLines(answers: readonly string[]): Promise<Shown>;
  close(): Promise<void>;
}
interface Ran {
  readonly envelope: Envelope;
  readonly shown: readonly Shown[];
}

const look = lookWith({ paint: plain, ascii: false, aloud: false });

const parsedJson = (text: string): Json => JSON.parse(text) as Json;

/** A world with a home folder below `scratch`. */
export async function openProduct(world: string, scratch: string): Promise<Product> {
  const home = mkdtempSync(path.join(scratch, `${world}-`));
  const signal = new AbortController().signal;
  const closers: (() => Promise<void>)[] = [];
  const main = {
    version: '0.0.0',
    folders: foldersOf({ BASTIDE_HOME: home, HOME: home }),
    signal,
    closers,
    clock: openClock(),
  };
  const wired = await wire({ ...main, sent() {}, leaveSignals() {} }, await loadParts([]));
  const none = new PassThrough();
  const streams = { stdin: none, stdout: none, stderr: none } as unknown as Wiring['streams'];
  const wiring: Wiring = { ...wired, env: { HOME: home }, streams };
  const words = (line: readonly string[]) =>
    parseCommand([...line, `--demo=${world}`], wiring.verbs, { profile: 'all' });
  const start = words(['audit']);
  const rules = await wiring.rules(start.flags);
  const session = await wiring.open(start.host, start.flags, () => {});
  const context: Omit<CommandContext, 'ask' | 'signal'> = paletteContext(wiring, start, rules);

  return {
    session,
    async run(line, { snapshot, answers = [] } = {}) {
      const where = `bastide ${line.join(' ')}`;
      const parsed = words(line);
      const said: string[] = [];
      const say = (text: string) => void said.push(text);
      const stderr = { isTTY: true, columns: 400, write: (text: string) => say(text.replace(/^\r\x1b\[2K/, '')) };
      const passing = progressOn({ stderr: stderr as never, quiet: false, accessible: false, ascii: false });
      let clock = 0;
      const inTurn = progressInLines(say, () => {
        clock += 5000;
        return clock;
      });
      const ask = askWith([...answers], say);
      const given = {
        ...context,
        flags: parsed.flags,
        ask,
        signal,
        say,
        ...(snapshot === undefined ? {} : { snapshot }),
      };
      const events = runCommand(parsed, given);
      let next = await events.next();
      for (; !next.done; next = await events.next()) {
        passing.tell(next.value);
        inTurn(next.value);
      }
      const envelope = next.value;
      const { failure, view } = envelope;
      const shown: Shown[] = [{ where: `${where}, progress and questions`, kind: 'lines', text: said.join('\n') }];
      if (failure !== null) shown.push({ where, kind: 'lines', text: failureText(failure, look) });
      shown.push({ where: `${where} --format json`, kind: 'json', text: '', json: envelopeJson(envelope) });
      if (view === null) return { envelope, shown };
      shown.push({ where, kind: 'lines', text: renderText(view.text(), plain) });
      for (const format of parsed.command.documents ?? []) {
        const text = await view.document(format);
        // Bytes: the words of a spreadsheet are those of CSV.
        if (typeof text !== 'string') continue;
        const isJson = format === 'sarif' || format === 'ocsf';
        const kind = isJson ? 'json' : format === 'csv' ? 'csv' : format === 'markdown' ? 'lines' : 'markup';
        const unescaped =
          format === 'markdown'
            ? text
                .replace(/^(`+)sh\n.*?\1$/gms, '')
                .replace(/\\(?=[^\w\s])/g, '')
                .replaceAll(' | ', '  ')
            : text;
        const json =
          format === 'ocsf'
            ? text.trim().split('\n').filter(Boolean).map(parsedJson)
            : isJson
              ? parsedJson(text)
              : null;
        shown.push({ where: `${where} --format ${format}`, kind, text: unescaped, ...(isJson ? { json } : {}) });
      }
      return { envelope, shown };
    },
    async screens(columns, rows, groups) {
      const stdout = { columns, rows, write: () => true } as unknown as NodeJS.WriteStream;
      const theme = chooseTheme({ depth: 'full', themes });
      const options: AppOptions = {
        ...{ session, context, theme, themes, stdin: none as unknown as NodeJS.ReadStream, stdout, ascii: false },
        ...{ readOnly: false, profile: 'all', now: () => new Date(), suspend() {} },
      };
      const shell = createShell(options);
      const rest = async () => {
        do await new Promise((resolve) => setImmediate(resolve));
        while (shell.store.get().work !== null);
      };
      const shown: Shown[] = [];
      const draw = (keys: string) => {
        const state = shell.store.get();
        const { where, age, rest: head } = headerRows(state);
        const frame = [[...where, ...(age ?? [])], ...head, ...bodyRows(state), ...footerRows(state)];
        const text = frame.map((line) => withoutRoles(line).trimEnd()).join('\n');
        shown.push({ where: `the screen at ${columns}x${rows} after ${keys}`, kind: 'screen', text });
      };
      await shell.begin();
      await rest();
      draw('its start');
      for (const keys of groups) {
        for (const key of keys.split(' ')) shell.press(key);
        await rest();
        draw(keys);
      }
      // Every finding as its pane shows it, unwrapped.
      const state = shell.store.get();
      const all = (state.report?.findings ?? []).filter(({ outcome }) => outcome !== 'notApplicable');
      const told = all.map((finding) => explainLines(finding, state, 10_000).map(withoutRoles).join('\n'));
      const aloud = all.map((finding) => [briefly(finding), ...atLength(finding)].join('\n'));
      shown.push({ where: 'the screen, Explain', kind: 'lines', text: told.join('\n') });
      shown.push({ where: 'accessible mode, a finding', kind: 'lines', text: aloud.join('\n') });
      shell.leave(0);
      await shell.left;
      return shown;
    },
    async inLines(answers) {
      const written: string[] = [];
      const output = Object.assign(new PassThrough(), { columns: 10_000 });
      output.on('data', (data) => written.push(String(data)));
      await startInLines({
        ...{ session, context, output, terminal: false, ascii: false, notices: [], signal },
        input: Readable.from(answers.map((answer) => `${answer}\n`)),
        addLine: async () => {},
      });
      return { where: 'accessible mode', kind: 'lines', text: written.join('') };
    },
    async close() {
      await session.close();
      for (const close of closers) await close();
    },
  };
}

/** Tells each question; answers with the next answer given, else so that the work goes on. */
function askWith(answers: string[], say: (text: string) => void): Ask {
  return {
    async confirm({ plan, confirmation }) {
      say(confirmation.question);
      return plan.steps.length > 0;
    },
    async choose({ title, lines = [], news = [], choices, calm }) {
      const texts = [...news, ...lines].map((line) => line.map(({ text }) => text).join(''));
      for (const text of [...texts, title, ...choices.map(({ label }) => label)]) say(text);
      const next = answers.shift();
      return choices.find(({ value }) => value === next)?.value ?? calm ?? choices[0]?.value ?? '';
    },
    async text({ title, suggestion }) {
      say(title);
      return /^Type (\S+) to /.exec(title)?.[1] ?? answers.shift() ?? suggestion ?? '';
    },
  };
}

/** Steps that are applied. */
const longest = 4;
const tour = ['2', 'j j j', '3', 'j j', '4', 'j j', '6', '7', '?', 'escape', '3', 'F'];

/** Only what needs no plan. */
export async function glance(product: Product): Promise<readonly Shown[]> {
  const audit = await product.run(['audit']);
  const snapshot = product.session.latest();
  const map = await product.run(['map'], snapshot === undefined ? {} : { snapshot });
  return [...audit.shown, ...map.shown];
}

/** A day with the product: look, plan, fix, look again, undo. Tells `log` what was done. */
export async function journey(product: Product, log: (what: string) => void = () => {}): Promise<readonly Shown[]> {
  const all: Shown[] = [];
  const go = async (line: string, answers: readonly string[] = []) => {
    const snapshot = product.session.latest();
    const ran = await product.run(line.split(' '), { answers, ...(snapshot === undefined ? {} : { snapshot }) });
    all.push(...ran.shown);
    log(line.slice(0, 40));
    return ran.envelope;
  };
  await go('audit --all-outcomes');
  await go('audit --profile current');
  await go('audit --profile article-2020');
  await go('map');
  const first = (type: string) => product.session.latest()?.resources.find((one) => one.type.endsWith(type))?.id;
  const [compute, account] = [first('/computes'), first('/storageAccounts')].map((id) => nameOf(id ?? ''));
  if (compute !== '' && account !== '') {
    await go(`path --source ${compute} --destination ${account}`);
    await go(`path --source ${compute} --destination Internet`);
  }
  const planned = await go('plan --all');
  await go('guide', ['explain', 'no', 'no', 'stop']);
  all.push(...(await product.screens(80, 24, tour)));
  log('screens');
  // Each step is in the plan already: of a long one the first are applied.
  const steps = (planned.result as unknown as Plan).steps.slice(0, longest);
  const targets = [...new Set(steps.flatMap(({ findings }) => findings))];
  await go(`fix ${targets.length === 0 ? '--all' : targets.join(' ')} --what-if --yes`);
  await go('history');
  await go('verify');
  all.push(...(await product.screens(140, 40, [...tour, 'escape', '5', 'u', 'escape'])));
  log('screens');
  await go('undo --yes');
  await go('history');
  const answers = 'areas,1,1,explain,fix,,0,0,history,1,0,0';
  all.push(await product.inLines(answers.split(',')));
  log('accessible mode');
  return all;
}
