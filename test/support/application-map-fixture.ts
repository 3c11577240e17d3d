import { type ApplicationMap, applicationMapSchema, type MapEdge, type MapNode } from '../../src/model/application-map.ts';

/** `web -> db tcp/5432 120` with `rejected` or `unknown` behind it where that holds; places by name, `internet` is the internet. */
export function mapFixture(lines: readonly string[], parts: Partial<ApplicationMap> = {}): ApplicationMap {
  const edges = lines.map(edgeOf);
  const names = [...new Set(edges.flatMap(({ source, destination }) => [source, destination]))].sort();
  const nodes = names.map(
    (name): MapNode => ({ id: name, kind: name === 'internet' ? 'internet' : 'policies', name, interfaces: 2, opened: 1, received: 1 }),
  );
  const connections = edges.reduce((sum, edge) => sum + edge.connections, 0);
  const total = { nodes: nodes.length, edges: edges.length, connections, sightings: 2 * connections, bytes: '123456' };
  const omitted = { nodes: 0, edges: 0, connections: 0, sightings: 0, bytes: '0' };
  return applicationMapSchema.parse({ detail: 'services', nodes, edges, total, omitted, perInterface: 0, ...parts });
}

function edgeOf(line: string): MapEdge {
  const [, source = '', destination = '', service = '', count = '', state = ''] =
    /^(.*?) -> (.*) (\S+) (\d+)(?: (rejected|unknown))?$/s.exec(line) ?? [];
  const connections = Number(count);
  const rejected = state === 'rejected' ? connections : 0;
  return {
    source,
    destination,
    service,
    orientation: state === 'unknown' ? 'unknown' : 'proven',
    connections,
    accepted: connections - rejected,
    rejected,
    undecided: 0,
    answered: connections - rejected,
    refusedReplies: 0,
    sightings: 2 * connections,
    bytes: String(connections * 1000),
    firstDay: '2026-01-01',
    lastDay: '2026-01-31',
  };
}
