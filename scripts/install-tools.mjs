// Installs what `npm run check` and the tests of the architecture need, beside the package itself.
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { installLocked } from './install-locked.mjs';

try {
  installLocked(join(root, 'tools'));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
