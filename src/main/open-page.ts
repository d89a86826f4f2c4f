// Opens an address in the browser of this machine. No shell reads it.
import process from 'node:process';

/** False where there is no browser: over SSH, without a desktop, or without the program that opens addresses. */
export async function openPage(
  url: string,
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): Promise<boolean> {
  const command = openerOf(url, env, platform);
  if (command === null || !url.startsWith('https://')) return false;
  const [program, ...words] = command;
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(program, words, { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

export function openerOf(url: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): [string, ...string[]] | null {
  if (env.SSH_CONNECTION !== undefined || env.SSH_TTY !== undefined) return null;
  if (platform === 'darwin') return ['open', url];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  const hasDesktop = [env.DISPLAY, env.WAYLAND_DISPLAY].some((one) => one !== undefined && one !== '');
  return hasDesktop ? ['xdg-open', url] : null;
}
