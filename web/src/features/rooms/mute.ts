import { MUTED_FOREVER } from '@connectly/protocol'
import { day, t, time } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'

export type MuteEnd = {
  until: number
  label: string
  /** When that is, beside the label. */
  when: string | null
  /** When that is, on the button; `null` for good. */
  end: string | null
}

const HOUR = 3_600_000

/** How long a chat may be kept quiet, counted from now by this device's clock. */
export function muteEnds(now: number): [MuteEnd, MuteEnd, MuteEnd, MuteEnd] {
  const hour = now + HOUR
  const morning = new Date(now)
  morning.setDate(morning.getDate() + 1)
  morning.setHours(8, 0, 0, 0)
  const week = new Date(now)
  week.setDate(week.getDate() + 7)
  const weekDay = day(week.getTime(), now)
  return [
    { until: hour, label: t('groups.oneHour'), when: t('groups.until', { time: time(hour) }), end: time(hour) },
    {
      until: morning.getTime(),
      label: t('groups.untilMorning'),
      when: time(morning.getTime()),
      end: time(morning.getTime()),
    },
    { until: week.getTime(), label: t('groups.aWeek'), when: weekDay, end: weekDay },
    { until: MUTED_FOREVER, label: t('groups.forGood'), when: null, end: null },
  ]
}
