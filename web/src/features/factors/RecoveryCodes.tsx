import { useEffect, useRef, useState } from 'react'
import { Copy, Download, Printer } from 'lucide-react'
import { t } from '../../kernel/i18n.ts'
import { Card, CardBody } from '../../shell/Page.tsx'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'

export type RecoveryCodesProps = {
  codes: readonly string[]
  username: string
  /** Whether there were others before, which open nothing now. */
  isAnew: boolean
  onDone: () => void
}

/** New recovery codes, this once: it goes when one says that they are somewhere safe. */
export function RecoveryCodes({ codes, username, isAnew, onDone }: RecoveryCodesProps) {
  const top = useRef<HTMLDivElement>(null)
  const [isSafe, setSafe] = useState(false)
  const [told, setTold] = useState('')
  useEffect(() => top.current?.focus(), [])
  const copy = () =>
    navigator.clipboard.writeText(codes.join('\n')).then(
      () => setTold(t('security.codesCopied')),
      () => setTold(t('security.codesCopyFailed')),
    )
  return (
    <div ref={top} tabIndex={-1} className="once">
      <Card
        title={t('security.codesTitle')}
        note={t('security.codesNote')}
        end={<span className="tag tag--honey">{t('security.codesOnce')}</span>}
      >
        <CardBody>
          <ol className="codes" aria-label={t('security.codes')}>
            {codes.map((code) => (
              <li key={code} dir="ltr">
                {code}
              </li>
            ))}
          </ol>
          <div className="acts">
            <Button look="tonal" size="small" onClick={() => void copy()}>
              <Icon of={Copy} size={16} />
              {t('security.codesCopy')}
            </Button>
            <Button look="tonal" size="small" onClick={() => download(codes, username)}>
              <Icon of={Download} size={16} />
              {t('security.codesDownload')}
            </Button>
            <Button look="tonal" size="small" onClick={() => print()}>
              <Icon of={Printer} size={16} />
              {t('security.codesPrint')}
            </Button>
            <output className="dim small">{told}</output>
          </div>
          <label className="ck">
            <input
              className="chk"
              type="checkbox"
              checked={isSafe}
              onChange={(event) => setSafe(event.target.checked)}
            />
            <span>{t('security.codesSafe')}</span>
          </label>
          <div className="acts">
            <Button
              look={isSafe ? 'primary' : 'tonal'}
              aria-disabled={!isSafe || undefined}
              onClick={() => (isSafe ? onDone() : setTold(t('security.codesTickFirst')))}
            >
              {t('security.codesDone')}
            </Button>
            {isAnew && <span className="dim small">{t('security.codesOld')}</span>}
          </div>
        </CardBody>
      </Card>
    </div>
  )
}

function download(codes: readonly string[], username: string): void {
  const head = t('security.codesFileHead', { username, host: location.host })
  const url = URL.createObjectURL(new Blob([`${head}\n\n${codes.join('\n')}\n`], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = t('security.codesFile')
  link.click()
  URL.revokeObjectURL(url)
}
