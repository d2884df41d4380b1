import type { Feature, Starting } from '../../kernel/feature.ts'
import { remove } from '../../store/store.ts'
import { serveCopies } from './archive.ts'
import { deleteAccounts } from './leaving.ts'
import { myDataHandles } from './mydata.ts'
import { copyTable, leavingTable } from './mydata.tables.ts'
import { tellOfCopies } from './telling.ts'

/** A copy of everything that is somebody's, and leaving for good. */
export const mydata: Feature = {
  name: 'mydata',
  tables: [copyTable, leavingTable],
  handles: myDataHandles,
  objects: { copyId: copyTable },
  purge: async (store, userId) =>
    (await store.find(copyTable, { where: { userId }, limit: 1000 })).map(({ copyId }) =>
      remove(copyTable, { copyId }),
    ),
  starts: (parts: Starting) => {
    serveCopies(parts)
    tellOfCopies(parts)
    deleteAccounts(parts)
  },
}
