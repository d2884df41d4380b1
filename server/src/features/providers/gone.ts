import type { UserId } from '@connectly/protocol'
import { remove, type Reader, type Write } from '../../store/store.ts'
import { keyOf, linksOf } from './links.ts'
import { identityTable } from './providers.tables.ts'

/** No other service signs in whoever has left. */
export const purgeLinks = async (store: Reader, userId: UserId): Promise<Write[]> =>
  (await linksOf(store, userId)).map((link) => remove(identityTable, keyOf(link)))

/** Which accounts of other services sign them in. */
export async function exportLinks(store: Reader, userId: UserId): Promise<Record<string, unknown>> {
  const links = await linksOf(store, userId)
  return { 'linked-accounts.json': links.map(({ userId: _mine, ...link }) => link) }
}
