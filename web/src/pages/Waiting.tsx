import type { ReactNode } from 'react'
import { codeOf } from '../kernel/ErrorBoundary.tsx'
import { t } from '../kernel/i18n.ts'
import { ErrorScreen } from '../shell/ErrorScreen.tsx'
import { OfflineScreen } from '../shell/OfflineScreen.tsx'
import { SkeletonRows } from '../ui/Skeleton.tsx'
import type { Asking } from './use-answer.ts'

export type WaitingProps<T> = { asking: Asking<T>; children: (answer: T, put: (answer: T) => void) => ReactNode }

/** What was asked for, once it is there; until then its place, or why it could not be had. */
export function Waiting<T>({ asking: { answered, again, put }, children }: WaitingProps<T>) {
  switch (answered.state) {
    case 'waiting':
      return <SkeletonRows label={t('security.loading')} />
    case 'offline':
      return <OfflineScreen />
    case 'failed':
      return <ErrorScreen code={codeOf(answered.error)} onRetry={again} />
    case 'here':
      return children(answered.answer, put)
  }
}
