// Writes docs/screens.md, every screen as an operator sees it at 80x24 and 140x40, and docs/pictures/, from a real terminal over the
// demo world. `npm run captures`. What changes from run to run (ports, times, identifiers) is replaced.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bastideProcess, freshHome, type Home, launcher, root } from './bastide.ts';
import { firstLine, stopped } from './child.ts';
import { pictureOf, settledText } from './picture.ts';
import { keys, openScreen, type TestScreen } from './screen.ts';

interface Scene {
  readonly title: string;
  readonly says: string;
  /** Leads there from wherever the scene before left off; resolves when it is there. */
  to(screen: TestScreen): Promise<unknown>;
}

const away = async (screen: TestScreen) => {
  screen.type(keys.escape);
  await screen.quiet(300);
};
/** The screen of this title, whatever its number; a narrow terminal cuts its name. */
const screenOf = (title: string) => async (screen: TestScreen) => {
  const name = title.slice(0, 6);
  const [, digit = ''] = new RegExp(`\\b(\\d) ${name}`).exec(await screen.text()) ?? [];
  // Where the screen is shown already, the digit would count the next key.
  const shown = `[${digit} ${name}`;
  if (!(await screen.text()).includes(shown)) await screen.press(digit, shown);
  await screen.quiet(400);
};
/** What a few keys lay above the screen, once nothing else does. */
const above = (text: string) => async (screen: TestScreen) => {
  await away(screen);
  await away(screen);
  screen.type(text);
  await screen.quiet(500);
};

const scenes: readonly Scene[] = [
  {
    title: 'Overview',
    says: 'how each area stands, the best next fix, what changed',
    async to(screen) {
      await screenOf('Overview')(screen);
      // Computed while the screen is idle.
      await screen.until(/\d+ changes resolve/);
    },
  },
  {
    title: 'Problems',
    says: 'one row for each resource to change or decision to make, with what it takes',
    async to(screen) {
      await screenOf('Problems')(screen);
      screen.type('j');
      await screen.quiet(300);
    },
  },
  { title: 'Resources', says: 'the tree, what fails there, and why', to: screenOf('Resources') },
  {
    title: 'Tables',
    says: 'the rules of a network security group, each by its priority, and what shadows it',
    async to(screen) {
      screen.type('/');
      await screen.quiet(300);
      screen.type('nsg-train\r');
      await screen.quiet(300);
      screen.type('Gkd]]]');
      await screen.until('Security rules');
      await screen.quiet(300);
    },
  },
  {
    title: 'Findings',
    says: 'grouped, sorted, marked: several become one plan',
    async to(screen) {
      await away(screen);
      await away(screen);
      await away(screen);
      await screenOf('Findings')(screen);
      screen.type('j j ');
      await screen.quiet(300);
    },
  },
  {
    title: 'Map',
    says: 'the network drawn: what uses each subnet, what it reaches, what is blocked',
    async to(screen) {
      await screenOf('Map')(screen);
      screen.type('j');
      await screen.quiet(300);
    },
  },
  {
    title: 'Path',
    says: 'packets followed hop by hop',
    async to(screen) {
      screen.type(':');
      await screen.quiet(300);
      screen.type('path --source gpu-cluster --destination stmlsim\r');
      await screen.until('Hops');
      await screen.quiet(400);
    },
  },
  {
    title: 'Command line',
    says: 'commands, resources and findings by a few of their letters',
    to: above(':stml'),
  },
  {
    title: 'Plan',
    says: 'before and after of each setting, and the undo, before anything is sent; simulated on a copy',
    async to(screen) {
      await away(screen);
      await away(screen);
      await screenOf('Findings')(screen);
      await screen.press('F', 'Apply');
      await screen.press('r', /what-if: \d+ of/);
      screen.type('jj');
      await screen.quiet(500);
    },
  },
  {
    title: 'Apply',
    says: 'the state of each step, and the result',
    async to(screen) {
      screen.type(keys.tab);
      await screen.quiet(300);
      screen.type(keys.enter);
      await screen.until('verified');
      await screen.quiet(1000);
    },
  },
  {
    title: 'History',
    says: 'past changes, what each changed, undo to this point',
    async to(screen) {
      await away(screen);
      // What the last change has said goes after some seconds.
      await screen.until((text) => !text.includes('Applied and verified'));
      await screenOf('History')(screen);
    },
  },
  { title: 'Log', says: 'every request sent, as the Azure CLI would say it', to: screenOf('Log') },
  {
    title: 'Assumptions',
    says: 'what Azure cannot tell, and which rules depend on each answer',
    to: screenOf('Assumptions'),
  },
  {
    title: 'Guide',
    says: 'one finding at a time, with its plan',
    async to(screen) {
      screen.type(':');
      await screen.quiet(300);
      screen.type('guide\r');
      await screen.until(/skip/);
      await screen.quiet(600);
    },
  },
  {
    title: 'Help',
    says: 'every key, the command it runs, and why it is unavailable',
    to: above('?'),
  },
];

