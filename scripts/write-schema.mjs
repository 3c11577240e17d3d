// Writes schema/*.json from the zod schemas of the model: `npm run schema`, after a change of the model.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';

bootstrap();
const { jsonSchemaFiles } = await import(new URL('../dist/model/json-schemas.js', import.meta.url).href);
const folder = join(root, 'schema');
mkdirSync(folder, { recursive: true });
const files = jsonSchemaFiles();
for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
for (const [name, text] of files) writeFileSync(join(folder, name), text);
process.stderr.write(`wrote ${files.size} files to schema/\n`);
