// Makes a fresh clone ready: `npm start`, `npm test`, `npm run check` and `npm run bench` begin here. Needs nothing but Node and npm.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.mjs';
import { installLocked } from './install-locked.mjs';

const OLDEST_NODE = [20, 19];
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Checks Node, installs the locked dependencies, compiles `src` to `dist`. Each step that has nothing to do is skipped. */
export function bootstrap() {
  requireNode();
  installLocked(root);
  compile(root, {
    config: 'tsconfig.json',
    sourceFolders: ['src'],
    outFolder: 'dist',
    buildInfo: '.cache/build.tsbuildinfo',
    stamp: '.cache/build.sha256',
    outOf: (source) => ['.js', '.js.map', '.d.ts'].map((suffix) => source.replace(/^src[\\/]/, '').replace(/\.ts$/, suffix)),
  });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(
    `rulesweep needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}. Install a newer one, then run this again.`,
  );
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    bootstrap();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
