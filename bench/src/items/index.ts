import { fanOuts } from './fan-out.ts'
import { comeBack, newestPage } from './history.ts'
import { idles } from './idle.ts'
import type { Item } from './item.ts'
import { presence } from './presence.ts'
import { pubsub } from './pubsub.ts'
import { receipts } from './receipts.ts'
import { signIns } from './sign-ins.ts'
import { stores } from './stores.ts'
import { startUp } from './start-up.ts'

export const items: readonly Item[] = [
  ...fanOuts,
  ...idles,
  newestPage,
  comeBack,
  signIns,
  receipts,
  presence,
  startUp,
  ...stores,
  pubsub,
]
