import { myData, askCopy, cancelCopy, downloadCopy, leave, stay } from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const mydata: Feature = {
  name: 'mydata',
  handles: [
    handle(myData, () => refuse('NotFound')),
    handle(askCopy, () => refuse('NotFound')),
    handle(cancelCopy, () => refuse('NotFound')),
    handle(downloadCopy, () => refuse('NotFound')),
    handle(leave, () => refuse('NotFound')),
    handle(stay, () => refuse('NotFound')),
  ],
}
