// Starts the host in lines over the terminal, or over answers written beforehand.
import type { ParsedCommand } from '../command/parse-arguments.ts';
import type { ExitStatus } from '../model/failure.ts';
import { paletteContext } from './palette-context.ts';
import { showsUnicode } from './terminal.ts';
import type { Wiring } from './wiring.ts';

export async function inLines(parsed: ParsedCommand, wiring: Wiring): Promise<ExitStatus> {
  const { startInLines } = await import('../accessible/start.ts');
  const { stdin, stdout } = wiring.streams;
  const session = await wiring.open(parsed.host, parsed.flags);
  return startInLines({
    session,
    context: paletteContext(wiring, parsed, await wiring.rules()),
    input: stdin,
    output: stdout,
    terminal: stdin.isTTY === true && stdout.isTTY === true,
    ascii: parsed.host.ascii || (!parsed.explicit.has('ascii') && !showsUnicode(wiring.env)),
    notices: [],
    addLine: (line) => wiring.lines.add(line),
    signal: wiring.signal,
  });
}
