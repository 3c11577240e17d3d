import { findingKindSchema, gradeSchema } from '../../model/finding.ts';
import { STANDING_WORDS, STANDINGS } from '../rule-standing.ts';
import type { Summary } from '../summary.ts';
import { DOUBT_WORDS } from '../words/doubt.ts';
import { FINDING_KIND_WORDS } from '../words/finding-kinds.ts';
import { GRADE_WORDS, type Term } from '../words/grades.ts';
import { type Markup, markup } from './markup.ts';

/** The words of the report: grades, how wrong they may be, standings, and the kinds of findings that occur in it. */
export function glossarySection({ byKind, logs }: Summary): Markup {
  const occurring = new Set(byKind.map(([kind]) => kind));
  const grades = gradeSchema.options.map((grade) => ({ ...GRADE_WORDS[grade], title: `${grade}: ${GRADE_WORDS[grade].title}` }));
  const kinds = findingKindSchema.options.filter((kind) => occurring.has(kind)).map((kind) => FINDING_KIND_WORDS[kind]);
  return markup`<section aria-labelledby="glossary"><h2 id="glossary">Words</h2><p class="lead">A connection is one 5-tuple per interface and UTC day. Every claim about use carries a grade; silence is called unused at grades A to C only.</p>
<h3>Evidence</h3><div class="card">${terms(grades)}</div>${logs === null ? '' : markup`<h3>Doubt</h3><div class="card">${terms(DOUBT_WORDS)}</div>`}<h3>Use</h3><div class="card">${terms(STANDINGS.map((standing) => STANDING_WORDS[standing]))}</div>
${kinds.length === 0 ? '' : markup`<h3>Findings in this report</h3><div class="card">${terms(kinds)}</div>`}</section>`;
}

function terms(list: readonly Term[]): Markup {
  return markup`<dl class="terms">${list.map((term) => markup`<dt>${term.title}</dt><dd>${term.meaning}</dd>`)}</dl>`;
}
