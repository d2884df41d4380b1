import { classes } from './classes.ts'

/** Turns beside words that say what is going on. */
export function Spinner({ size = 16 }: { size?: 13 | 16 }) {
  return <span className={classes('spin', size === 13 && 'spin--13')} aria-hidden="true" />
}
