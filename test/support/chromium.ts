import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The little of playwright-core that the browser tests use; the package lives in tools/ and may be absent. */
export interface Page {
  goto(url: string): Promise<unknown>;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  evaluate<Result>(expression: string): Promise<Result>;
  fill(selector: string, text: string): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  press(selector: string, key: string): Promise<void>;
  textContent(selector: string): Promise<string | null>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  close(): Promise<void>;
}

export interface Browser {
  newPage(options?: { readonly javaScriptEnabled?: boolean }): Promise<Page>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: { launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<Browser> };
}

export type ChromiumSearch = { readonly ok: true; launch(): Promise<Browser> } | { readonly ok: false; readonly reason: string };

/** Chromium from `CHROMIUM_PATH` or the search path, driven by the playwright-core of tools/; or why the browser tests cannot run. */
export function findChromium(): ChromiumSearch {
  const executablePath =
    process.env['CHROMIUM_PATH'] ?? findExecutable(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
  if (executablePath === null) return { ok: false, reason: 'no Chromium on the search path, and CHROMIUM_PATH is not set' };
  const playwright = loadPlaywright();
  if (playwright === null) return { ok: false, reason: 'tools/node_modules has no playwright-core; run npm ci in tools/' };
  return { ok: true, launch: () => playwright.chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] }) };
}

function findExecutable(names: readonly string[]): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const name of names) if (isExecutable(path.join(folder, name))) return path.join(folder, name);
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function loadPlaywright(): Playwright | null {
  try {
    return createRequire(new URL('../../tools/package.json', import.meta.url))('playwright-core') as Playwright;
  } catch {
    return null;
  }
}
