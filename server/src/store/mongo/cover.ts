import { roomPlace, userPlace, type Place } from '@connectly/protocol'
import type { Doc } from './rows.ts'
import { keptTable } from './rows.ts'
import type { Guard } from '../store.ts'
import type { Table } from '../table.ts'

/*
 * Write skew. A transaction sees one moment, and MongoDB lets two of them go through that each rely on what the other
 * changes, as long as they write different documents: two admins step down, each having seen the other, and none is left.
 * So what a change relies on must meet the writers of it in some document that both write:
 *
 * - A place that the change names is always written (locked) first. Who changes a row of a room commits to the room's
 *   place, who changes a row of a person only, to the person's. A guarded row of such a place is covered by its lock.
 * - Any other guarded row is touched: a counter in it is raised, and whoever changes the row meets that. So is one that is
 *   there and must not fit.
 * - A row that must not be there cannot be touched. The places that its key names are locked besides, since whoever adds
 *   it commits there. Where its key names none (a name that is still free), a unique set decides.
 * - A row that another is added under (a reference) is touched unless its own place is locked; who takes it away touches
 *   its place as well.
 * - Sessions are left out: each ask guards the session it came by, and touching it would make every two asks of one
 *   person meet. The end of a session is told to the connections, and looked at again before an answer goes out.
 */

const EXEMPT: ReadonlySet<string> = new Set(['sessions'])

/** Whether a row that a change relies on is safe under the places that the change locks. */
export function isCovered(table: Table, doc: Doc, places: readonly Place[]): boolean {
  if (EXEMPT.has(table.name)) return true
  const { roomId, userId } = doc
  if (typeof roomId === 'string') return places.includes(roomPlace(roomId))
  return typeof userId === 'string' && places.includes(userPlace(userId))
}

/** The places to lock for a guard that a row is not there. */
export function placesOfAbsence({ table, key, must }: Guard): Place[] {
  if (must || EXEMPT.has(table.name)) return []
  const { roomId, userId } = key as Record<string, unknown>
  const places: Place[] = []
  if (typeof roomId === 'string') places.push(roomPlace(roomId))
  if (typeof userId === 'string') places.push(userPlace(userId))
  if (places.length > 0) return places
  for (const [column, parent] of Object.entries(keptTable(table).refs)) {
    const id = (key as Record<string, unknown>)[column]
    if (typeof id === 'string') places.push(...placeOfRow(parent, id))
  }
  return places
}

/** The place of a room or a person, by its row. */
export function placeOfRow(table: string, id: string): Place[] {
  if (table === 'rooms') return [roomPlace(id)]
  return table === 'users' ? [userPlace(id)] : []
}
