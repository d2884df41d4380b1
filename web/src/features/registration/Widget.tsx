import { useEffect, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { scriptUrl, type ServiceScript } from '../../kernel/trusted.ts'

export type ServiceKind = 'recaptcha' | 'hcaptcha' | 'turnstile'
type Options = {
  sitekey: string
  callback: (token: string) => void
  'expired-callback': () => void
  'error-callback': () => void
}
type Service = { render: (box: HTMLElement, options: Options) => unknown; ready?: (done: () => void) => void }

/** Where each service's script is, and what it puts on the page. */
const services: Record<ServiceKind, { script: ServiceScript; name: string }> = {
  recaptcha: { script: 'https://www.google.com/recaptcha/api.js?render=explicit', name: 'grecaptcha' },
  hcaptcha: { script: 'https://js.hcaptcha.com/1/api.js?render=explicit', name: 'hcaptcha' },
  turnstile: { script: 'https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit', name: 'turnstile' },
}

export type WidgetProps = { kind: ServiceKind; siteKey: string; onToken: (token: string | undefined) => void }

/** A service's own box, where whoever runs this server has chosen one. Its script comes from there, and only here. */
export function Widget({ kind, siteKey, onToken }: WidgetProps) {
  const box = useRef<HTMLDivElement>(null)
  const [isMissing, setMissing] = useState(false)
  useEffect(() => {
    let isGone = false
    load(kind).then(
      (service) => {
        if (isGone || !box.current) return
        service.render(box.current, {
          sitekey: siteKey,
          callback: onToken,
          'expired-callback': () => onToken(undefined),
          'error-callback': () => onToken(undefined),
        })
      },
      () => setMissing(true),
    )
    return () => {
      isGone = true
    }
  }, [kind, siteKey, onToken])
  return (
    <section aria-label={t('auth.widget')}>
      <div ref={box} />
      {isMissing && <output className="hint">{t('auth.widgetMissing')}</output>}
    </section>
  )
}

const loads = new Map<ServiceKind, Promise<Service>>()

function load(kind: ServiceKind): Promise<Service> {
  const known = loads.get(kind)
  if (known) return known
  const { script, name } = services[kind]
  const coming = new Promise<Service>((done, fail) => {
    const element = document.createElement('script')
    element.src = scriptUrl(script)
    element.async = true
    element.addEventListener('error', () => fail(new Error(`${kind} did not load`)))
    element.addEventListener('load', () => {
      const service = (globalThis as Record<string, unknown>)[name] as Service | undefined
      if (!service) return fail(new Error(`${kind} is not there`))
      if (service.ready && kind === 'recaptcha') service.ready(() => done(service))
      else done(service)
    })
    document.head.append(element)
  })
  loads.set(kind, coming)
  coming.catch(() => loads.delete(kind))
  return coming
}
