import { t } from '../../kernel/i18n.ts'
import { Check, Icon } from '../../ui/Icon.tsx'
import { ReadPill } from '../../ui/ReadPill.tsx'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import { CheckCheck } from './icons.ts'

const words = { sent: 'chats.tickSent', delivered: 'chats.tickDelivered', read: 'chats.tickRead' } as const

/** How far my last words have come: one check, two checks, two checks in a pill. */
export function Tick({ state }: { state: keyof typeof words }) {
  return (
    <span className="row__tick">
      {state === 'read' ? <ReadPill /> : <Icon of={state === 'sent' ? Check : CheckCheck} size={14} />}
      <VisuallyHidden>{t(words[state])}</VisuallyHidden>
    </span>
  )
}
