import { type AuditAct, auditActs, type AuditLine, type Person, type UserId } from '@connectly/protocol'
import { useMemo } from 'react'
import { usePeople } from '../features/accounts/index.ts'
import { moment, t } from '../kernel/i18n.ts'
import { Card, CardBody } from '../shell/Page.tsx'

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
                  {Object.entries(details).map(([name, value]) => `. ${name}: ${String(value)}`)}
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