const welcome = {
  title: 'Welcome',
  says: 'each sign-in method that was tried, and the workspaces that can be opened, where the requested one does not exist',
};

const dark = JSON.parse(readFileSync(path.join(root, 'themes/dark.json'), 'utf8')) as {
  readonly ground: string;
  readonly roles: { readonly heading: { readonly color: string } };
};

const folder = path.join(root, 'docs/pictures');
const fileOf = (title: string): string => `${title.toLowerCase().replaceAll(' ', '-')}.svg`;

function draw({ title, says }: Pick<Scene, 'title' | 'says'>, screen: TestScreen): void {
  mkdirSync(folder, { recursive: true });
  const palette = { ground: dark.ground, text: dark.roles.heading.color };
  const picture = pictureOf(screen.terminal, { title: `${title}: ${says}`, palette, settled: settledText });
  writeFileSync(path.join(folder, fileOf(title)), picture);
}

type Size = { readonly cols: number; readonly rows: number };

async function captured(size: Size): Promise<Map<string, string>> {
  const home = freshHome();
  await bastideProcess(['config', 'set', 'tour', 'false'], home);
  const screen = openScreen('sh', [launcher, '--demo', '--theme', 'dark', '--fail-on', 'never'], {
    ...size,
    env: home.env,
  });
  const shots = new Map<string, string>();
  try {
    shots.set(welcome.title, await welcomed(size, home));
    await screen.until(/\[\d Overview\]/);
    for (const scene of scenes) {
      await scene.to(screen);
      shots.set(scene.title, settledText(await screen.text()));
      if (size.cols === 140) draw(scene, screen);
    }
    return shots;
  } finally {
    screen.kill('SIGTERM');
    await screen.exit;
    home.remove();
  }
}

/** A separate cloud, in which the requested workspace does not exist. */
async function welcomed(size: Size, home: Home): Promise<string> {
  const server = spawn('sh', [launcher, 'simulate', '--world', 'mixed', '--wire', 'plain'], {
    env: home.env,
    cwd: home.folder,
  });
  try {
    const ready = JSON.parse(await firstLine(server)) as Record<string, string>;
    const account = {
      AZURE_TENANT_ID: ready.tenant ?? '',
      AZURE_CLIENT_ID: ready.client ?? '',
      AZURE_CLIENT_SECRET: ready.secret ?? '',
    };
    const words = [launcher, '--endpoint', ready.endpoint ?? '', '--ca', ready.ca ?? '', '--workspace', 'mlw-prod'];
    const screen = openScreen('sh', words, { ...size, wholeEnv: { ...home.env, ...account }, cwd: home.folder });
    await screen.until('Enter to open');
    await screen.quiet(500);
    const text = settledText(await screen.text());
    if (size.cols === 140) draw(welcome, screen);
    screen.type('q');
    await screen.exit;
    return text;
  } finally {
    await stopped(server);
  }
}

const sizes = [
  [80, 24],
  [140, 40],
] as const;
const shots: { readonly size: string; readonly of: ReadonlyMap<string, string> }[] = [];
for (const [cols, rows] of sizes) shots.push({ size: `${cols}x${rows}`, of: await captured({ cols, rows }) });
const parts = [welcome, ...scenes].map(({ title, says }) => {
  const texts = shots.map(({ size, of }) => `At ${size}:\n\n\`\`\`text\n${of.get(title) ?? ''}\n\`\`\``);
  return `## ${title}\n\n${says[0]?.toUpperCase()}${says.slice(1)}.\n\n${texts.join('\n\n')}`;
});
const head =
  '# The screens\n\nAs an operator sees them, over the demo world `mixed`; written by `npm run captures` from a real terminal.';
writeFileSync(path.join(root, 'docs/screens.md'), `${[head, ...parts].join('\n\n')}\n`);

const gallery = [welcome, ...scenes].map(
  ({ title, says }) => `## ${title}\n\n${says[0]?.toUpperCase()}${says.slice(1)}.\n\n![${title}](${fileOf(title)})`,
);
const galleryHead =
  '# Pictures\n\nEvery screen at 140x40 in the theme `dark`, over the demo world `mixed`; written by `npm run captures` from a real terminal.';
writeFileSync(path.join(folder, 'README.md'), `${[galleryHead, ...gallery].join('\n\n')}\n`);
