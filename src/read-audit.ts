import { readFile } from 'node:fs/promises';
import { type AuditResult, auditResultSchema } from './model/audit-result.ts';
import { InputError } from './model/errors.ts';

const READABLE_VERSION = 1;

/**
 * Reads an archived `audit.json`.
 *
 * @throws {InputError} when the file cannot be read, is of another version, or does not fit the schema
 */
export async function readAudit(path: string): Promise<AuditResult> {
  return parseAudit(path, await readText(path));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function parseAudit(path: string, text: string): AuditResult {
  const document = parseJson(path, text);
  const version = typeof document === 'object' && document !== null && 'schemaVersion' in document ? document.schemaVersion : undefined;
  if (version === undefined) throw new InputError(path, 'is not the audit.json of an audit: it has no "schemaVersion"');
  if (version !== READABLE_VERSION) {
    throw new InputError(
      path,
      `has schema version ${JSON.stringify(version)}; this release reads version ${READABLE_VERSION}. Use the release that wrote it, or audit again`,
    );
  }
  const parsed = auditResultSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = first === undefined ? '' : ` at /${first.path.join('/')}: ${first.message}`;
  throw new InputError(
    path,
    `is damaged or was changed by hand${place}; ${parsed.error.issues.length} places do not fit the schema. Audit again`,
  );
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(path, `is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
