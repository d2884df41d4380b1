import type { Message } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { day, number, t, time } from '../../kernel/i18n.ts'
import { useToast } from '../../shell/Toaster.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { checksumFits } from './checksum.ts'
import { Copy, ShieldAlert, ShieldCheck } from './late-icons.ts'

/** When a message reached us, its number, and whether it is what was kept. */
export function Facts({ message }: { message: Message }) {
  return (
    <>
      <dl className="pf__dl">
        <div>
          <dt>{t('acts.reached')}</dt>
          <dd>
            {day(message.at)}, {time(message.at)}
          </dd>
        </div>
        <div>
          <dt>{t('acts.number')}</dt>
          <dd>{number(message.seq)}</dd>
        </div>
      </dl>
      <Checksum message={message} />
    </>
  )
}

function Checksum({ message }: { message: Message }) {
  const say = useToast()
  const [checked, setChecked] = useState<{ fits: boolean; at: number } | null>(null)
  useEffect(() => {
    let isOld = false
    void checksumFits(message).then((fits) => isOld || setChecked({ fits, at: Date.now() }))
    return () => {
      isOld = true
    }
  }, [message])
  const copy = () =>
    void navigator.clipboard.writeText(message.checksum).then(
      () => say({ text: t('room.copied', { count: 1 }) }),
      () => say({ kind: 'error', text: t('room.copyFailed') }),
    )
  if (!checked) return null
  if (!checked.fits)
    return (
      <div className="keep keep--rose" role="alert">
        <Icon of={ShieldAlert} />
        <span className="grow">
          <b>{t('acts.broken')}</b>
          <small>{t('acts.brokenText')}</small>
        </span>
      </div>
    )
  return (
    <div className="keep keep--mint">
      <Icon of={ShieldCheck} />
      <span className="grow">
        <b>{t('acts.whole')}</b>
        <small>
          <code dir="ltr">{message.checksum.slice(0, 12)}</code> {t('acts.checkedAt', { time: time(checked.at) })}
        </small>
      </span>
      <IconButton icon={Copy} label={t('acts.copyChecksum')} onClick={copy} />
    </div>
  )
}
