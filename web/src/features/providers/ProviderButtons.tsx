import { LogIn } from 'lucide-react'
import type { EntryRules } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'

export type ProviderButtonsProps = {
  providers: EntryRules['providers']
  /** The one that is being left for. */
  leavingFor: string | null
  onLeave: (provider: EntryRules['providers'][number]) => void
}

/** A button for each service that one can sign in with. */
export function ProviderButtons({ providers, leavingFor, onLeave }: ProviderButtonsProps) {
  return (
    <>
      {providers.map((each) => (
        <Button
          key={each.provider}
          look="outline"
          size="wide"
          busy={leavingFor === each.provider}
          onClick={() => onLeave(each)}
        >
          {each.provider === 'google' ? <Google /> : <Icon of={LogIn} directional />}
          {t('auth.continueWith', { name: each.name })}
        </Button>
      ))}
      <div className="or">{t('auth.orEmail')}</div>
    </>
  )
}

/** Its sign, as its rules for such buttons want it. */
function Google() {
  return (
    <svg className="i" viewBox="0 0 24 24" aria-hidden="true" stroke="none">
      <path
        fill="#4285f4"
        d="M22.6 12.3c0-.8-.1-1.5-.2-2.2H12v4.2h5.9a5 5 0 0 1-2.2 3.3v2.7h3.600c2.100-1.900 3.300-4.800 3.300-8z"
      />
      <path
        fill="#34a853"
        d="M12 23c3 0 5.500-1 7.300-2.700l-3.600-2.700c-1 .7-2.200 1.100-3.700 1.100-2.900 0-5.300-1.900-6.200-4.500H2.200V17A11 11 0 0 0 12 23z"
      />
      <path fill="#fbbc05" d="M5.800 14.100a6.600 6.600 0 0 1 0-4.200V7.100H2.200a11 11 0 0 0 0 9.900z" />
      <path
        fill="#ea4335"
        d="M12 5.400c1.600 0 3.100.6 4.200 1.700l3.200-3.200A11 11 0 0 0 2.200 7.100l3.600 2.800C6.700 7.300 9.100 5.400 12 5.400z"
      />
    </svg>
  )
}
