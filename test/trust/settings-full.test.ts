// Settings on a disk that takes only a part of what is written: the file is the old one or the new one, whole, and the command says
// which. The limit of the system on the size of a file stands for the disk: a write up to it is short, as on a full disk.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bastide, freshHome, type Home, launcher } from '../support/bastide.ts';

/** In units of 1024 bytes. */
const limited = (blocks: number, args: readonly string[], home: Home): Promise<number | null> =>
  new Promise((resolve) => {
    const script = `trap '' XFSZ; ulimit -f ${blocks}; exec sh "$0" "$@"`;
    const child = spawn('bash', ['-c', script, launcher, ...args], {
      env: home.env,
      cwd: home.folder,
      stdio: 'ignore',
    });
    child.on('close', resolve);
  });

test.skipIf(process.platform === 'win32')(
  'settings are the old or the new ones, at every size of the disk',
  async () => {
    const home = freshHome();
    const folder = path.join(home.folder, 'bastide');
    const file = path.join(folder, 'settings.json');
    mkdirSync(folder);
    // A member of a newer version is left alone, and makes the file large.
    const ofNewer = 'x'.repeat(5000);
    const states = new Set<string>();
    try {
      for (let blocks = 1; blocks <= 8; blocks += 1) {
        writeFileSync(file, JSON.stringify({ ofNewer, theme: 'dark' }));
        const status = await limited(blocks, ['theme', 'light'], home);
        const settings = JSON.parse(readFileSync(file, 'utf8'));
        expect(settings.ofNewer).toBe(ofNewer);
        expect([status, settings.theme]).toEqual(status === 0 ? [0, 'light'] : [4, 'dark']);
        states.add(settings.theme);
        expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      }
      expect([...states].toSorted()).toEqual(['dark', 'light']);
      expect((await bastide(['theme', 'dark'], home)).status).toBe(0);
      expect(JSON.parse(readFileSync(file, 'utf8')).theme).toBe('dark');
    } finally {
      home.remove();
    }
  },
  120_000,
);
