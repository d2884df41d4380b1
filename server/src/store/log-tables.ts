import { Place, Seq, Time } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from './table.ts'

/** Each place's last number and time, and how far its reactions have come. Only the engine writes it, inside a commit. */
export const placeTable = defineTable(
  'places',
  z.object({ place: Place, seq: Seq, lastAt: Time, reactedSeq: Seq, unreacted: z.boolean() }),
  { key: ['place'], indexes: [['unreacted']] },
)
export type PlaceRow = NonNullable<typeof placeTable.row>

/** The log: what happened in a place, by number. A delivery buffer, not the archive. */
export const eventTable = defineTable(
  'events',
  z.object({ place: Place, seq: Seq, at: Time, name: z.string(), data: z.record(z.string(), z.unknown()) }),
  { key: ['place', 'seq'] },
)
export type EventRow = NonNullable<typeof eventTable.row>
