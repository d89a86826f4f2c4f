// Imported by a Bastide that is measured: writes what its process has spent when its first frame that holds something is written. Read
// from outside it would be read late on a busy machine, when the scan has begun.
import { writeFileSync } from 'node:fs';
import process from 'node:process';

/** A frame of Bastide's ends with this mark (synchronized output). */
export const frameEnd = '\u001b[?2026l';

const file = process.env.FIRST_FRAME_FILE;
if (file !== undefined) {
  // Not for the programs that it starts.
  for (const name of ['FIRST_FRAME_FILE', 'NODE_OPTIONS']) delete process.env[name];
  const { stdout } = process;
  const { write } = stdout;
  let seen = '';
  stdout.write = (data, ...rest) => {
    const isTaken = write.call(stdout, data, ...rest);
    seen += data;
    // Before it the terminal is only taken over.
    if (seen.slice(seen.indexOf(' bastide ') >>> 0).includes(frameEnd)) {
      stdout.write = write;
      const { user, system } = process.cpuUsage();
      writeFileSync(file, String((user + system) / 1000));
    }
    return isTaken;
  };
}
