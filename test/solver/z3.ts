import { createRequire } from 'node:module';

/** The little of z3-solver that the oracle uses; the package lives in tools/ and may be absent. */
interface Z3Package {
  init(): Promise<{ readonly em: WasmModule; readonly Z3: LowLevelZ3 }>;
  killThreads(em: WasmModule): Promise<void>;
}

interface LowLevelZ3 {
  mk_config(): number;
  mk_context(config: number): number;
  del_config(config: number): void;
}

interface WasmModule {
  readonly HEAPU8: Uint8Array;
  _malloc(byteCount: number): number;
  _free(address: number): void;
  _async_Z3_eval_smtlib2_string(context: number, script: number): void;
  async_call(call: (context: number, script: number) => void, context: number, script: number): Promise<string>;
}

export interface Z3 {
  /** Runs SMT-LIB commands in one context that lasts as long as the solver; what they print, by line. */
  run(script: string): Promise<string[]>;
  /** Ends the threads of the solver: without it the process would not end by itself. */
  close(): Promise<void>;
}

export type Z3Search = { readonly ok: true; start(): Promise<Z3> } | { readonly ok: false; readonly reason: string };

/** The z3-solver of tools/; or why the oracle cannot run. */
export function findZ3(): Z3Search {
  const found = loadPackage();
  if (found === null) return { ok: false, reason: 'tools/node_modules has no z3-solver; run npm ci in tools/' };
  return { ok: true, start: () => startZ3(found) };
}

function loadPackage(): Z3Package | null {
  try {
    return createRequire(new URL('../../tools/package.json', import.meta.url))('z3-solver') as Z3Package;
  } catch {
    return null;
  }
}

async function startZ3({ init, killThreads }: Z3Package): Promise<Z3> {
  const { em, Z3 } = await init();
  const config = Z3.mk_config();
  const context = Z3.mk_context(config);
  Z3.del_config(config);
  return {
    run: async (script) => {
      const lines = (await evaluate(em, context, script)).split('\n').filter((line) => line !== '');
      const error = lines.find((line) => line.startsWith('(error'));
      if (error !== undefined) throw new Error(`the solver refuses the script: ${error}`);
      return lines;
    },
    close: () => killThreads(em),
  };
}

/** The wrapper of the package lays the script on a stack that is gone before the thread of the solver has read it; so it gets memory of its own. */
async function evaluate(em: WasmModule, context: number, script: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${script}\0`);
  const address = em._malloc(bytes.length);
  try {
    em.HEAPU8.set(bytes, address);
    return await em.async_call(em._async_Z3_eval_smtlib2_string, context, address);
  } finally {
    em._free(address);
  }
}
