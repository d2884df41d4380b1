import { Contrast, CornerDownLeft, Rows3, Rows4, Type } from 'lucide-react'
import { useId, type CSSProperties } from 'react'
import { t, time } from '../kernel/i18n.ts'
import { setPref, usePref } from '../kernel/prefs.ts'
import { Card, CardBody, Page } from '../shell/Page.tsx'
import { Choice, SwitchRow } from '../shell/rows.tsx'
import { ThemeTiles } from '../shell/ThemeTiles.tsx'
import { Bubble } from '../ui/Bubble.tsx'
import { Icon } from '../ui/Icon.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'

const SMALLEST = 80
const LARGEST = 150

/** How Connectly looks on this device, at once and with an example. */
export function SettingsAppearance(place: SettingsPageProps) {
  const theme = usePref('theme')
  const contrast = usePref('contrast')
  const enterSends = usePref('enterSends')
  return (
    <Page title={t('people.appearance')} sub={t('people.appearanceSub')} {...place}>
      <Card title={t('people.theme')}>
        <CardBody>
          <ThemeTiles theme={theme} onTheme={(chosen) => setPref('theme', chosen)} />
        </CardBody>
        <SwitchRow
          icon={Contrast}
          label={t('people.highContrast')}
          hint={t('people.highContrastHint')}
          isOn={contrast === 'more'}
          onChange={(isOn) => setPref('contrast', isOn ? 'more' : 'system')}
        />
      </Card>
      <Card title={t('people.layout')}>
        <CardBody>
          <div className="set2">
            <Density />
            <Motion />
          </div>
          <TextSize />
          <Example />
        </CardBody>
      </Card>
      <Card title={t('people.writing')}>
        <SwitchRow
          icon={CornerDownLeft}
          label={t('people.enterSends')}
          hint={t(enterSends ? 'people.enterSendsOn' : 'people.enterSendsOff')}
          isOn={enterSends}
          onChange={(isOn) => setPref('enterSends', isOn)}
        />
      </Card>
    </Page>
  )
}

function Density() {
  return (
    <Choice
      label={t('people.density')}
      options={[
        { value: 'comfortable', label: t('people.comfortable'), icon: Rows3 },
        { value: 'compact', label: t('people.compact'), icon: Rows4 },
      ]}
      value={usePref('density')}
      onChange={(density) => setPref('density', density)}
    />
  )
}

function Motion() {
  return (
    <Choice
      label={t('people.motion')}
      options={[
        { value: 'system', label: t('people.motionSystem') },
        { value: 'full', label: t('people.motionFull') },
        { value: 'reduced', label: t('people.motionReduced') },
      ]}
      value={usePref('motion')}
      onChange={(motion) => setPref('motion', motion)}
    />
  )
}

function TextSize() {
  const id = useId()
  const value = usePref('textSize')
  const share = ((value - SMALLEST) / (LARGEST - SMALLEST)) * 100
  return (
    <div className="setl">
      <label className="lbl" htmlFor={id}>
        {t('people.textSize')}
      </label>
      <div className="rngrow">
        <Icon of={Type} size={16} />
        <input
          className="rng"
          id={id}
          type="range"
          min={SMALLEST}
          max={LARGEST}
          step={5}
          value={value}
          aria-valuetext={t(value === 100 ? 'people.percentUsual' : 'people.percentOf', { value })}
          style={{ '--v': `${share}%` } as CSSProperties}
          onChange={(event) => setPref('textSize', event.target.valueAsNumber)}
        />
        <Icon of={Type} size={24} />
        <output htmlFor={id}>{t('people.percent', { value })}</output>
      </div>
    </div>
  )
}

/** Two bubbles as they look now. */
function Example() {
  const at = new Date(2025, 4, 12, 21, 8).getTime()
  return (
    <fieldset className="pv">
      <legend className="sr">{t('people.preview')}</legend>
      <div className="wall" />
      <ol>
        <li>
          <Bubble text={t('people.previewIn')} side="in" isFirst meta={time(at)} />
        </li>
        <li>
          <Bubble text={t('people.previewOut')} side="out" isFirst meta={time(at + 60_000)} />
        </li>
      </ol>
    </fieldset>
  )
}
