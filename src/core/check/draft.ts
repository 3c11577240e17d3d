import type { Introduced } from '../../model/check-result.ts';

/** Something introduced, before it has an id, a status and a verdict on whether it fails. */
export type IntroducedDraft = Omit<Introduced, 'id' | 'status' | 'fails'>;
