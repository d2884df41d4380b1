import { useCallback } from 'react'
import { AskError } from '../../kernel/ask-error.ts'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useToast } from '../../shell/Toaster.tsx'
import { errorText } from '../accounts/index.ts'

/** Why something could not be done to a chat, as a sentence. */
export const actErrorText = (error: unknown): string =>
  error instanceof AskError && error.code === 'Offline' ? t('groups.needsLine') : errorText(error)

/** Does something, and says at the foot of the screen why it did not work, or, with `said`, that it did. */
export function useTry(): (work: () => Promise<unknown>, said?: string) => Promise<'done' | 'failed'> {
  const say = useToast()
  return useCallback(
    async (work, said) => {
      try {
        await work()
      } catch (error) {
        say({ kind: 'error', text: actErrorText(error) })
        return 'failed'
      }
      if (said !== undefined) say({ text: said })
      return 'done'
    },
    [say],
  )
}
