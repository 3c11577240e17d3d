import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditRequest } from './audit-request.ts';
import { AuditVerifier, type VerifiedAudit } from './core/verify/audit-verifier.ts';
import { matchInputs } from './core/verify/match-inputs.ts';
import { ruleFormats } from './ingest/formats/index.ts';
import { readDocument } from './ingest/read-document.ts';
import { readRuleSources } from './ingest/rules.ts';
import { expandSources } from './ingest/sources.ts';
import { InputError, InterruptedError } from './model/errors.ts';
import { readAudit } from './read-audit.ts';

export interface VerifyRequest extends Pick<AuditRequest, 'rules' | 'inventory' | 'defaultAction' | 'onProgress' | 'signal'> {
  /** The audit.json to be checked. */
  readonly audit: string;
  /** null: proofs.jsonl beside it. */
  readonly proofs: string | null;
}

/** `stale`: the files are not those of the audit, so that nothing was checked; sentences say which. */
export type Verification = { readonly kind: 'stale'; readonly reasons: readonly string[] } | ({ readonly kind: 'checked' } & VerifiedAudit);

/**
 * Checks the proofs of an audit against the rule files that it read: the rules are read again, every proof is evaluated on them, and nothing is searched.
 * Dates and formats of the files are those of the audit where the request names none. Proofs are read line by line.
 *
 * @throws {InputError} when audit.json, the proofs, or a rules or inventory file cannot be used
 * @throws {InterruptedError} when the signal aborts
 */
export async function verify(request: VerifyRequest): Promise<Verification> {
  const result = await readAudit(request.audit);
  const proofs = request.proofs ?? join(dirname(request.audit), 'proofs.jsonl');
  await requireFile(proofs);
  request.onProgress({ stage: 'rules', detail: 'reading rules and inventories', fraction: null });
  const files = await expandSources(
    [...request.rules, ...request.inventory],
    ruleFormats.map((format) => format.name),
  );
  const read = await Promise.all(files.map(async (file) => ({ ...file, sha256: (await readDocument(file)).sha256 })));
  const matched = matchInputs(result.inputs, read);
  if (matched.kind === 'stale') return matched;
  const { ruleBase } = await readRuleSources(matched.files, { defaultAction: request.defaultAction });

  const verifier = new AuditVerifier(result, ruleBase.policies);
  let number = 0;
  for await (const line of linesOf(proofs)) {
    if (request.signal?.aborted === true) throw new InterruptedError('interrupted while checking proofs');
    number += 1;
    if (line !== '') verifier.addLine(line, number);
    if (number % 100 === 0) request.onProgress({ stage: 'findings', detail: `${number} proofs checked`, fraction: null });
  }
  return { kind: 'checked', ...verifier.finish() };
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() === true) return;
  throw new InputError(
    path,
    'there is no such file of proofs; name it with --proofs, or audit again with --out, which writes audit.json and proofs.jsonl',
  );
}

/** Lines end at a line feed and nowhere else: rule names may hold every other kind of line end. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
