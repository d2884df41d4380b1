import type { UserId } from '@connectly/protocol'
import { newId } from '@connectly/server/test-kit'
import { newLink, type LinkPurpose } from '../../server/src/kernel/links.ts'
import type { World } from './matrix-world.ts'

/* Links as mails carry them, made without one. */

/** A link that opens an account of somebody new, by its token. */
export async function tokenFor(world: World, purpose: LinkPurpose): Promise<string> {
  const { userId } = await world.somebody('linked')
  return world.server.app.services.seals.linkToken(await linkFor(world, purpose, userId))
}

/** The six digits of a mail to an address that this person says is theirs. */
export const codeFor = async (world: World, userId: UserId): Promise<string> =>
  world.server.app.services.seals.code(await linkFor(world, 'confirm', userId))

async function linkFor(world: World, purpose: LinkPurpose, userId: UserId): Promise<string> {
  const data = { email: `${newId()}@example.org` }
  const { linkId, write } = newLink({ purpose, userId, now: Date.now(), life: 3_600_000, data })
  const make = () => ({ writes: [write], events: [], result: null })
  await world.store.commit([{ places: [], given: [], make }], Date.now())
  return linkId
}
