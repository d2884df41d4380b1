import '../../kernel/auth-texts.ts'
import '../../kernel/entry-texts.ts'
import '../../theme/entry.css'
import { confirmTotp, type OutputOf, type beginTotp } from '@connectly/protocol'
import { useMemo, useState } from 'react'
import { Copy } from 'lucide-react'
import { t } from '../../kernel/i18n.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { codeOf, entryErrorText, useAsking } from '../accounts/index.ts'
import { CodeForm } from './CodeForm.tsx'
import { QrCode } from './QrCode.tsx'
import { useStepUp } from './step-up.tsx'

export type TotpDialogProps = {
  /** The key that was made for this. */
  begun: OutputOf<typeof beginTotp>
  onDone: (answer: OutputOf<typeof confirmTotp>) => void
  onClose: () => void
}

/** Puts an authenticator app in place: it is shown a key, and shows a code of it back. */
export function TotpDialog({ begun, onDone, onClose }: TotpDialogProps) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const { busy, failure, until, run } = useAsking()
  const say = useMemo(() => (failure === null ? undefined : { text: textOf(failure, until) }), [failure, until])
  const confirm = (code: string) =>
    void run(async () => {
      const answer = await withStepUp((stepUp) => connection.ask(confirmTotp, { stepUp, ticket: begun.ticket, code }))
      if (answer) onDone(answer)
    })
  return (
    <Dialog title={t('security.totpTitle')} closeLabel={t('app.close')} onClose={onClose}>
      <p className="dim">{t('security.totpScan')}</p>
      <div className="qrrow">
        <QrCode text={begun.uri} label={t('security.totpQr')} />
        <Key keyText={begun.key} />
      </div>
      <p className="b6">{t('security.totpThen')}</p>
      <CodeForm busy={busy} until={until} say={say} onCode={confirm} />
    </Dialog>
  )
}

/** For whoever can't scan it: in groups of four, as one reads it off. */
function Key({ keyText }: { keyText: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard.writeText(keyText).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  return (
    <div className="vst qrrow__key">
      <span className="lbl">{t('security.totpKey')}</span>
      <code className="key" dir="ltr">
        {keyText.match(/.{1,4}/g)?.join(' ')}
      </code>
      <Button look="tonal" size="small" onClick={() => void copy()}>
        <Icon of={Copy} size={16} />
        {t(isCopied ? 'security.copied' : 'security.totpCopyKey')}
      </Button>
      <output className="sr">{isCopied && t('security.copied')}</output>
    </div>
  )
}

function textOf(failure: unknown, until: number | null): string {
  if (codeOf(failure) === 'LinkSpent') return t('security.totpSpent')
  return entryErrorText(failure, until, { WrongProof: t('entry.codeWrong') })
}
