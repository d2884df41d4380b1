import type { Feature } from '../../kernel/feature.ts'
import { exportLinks, purgeLinks } from './gone.ts'
import { linkingHandles } from './linking.ts'
import { identityTable } from './providers.tables.ts'
import { returningHandles } from './returning.ts'

/** Signing in with an account of another service, and which of them are mine. */
export const providers: Feature = {
  name: 'providers',
  tables: [identityTable],
  handles: [...returningHandles, ...linkingHandles],
  purge: purgeLinks,
  exports: exportLinks,
}
