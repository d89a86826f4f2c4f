// Chromium through Playwright, with the few calls that the tests make: Playwright's own types need those of a browser.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface BrowserLocator {
  allTextContents(): Promise<string[]>;
  textContent(): Promise<string | null>;
  click(): Promise<void>;
  selectOption(value: string): Promise<unknown>;
}
export interface BrowserPage {
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  on(event: 'console', listener: (message: { text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  goto(url: string): Promise<unknown>;
  locator(selector: string): BrowserLocator;
  getByLabel(text: string): BrowserLocator;
  evaluate(script: string): Promise<unknown>;
}
export interface Browser {
  newPage(options: { readonly colorScheme: 'light' | 'dark' }): Promise<BrowserPage>;
  close(): Promise<void>;
}
interface Playwright {
  readonly chromium: { launch(options: { executablePath: string; args: readonly string[] }): Promise<Browser> };
}

/** Undefined where there is none. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((one) =>
  existsSync(one),
);

export function openBrowser(): Promise<Browser> {
  const { chromium } = createRequire(import.meta.url)('playwright-core') as Playwright;
  return chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
}
