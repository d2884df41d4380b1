import { addSharedIndex, type Migration } from './portable.ts'

/** Several processes: each asks which places were touched lately, and tells what it has missed of them. */
export const processes: Migration = { number: 3, name: 'processes', steps: [addSharedIndex('places', 'lastAt')] }
