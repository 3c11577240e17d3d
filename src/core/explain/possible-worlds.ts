import type { Question } from './match-packet.ts';

/** Answers to questions, by axis. */
export interface World {
  holds(question: Question): boolean;
}

/**
 * Every combination of answers that makes a difference, or null when there are more than `most`. Axes are independent of each other: combinations that cannot
 * occur only add possibilities. Without questions there is one world.
 */
export function possibleWorlds(questions: Iterable<Question>, most: number): readonly World[] | null {
  const axes = [...answersByAxis(questions)];
  const count = axes.reduce((product, [, answers]) => product * answers.length, 1);
  if (count > most) return null;
  return Array.from({ length: count }, (_, index) => {
    const chosen = new Map<string, Answer>();
    let rest = index;
    for (const [axis, answers] of axes) {
      chosen.set(axis, answers[rest % answers.length] ?? null);
      rest = Math.floor(rest / answers.length);
    }
    return { holds: (question) => isAnsweredBy(question, chosen.get(question.axis) ?? null) };
  });
}

/** A number, a name, or null for a name that nobody mentions. */
type Answer = number | string | null;

function answersByAxis(questions: Iterable<Question>): Map<string, readonly Answer[]> {
  const byAxis = new Map<string, Set<Answer>>();
  for (const { axis, wanted } of questions) {
    const answers = byAxis.get(axis) ?? new Set<Answer>([wanted.kind === 'number' ? 0 : null]);
    byAxis.set(axis, answers);
    if (wanted.kind === 'name') {
      for (const name of wanted.names) answers.add(name);
    } else {
      // One number out of each stretch in which no answer changes: where it begins.
      answers.add(wanted.first);
      if (wanted.last < wanted.max) answers.add(wanted.last + 1);
    }
  }
  return new Map([...byAxis].map(([axis, answers]) => [axis, [...answers]]));
}

function isAnsweredBy({ wanted }: Question, answer: Answer): boolean {
  if (wanted.kind === 'name') return typeof answer === 'string' && wanted.names.includes(answer);
  return typeof answer === 'number' && wanted.first <= answer && answer <= wanted.last;
}
