import { t } from '../kernel/i18n.ts'
import { Banner } from '../ui/Banner.tsx'
import { Icon, WifiOff } from '../ui/Icon.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { useSecondsUntil } from '../ui/useSecondsUntil.ts'

export type ConnectionBannerProps =
  | { state: 'offline' }
  /** `nextAt` is when it is tried again, in ms of this device's clock. */
  | { state: 'again'; attempt: number; nextAt: number | null }

/** Offline at once; connecting again once that has taken 4 seconds, which whoever shows it counts. */
export function ConnectionBanner(props: ConnectionBannerProps) {
  const seconds = useSecondsUntil(props.state === 'again' ? props.nextAt : null)
  if (props.state === 'offline') {
    return (
      <Banner look="offline" icon={<Icon of={WifiOff} size={16} />}>
        {t('states.offline')}
      </Banner>
    )
  }
  return (
    <Banner
      look="again"
      icon={<Spinner />}
      end={seconds > 0 && <span aria-hidden="true">{t('states.seconds', { count: seconds })}</span>}
    >
      {t('states.connecting', { attempt: props.attempt })}
    </Banner>
  )
}
