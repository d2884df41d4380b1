import { type AuditAct, auditActs, type AuditLine, type Person, type UserId } from '@connectly/protocol'
import { useMemo } from 'react'
import { usePeople } from '../features/accounts/index.ts'
import { moment, t } from '../kernel/i18n.ts'
import { Card, CardBody } from '../shell/Page.tsx'
import { recordDetails } from '../texts/en-security.ts'

const nobody: readonly Person[] = []
/** How many people are asked for at once, at most. */
const MOST = 100

const isKnown = (act: string): act is AuditAct => (auditActs as readonly string[]).includes(act)

/** What was done that matters: when, who, what, to whom. */
export function AuditCard({ lines }: { lines: readonly AuditLine[] }) {
  const userIds = useMemo(() => {
    const all = lines.flatMap(({ actor, subject }) => [actor, subject])
    return [...new Set(all)].filter((userId): userId is UserId => userId !== null).slice(0, MOST)
  }, [lines])
  const people = usePeople(userIds, nobody)
  const nameOf = (userId: UserId | null) =>
    userId === null ? t('security.auditServer') : (people.get(userId)?.name ?? userId)
  return (
    <Card title={t('security.audit')} note={t('security.auditNote')}>
      {lines.length > 0 ? (
        <ol className="audit">
          {lines.map(({ auditId, at, act, actor, subject, details }) => (
            <li key={auditId}>
              <time dateTime={new Date(at).toISOString()}>{moment(at)}</time>
              <span>
                <b>{isKnown(act) ? t(`record.${act}`) : act}</b>
                <small dir="auto">
                  {subject === null || subject === actor
                    ? nameOf(actor)
                    : t('security.auditTo', { actor: nameOf(actor), subject: nameOf(subject) })}
                  {detailsOf(details)}
                </small>
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <CardBody>
          <p className="dim small">{t('security.auditNone')}</p>
        </CardBody>
      )}
    </Card>
  )
}

/** `. reason: Shouting. until: 1:14`. What is not so need not be told. */
function detailsOf(details: AuditLine['details']): string {
  return Object.entries(details)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => {
      const word = isNamed(name) ? t(`recordDetails.${name}`) : name
      if (value === true) return `. ${word}`
      return `. ${word}: ${name === 'until' ? moment(Number(value)) : value}`
    })
    .join('')
}

const isNamed = (name: string): name is keyof typeof recordDetails => Object.hasOwn(recordDetails, name)
