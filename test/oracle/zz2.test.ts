import { test } from 'vitest';
import { inTemporaryFolder } from '../support/audit-files.ts';
import { simulateVpc } from '../support/vpc-simulator/simulate.ts';
import { findViolations } from './laws.ts';
import { auditSimulation, newestExport, type Snapshots, simulatedDays, writeSimulation } from './simulated-audit.ts';
test('one', async () => {
  const seed = Number(process.env['S']); const snapshots = process.env['P'] as Snapshots; const days = Number(process.env['D'] ?? 3);
  await inTemporaryFolder(async (folder) => {
    const v = simulateVpc(seed, { period: simulatedDays(days), statusLines: days > 30 ? 'hourly' : 'some', rules: snapshots === 'three' ? 'changing' : 'constant' });
    const result = await auditSimulation(writeSimulation(folder, [v], snapshots));
    const start = simulatedDays(3).start;
    const show = (t: number) => (newestExportAt(v, t).rules ?? []).map((r) => `${r.id} ${r.sg}:${r.dir} ${r.proto} ${r.ports ?? ''} ${r.from ?? ''}/${r.to ?? ''} ${r.peer}`);
    function newestExportAt(x: typeof v, t: number) { return x.exportAt(t); }
    const now = show(start + 86400 * 360); const mid = show(start + 86400); const before = show(start - 4 * 86400);
    console.log('enis', JSON.stringify(newestExport(v).enis), '\nnacl', JSON.stringify(newestExport(v).nacl), v.layout, v.knowledge);
    console.log('rules', [...new Set([...before, ...mid, ...now])].map((r) => `${before.includes(r) ? 'B' : '-'}${mid.includes(r) ? 'M' : '-'}${now.includes(r) ? 'A' : '-'} ${r}`).join('\n'));
    console.log(v.lines.filter((l) => 'src' in l).sort((a, b) => a.start - b.start).map((l: any) => `${l.eni} ${l.direction} ${l.src}:${l.sport} -> ${l.dst}:${l.dport} p${l.protocol} ${l.action} f${l.tcpFlags} pk${l.packets} ${new Date(l.start * 1000).toISOString().slice(8, 19)} ${l.pktSrc !== l.src ? l.pktSrc : ''} ${l.pktDst !== l.dst ? l.pktDst : ''}`).join('\n'));
    console.log('truth', [...v.truth].map(([k, t]) => `${k}: ${[...t.connections].join(' | ')}`).join('\n'));
    console.log(findViolations(result, [v], snapshots).join('\n'));
    console.log(result.policies.flatMap((p) => [...p.rules.map((r) => `${p.id}/${r.id} ${r.description} ${r.usage?.certain}..${r.usage?.possible} sole ${r.usage?.sole} answered ${r.usage?.answered} ${r.evidence?.grade} ${r.evidence?.reasons}`), `${p.id}/default ${p.defaultUsage?.certain}..${p.defaultUsage?.possible}`]).join('\n'));
  });
});
