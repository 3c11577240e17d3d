import { DAY_SECONDS } from './flow-records.mjs';
import { HOSTS, SKIPPED } from './network.mjs';

const HALF_HOUR = 1800;
const RHYTHMS = { daily: 24, weekly: 168, monthly: 744, quarterly: 2208, yearly: 8784 };

/** The dates on which the business of the sample does what it does on no other day, as its guardrails name them, and the days (UTC) that are meant. */
const CALENDAR = [
  ['close of the books', 'quarter-end', ['2025-12-31', '2026-03-31', '2026-06-30']],
  ['annual accounts', 'year-end', ['2025-12-31', '2026-12-31']],
  ['DR test', '2026-02-14', ['2026-02-14']],
  ['patch day', '2026-05-12', ['2026-05-12']],
];

/** Rules of the sample that its guardrails protect; one of them a copy, which nothing else would keep. */
export const PROTECTED = { policy: 'sg-*', description: '*break-glass*', reason: 'the way in when everything else fails' };

/** The guardrails of the sample. Written by hand, not by the product. */
export function guardrailsText(copy) {
  return [
    '# Guardrails of the sample: what a plan must not touch, and the days on which rules are used that are not used otherwise.',
    'version: 1',
    '',
    'protectedRules:',
    `  - { policy: "${PROTECTED.policy}", description: "${PROTECTED.description}", reason: ${PROTECTED.reason} }`,
    `  - { rule: ${copy}, reason: a vendor checks for it }`,
    '',
    'calendar:',
    ...CALENDAR.map(([name, date]) => `  - { name: ${name}, date: ${date} }`),
    '',
  ].join('\n');
}

/**
 * Which regular uses the logs would have shown, by trying every moment at which they may come, half an hour apart, and looking at every time they
 * come back. The interface that lost records shows the least.
 */
export function rhythmsOf(firstDay, dayCount) {
  const end = firstDay + dayCount * DAY_SECONDS;
  const isLogged = (time, hostName) => time >= firstDay && time < end && !(hostName === SKIPPED.host && hourOf(time) === SKIPPED.hour);
  const uses = Object.entries(RHYTHMS).map(([use, hours]) => {
    const shownOn = HOSTS.map((host) => hoursShown(hours, firstDay, end, (time) => isLogged(time, host.name)));
    return { use, hours: Math.min(...shownOn), interfacesSure: shownOn.filter((shown) => shown === hours).length };
  });
  const calendar = CALENDAR.map(([name, date, days]) => {
    const inWindow = days.filter((day) => Date.parse(day) / 1000 >= firstDay && Date.parse(day) / 1000 < end);
    return { name, date, days: inWindow.map((day) => ({ day, coveredHours: coveredHours(Date.parse(day) / 1000, isLogged) })) };
  });
  return { uses, calendar, blindHour: SKIPPED.hour };
}

function hoursShown(hours, firstDay, end, isLogged) {
  let shown = 0;
  for (let moment = firstDay; moment < firstDay + hours * 3600; moment += HALF_HOUR) {
    let isShown = false;
    for (let time = moment; time < end && !isShown; time += hours * 3600) isShown = isLogged(time);
    if (isShown) shown += 0.5;
  }
  return shown;
}

function coveredHours(day, isLogged) {
  const hoursOf = (host) => Array.from({ length: 24 }, (_, hour) => day + hour * 3600).filter((time) => isLogged(time, host.name)).length;
  return Math.min(...HOSTS.map(hoursOf));
}

function hourOf(time) {
  return Math.floor((time % DAY_SECONDS) / 3600);
}
