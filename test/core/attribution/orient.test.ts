import { expect, test } from 'vitest';
import {
  DIRECTION_IN,
  DIRECTION_OUT,
  DIRECTION_UNKNOWN,
  directionOf,
  OPENER_A,
  OPENER_B,
  OPENER_UNKNOWN,
  openerOf,
} from '../../../src/core/attribution/orient.ts';
import { EVIDENCE_OPENER, EVIDENCE_RESPONDER, EVIDENCE_SHIFT_BA, LOGGED_EGRESS, LOGGED_INGRESS } from '../../../src/model/flow.ts';

const ba = (bits: number): number => bits << EVIDENCE_SHIFT_BA;

test('a SYN names its sender as the opener, a SYN-ACK its receiver', () => {
  expect(openerOf(EVIDENCE_OPENER)).toBe(OPENER_A);
  expect(openerOf(ba(EVIDENCE_OPENER))).toBe(OPENER_B);
  expect(openerOf(ba(EVIDENCE_RESPONDER))).toBe(OPENER_A);
  expect(openerOf(EVIDENCE_RESPONDER)).toBe(OPENER_B);
});

test('no evidence, and evidence for both sides, prove no opener', () => {
  expect(openerOf(0)).toBe(OPENER_UNKNOWN);
  expect(openerOf(EVIDENCE_OPENER | ba(EVIDENCE_OPENER))).toBe(OPENER_UNKNOWN);
  expect(openerOf(EVIDENCE_OPENER | EVIDENCE_RESPONDER)).toBe(OPENER_UNKNOWN);
});

test('the direction is what the log says before it is read from addresses', () => {
  expect(directionOf(LOGGED_INGRESS, true, false)).toBe(DIRECTION_IN);
  expect(directionOf(ba(LOGGED_INGRESS), false, true)).toBe(DIRECTION_OUT);
  expect(directionOf(LOGGED_EGRESS | ba(LOGGED_INGRESS), false, false)).toBe(DIRECTION_OUT);
});

test('without a logged direction the side with the address of the interface tells it; both or neither tell nothing', () => {
  expect(directionOf(0, false, true)).toBe(DIRECTION_IN);
  expect(directionOf(0, true, false)).toBe(DIRECTION_OUT);
  expect(directionOf(0, true, true)).toBe(DIRECTION_UNKNOWN);
  expect(directionOf(0, false, false)).toBe(DIRECTION_UNKNOWN);
});

test('an interface that talks to itself has no direction, because both are logged', () => {
  expect(directionOf(LOGGED_INGRESS | LOGGED_EGRESS, true, true)).toBe(DIRECTION_UNKNOWN);
});
