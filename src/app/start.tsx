// The full-screen application from start to exit: takes over the terminal, draws, and restores it on every exit path.
import process from 'node:process';
import { render } from 'ink';
import { type ExitStatus, exitStatus } from '../model/failure.ts';
import { App } from './App.tsx';
import type { AppOptions } from './options.ts';
import { secretsShown } from './state/secrets-shown.ts';
import { createShell, type Shell } from './state/shell.ts';
import { createCellStream } from './terminal/cells/cell-stream.ts';
import { createInputStream } from './terminal/input-stream.ts';
import { fullScreenModes, withMouse } from './terminal/modes.ts';
import { createRecording, type Recording } from './terminal/recording.ts';
import { createRedactor } from './terminal/redact.ts';
import { catchStrayOutput } from './terminal/stray-output.ts';

export type { AppOptions } from './options.ts';

/** Runs until the operator quits; resolves with the exit status. Restores the terminal on every path. */
export async function startApp(options: AppOptions): Promise<ExitStatus> {
  const { stdin, stdout } = options;
  const shell = createShell(options);
  const recording = recordingOf(options, shell);
  const cells = createCellStream(stdout, options.mouse === true ? withMouse : fullScreenModes, recording);
  const stray = catchStrayOutput((line) => shell.stray(line));
  const resized = () => {
    cells.resized();
    shell.resized(stdout.columns, stdout.rows);
  };
  let closed = false;
  const ended = (signal: NodeJS.Signals) => {
    // A closed terminal sends its signal more than once, from the kernel and from its owner: that is no impatience.
    if (signal === 'SIGHUP' && closed) return;
    closed ||= signal === 'SIGHUP';
    shell.leave(exitStatus.interrupted);
  };
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
  // Only where the program ends before this function does.
  const restore = () => {
    cells.close();
    stray.giveBack();
  };

  stdout.on('resize', resized);
  for (const signal of signals) process.on(signal, ended);
  process.once('exit', restore);
  const instance = render(<App shell={shell} />, {
    stdin: createInputStream(stdin, options.mouse === true ? shell.pointed : undefined),
    stdout: cells.stream,
    alternateScreen: true,
    // The cell differ finds what has changed.
    incrementalRendering: false,
    maxFps: 30,
    exitOnCtrlC: false,
    // The composition root has checked that this is a terminal; Ink would assume none when CI=true.
    interactive: true,
  });
  shell.attach({ repaint: () => cells.repaint() });
  try {
    await instance.waitUntilRenderFlush();
    void shell.begin();
    // A component that throws while rendering makes Ink exit; that is a bug, and is reported as one.
    return await Promise.race([shell.left, instance.waitUntilExit().then(() => shell.left)]);
  } finally {
    instance.unmount();
    await instance.waitUntilExit().catch(() => undefined);
    stdout.off('resize', resized);
    for (const signal of signals) process.off(signal, ended);
    process.off('exit', restore);
    cells.close();
    stray.release();
  }
}

const endings = {
  full: 'The recording has reached its largest size and ends here.',
  unwritten: 'The recording could not be written and ends here.',
};

function recordingOf({ recording, stdout, now }: AppOptions, shell: Shell): Recording | undefined {
  if (recording === undefined) return undefined;
  const state = shell.store.get;
  const secrets = secretsShown(recording.own);
  const redactor = recording.redact ? createRedactor(() => secrets(state())) : undefined;
  return createRecording({
    file: recording.file,
    size: { columns: stdout.columns || 80, rows: stdout.rows || 24 },
    now: () => now().getTime(),
    onEnd: (reason) => shell.stray(endings[reason]),
    // What names are secret is known when the first scan has ended.
    ...(redactor === undefined ? {} : { shape: redactor.row, isReady: () => state().snapshot !== null }),
  });
}
