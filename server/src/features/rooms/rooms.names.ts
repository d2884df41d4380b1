import { personChanged, profileEdited, roomPlace } from '@connectly/protocol'
import { happened } from '../../kernel/context.ts'
import { fill, on } from '../../kernel/feature.ts'
import { peopleOf } from '../accounts/index.ts'
import { MAX_ROOMS, seatTable } from './rooms.tables.ts'

/** A new name travels to every room its bearer sits in. */
export const nameReactions = [
  on(profileEdited, 'rooms.names', async ({ store }, { me: person }) => {
    const { userId } = person
    const seats = await store.find(seatTable, { where: { userId }, limit: MAX_ROOMS })
    const places = seats.map((seat) => roomPlace(seat.roomId))
    return {
      places,
      make: (next) => ({
        writes: [],
        events: places.map((place) => happened(personChanged, next(place), { userId, person })),
      }),
    }
  }),
]

export const nameFills = [
  fill(personChanged, async (store, _me, entries) => {
    const people = await peopleOf(
      store,
      entries.map(({ data }) => data.userId),
    )
    const byId = new Map(people.map((person) => [person.userId, person]))
    return entries.map(({ data: { userId } }) => ({ userId, person: byId.get(userId) ?? null }))
  }),
]
