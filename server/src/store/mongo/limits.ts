/* How long MongoDB may take over what, in ms. */

/** Until a server that takes writes must be found. */
export const SELECTION = 5_000

/** One read, one statement of a transaction, one commit. Well under the minute that the server gives a transaction. */
export const TIMEOUT = 15_000

/** All tries of one group together, and how many there may be. */
export const GROUP = 20_000
export const MAX_TRIES = 100
