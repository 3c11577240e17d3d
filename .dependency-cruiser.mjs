// The import borders of the project. `npm run check` enforces them; test/architecture/borders.test.ts plants one violation of each.
const stage = (...names) => `^src/(?:${names.join('|')})/`;
const external = (...names) => `(?:^|/)node_modules/(?:${names.join('|')})(?:/|$)|^(?:${names.join('|')})(?:/|$)`;
// Every module directly in src/ is a use case or a part of one, and may know several stages; these three are not.
const useCase = '^src/(?!(?:audit-request|version|workers)[.]ts$)[^/]+[.]ts$';
const workers = '^src/workers[.]ts$';
const io = '^(?:node:)?(?:fs|fs/promises|child_process|net|http|https|worker_threads)$';
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    forbid('no-circular', 'Two modules in a cycle are one module with two names.', {}, { circular: true }),
    forbid(
      'model-depends-on-nothing',
      'The vocabulary must be readable alone.',
      { path: stage('model') },
      { pathNot: [stage('model'), external('zod', 'ip-address')] },
    ),
    forbid(
      'core-is-pure',
      'core computes; reading and writing happen around it.',
      { path: stage('core') },
      {
        path: [
          stage('ingest', 'store', 'report', 'governance', 'cli'),
          useCase,
          workers,
          io,
          external('@duckdb', 'apache-arrow', 'commander', 'csv-parse'),
        ],
      },
    ),
    forbid(
      'verifier-shares-nothing',
      'A checker that shares code with the engine repeats its mistakes.',
      { path: '^src/core/verify/' },
      { path: '^src/', pathNot: ['^src/core/verify/', stage('model')] },
    ),
    forbid(
      'report-reads-the-result-only',
      'An archived result must render without its data.',
      { path: stage('report') },
      { path: [stage('ingest', 'store', 'core', 'governance', 'cli'), useCase, workers, io] },
    ),
    forbid(
      'governance-knows-model-only',
      'Who may do what is decided without the engine.',
      { path: stage('governance') },
      { path: [stage('ingest', 'store', 'core', 'report', 'cli'), useCase, workers] },
    ),
    forbid(
      'governance-files-in-journal',
      'One place that writes the record.',
      { path: stage('governance'), pathNot: '^src/governance/journal[.]ts$' },
      { path: '^(?:node:)?fs(?:/promises)?$' },
    ),
    forbid(
      'governance-processes-in-signature',
      'One place that starts processes.',
      { path: stage('governance'), pathNot: '^src/governance/signature[.]ts$' },
      { path: '^(?:node:)?child_process$' },
    ),
    forbid(
      'only-workers-starts-threads',
      'core is run by threads, it does not start them.',
      { path: '^src/', pathNot: workers },
      { path: '^(?:node:)?worker_threads$' },
    ),
    forbid(
      'workers-know-core-and-model',
      'Threads carry core, nothing else.',
      { path: workers },
      { path: [stage('ingest', 'store', 'report', 'governance', 'cli'), useCase] },
    ),
    forbid(
      'store-knows-model-only',
      'The store keeps values; it does not interpret them.',
      { path: stage('store') },
      { path: [stage('ingest', 'core', 'report', 'governance', 'cli'), useCase, workers] },
    ),
    forbid(
      'ingest-knows-model-and-store',
      'Parsing must not depend on analysis.',
      { path: stage('ingest') },
      { path: [stage('core', 'report', 'governance', 'cli'), useCase, workers] },
    ),
    forbid(
      'cli-knows-use-cases',
      'The command line calls use cases, not stages.',
      { path: stage('cli') },
      { path: [stage('ingest', 'store', 'core'), workers] },
    ),
    forbid(
      'only-store-knows-duckdb',
      'One adapter, one place to upgrade.',
      { path: '^src/', pathNot: stage('store') },
      { path: external('@duckdb') },
    ),
    forbid(
      'only-cli-knows-commander',
      'The library has no command line.',
      { path: '^src/', pathNot: stage('cli') },
      { path: external('commander') },
    ),
    forbid(
      'formats-are-strangers',
      'A vendor fix must not move another vendor.',
      { path: '^src/ingest/formats/([^/]+)/' },
      { path: '^src/ingest/formats/[^/]+/', pathNot: '^src/ingest/formats/$1/' },
    ),
    forbid('nothing-imports-cli', 'The command line is a leaf.', { path: '^src/', pathNot: stage('cli') }, { path: stage('cli') }),
    forbid(
      'src-never-imports-test',
      'Shipped code depends on shipped code.',
      { path: '^src/' },
      { path: '^(?:test|bench|samples|scripts|tools)/' },
    ),
    forbid(
      'samples-stand-alone',
      'The generator of the sample must not share a mistake with the code it tests.',
      { path: '^samples/' },
      { path: '^src/' },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist|out|[.]cache|tools/node_modules)/' },
  },
};
