// The context of the screen's palette: the same commands over the same session. Questions and events are the screen's own.
import type { CommandContext, RuleEntry } from '../command/definition.ts';
import type { Defaults, ParsedCommand } from '../command/parse-arguments.ts';
import { runScript } from '../command/script.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { hasFile, makeFolder, readText, writeWhole } from './files.ts';
import { scriptLines } from './script-lines.ts';
import { contextOf, type Wiring } from './wiring.ts';

const notHere = (what: string) =>
  new Failure(
    'not-here',
    exitStatus.usage,
    `${what} is not available inside the screen.`,
    'Run it in another terminal.',
  );

/** A context without a way to ask: the screen puts its own dialogs there. */
export function paletteContext(
  wiring: Wiring,
  parsed: ParsedCommand,
  rules: readonly RuleEntry[],
): Omit<CommandContext, 'ask' | 'signal'> {
  const defaults: Defaults = { ...parsed.host, ...parsed.flags };
  const refuse = async (): Promise<never> => {
    throw new Failure(
      'needs-confirmation',
      exitStatus.notSent,
      'A script inside the screen cannot ask for confirmation.',
      'Add --yes to the line.',
    );
  };
  const context: CommandContext = contextOf(wiring, parsed, {
    interactive: true,
    rules,
    ask: { confirm: refuse, choose: refuse, text: refuse },
    say: () => {},
    tell: () => {},
    files: {
      readFile(file) {
        // The keyboard belongs to the screen.
        if (file === '-') throw notHere('Reading from stdin');
        return readText(file, wiring.streams.stdin);
      },
      writeFile: writeWhole,
      hasFile,
      makeFolder,
    },
    emit: async () => {
      throw notHere('A command that runs until it is stopped');
    },
    simulate: async () => {
      throw notHere('Serving the simulator');
    },
    serveAssistant: async () => {
      throw notHere('Serving an assistant');
    },
    async *script(text, options) {
      const { exit, outcomes } = yield* runScript(
        await scriptLines(text, options, wiring, defaults),
        async (line) => ({ ...context, flags: line.parsed.flags }),
        () => {},
      );
      return { exit, lines: outcomes.filter((one) => one.exit !== null).length, outcomes };
    },
  });
  return context;
}
