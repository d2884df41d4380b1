import { metaTable } from '../kernel/tables.ts'
import {
  insert,
  must,
  mustNot,
  patch,
  remove,
  StoreUnusable,
  type Change,
  type Guard,
  type Store,
  type Write,
} from '../store/store.ts'
import { MOVING } from '../store/unfinished.ts'
import { Failed } from './command.ts'
import type { Sum } from './sums.ts'

/*
 * How far a move has come, kept in the target among the facts about it, in the same commits as the rows: a move that was
 * cut off anywhere goes on where it stood.
 */

/** What is moving in: the source's epoch, hashed, and how the source stood when the move began. */
export type Mark = { source: string; stood: string }
/** How far a table has come: the key of the last row that is there, and what the rows up to it add up to. */
export type Progress = Sum & { after: readonly unknown[] | null; isDone: boolean }

const FAR = `${MOVING}:`
const NONE: Progress = { rows: 0, sum: '0', after: null, isDone: false }

/** Whether a fact belongs to one store alone, and stays behind: its epoch, and what a move into it has noted. */
export const staysBehind = (name: string): boolean => name === 'epoch' || name === MOVING || name.startsWith(FAR)

export async function markOf(target: Store): Promise<Mark | null> {
  const row = await target.get(metaTable, { name: MOVING })
  return row ? (JSON.parse(row.value) as Mark) : null
}

/** Makes an empty store one that is being moved into. From then on no server starts on it. */
export async function begin(target: Store, mark: Mark, tables: readonly string[]): Promise<void> {
  const writes = [
    insert(metaTable, { name: MOVING, value: JSON.stringify(mark) }),
    ...tables.map((table) => insert(metaTable, { name: FAR + table, value: JSON.stringify(NONE) })),
  ]
  await put(target, writes, [mustNot(metaTable, { name: 'epoch' })])
}

/** Makes what an unfinished move has left nobody's, so that no move goes on with it while it is emptied. */
export async function disown(target: Store): Promise<void> {
  await put(target, [patch(metaTable, { name: MOVING }, { set: { value: JSON.stringify({ source: '', stood: '' }) } })])
}

export async function progressOf(target: Store, table: string): Promise<Progress> {
  const row = await target.get(metaTable, { name: FAR + table })
  if (!row) throw new Failed(`The target does not say how far the table ${table} has come: empty it by --anew.`)
  return JSON.parse(row.value) as Progress
}

/** Puts rows into the target, and how far they go, in one commit. */
export async function advance(
  target: Store,
  table: string,
  { writes, from, to }: { writes: readonly Write[]; from: Progress; to: Progress },
): Promise<void> {
  const far = { name: FAR + table }
  const fact = patch(metaTable, far, { set: { value: JSON.stringify(to) }, only: { value: JSON.stringify(from) } })
  await put(target, [fact, ...writes])
}

/** Lets servers in, under an epoch that no client has seen. */
export async function release(target: Store, epoch: string, tables: readonly string[]): Promise<void> {
  const writes = [
    insert(metaTable, { name: 'epoch', value: epoch }),
    remove(metaTable, { name: MOVING }),
    ...tables.map((table) => remove(metaTable, { name: FAR + table })),
  ]
  await put(target, writes, [must(metaTable, { name: MOVING })])
}

/** Commits, all or nothing. Throws `Failed` where somebody else has written to the target. */
export async function put(target: Store, writes: readonly Write[], given: readonly Guard[] = []): Promise<void> {
  const change: Change = { places: [], given, make: () => ({ writes, events: [], result: null }) }
  const [outcome] = await target.commit([change], Date.now()).catch((error: unknown) => {
    if (error instanceof StoreUnusable) throw error
    const why = String((error as Error).message).split('\n')[0]
    throw new Failed(`The target did not take it: ${why}. Run the same command again: it goes on.`, { cause: error })
  })
  if (outcome?.kind !== 'done')
    throw new Failed('Something else writes to the target. Stop it: nothing but this move may use it.')
}
