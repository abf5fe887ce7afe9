import * as v from 'valibot'

/** Whole numbers from 0 that a JavaScript number holds exactly. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
