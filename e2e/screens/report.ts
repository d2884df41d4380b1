import type { Shot } from './camera.ts'
import { cropOf, type Screen, type Theme } from './screen.ts'

/** A screen with everything that was taken of it; mockups by theme, in the order of the shots. */
export type Taken = {
  chapter: string
  screen: Screen
  shots: readonly (Shot & { mockups: Partial<Record<Theme, Buffer>> })[]
}

/** Everything in one file that needs nothing beside it: ours beside the mockup's, by screen, size and theme. */
export function reportOf(taken: readonly Taken[], { date, commit }: { date: string; commit: string }): string {
  const pictures = createPictures()
  const chapters = [...new Set(taken.map(({ chapter }) => chapter))]
  const failed = taken.flatMap(({ screen, shots }) =>
    shots.filter(({ failure }) => failure !== null).map(({ size, failure }) => ({ screen, size, failure })),
  )
  const body = chapters
    .map((chapter) => {
      const screens = taken.filter((each) => each.chapter === chapter).map((each) => screenSection(each, pictures))
      return `<h2>${escape(chapter)}</h2>${screens.join('')}`
    })
    .join('')
  const failures = failed.map(
    ({ screen, size, failure }) =>
      `<li><a href="#${slug(screen.name)}">${escape(screen.name)}, ${size.width}</a><pre>${escape(failure ?? '')}</pre></li>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Connectly, screen by screen</title>
<style>${style}</style>
<header>
<h1>Connectly, screen by screen</h1>
<p>${taken.length} screens, taken ${escape(date)}${commit && ` at ${escape(commit)}`}. ${
    failed.length === 0 ? 'All were reached.' : `<b class="bad">${failed.length} could not be reached as asked.</b>`
  }</p>
<fieldset id="pick"><legend>Show</legend>
<label><input type="checkbox" value="light" checked> light</label>
<label><input type="checkbox" value="dark"> dark</label>
${widthsOf(taken)
  .map(
    (width) =>
      `<label><input type="checkbox" value="w${width}"${width === 360 || width === 1280 ? ' checked' : ''}> ${width}</label>`,
  )
  .join('\n')}
</fieldset>
</header>
${failures.length > 0 ? `<details open class="bad"><summary>Not reached</summary><ul>${failures.join('')}</ul></details>` : ''}
<nav>${taken.map(({ screen }) => `<a href="#${slug(screen.name)}">${escape(screen.name)}</a>`).join(' ')}</nav>
<main>${body}</main>
<script type="application/json" id="pictures">${JSON.stringify(pictures.all)}</script>
<script>${script}</script>
</html>
`
}

const widthsOf = (taken: readonly Taken[]) => [
  ...new Set(taken.flatMap(({ shots }) => shots.map(({ size }) => size.width))),
]

function screenSection({ screen, shots }: Taken, pictures: Pictures): string {
  const rows = shots.flatMap(({ size, pictures: ours, mockups, failure, faults }) =>
    (['light', 'dark'] as const).map((theme) => {
      const own = ours[theme]
      const mockup = mockups[theme]
      const note = [failure, ...faults.map((fault) => `console: ${fault}`)].filter((line) => line !== null).join('\n')
      return `<div class="row ${theme} w${size.width}">
<figure style="--w:${size.width}">${own ? pictures.img(own, `${screen.name}, ${size.width}, ${theme}`) : '<p>no picture</p>'}<figcaption>ours, ${size.width}, ${theme}</figcaption></figure>
${mockup ? `<figure style="--w:${cropOf(screen, size)?.[2] ?? size.width}">${pictures.img(mockup, `mockup of ${screen.name}`)}<figcaption>mockup ${escape(screen.mockup ?? '')}${cropOf(screen, size) ? ', a part' : ''}</figcaption></figure>` : ''}
${note ? `<pre class="bad">${escape(note)}</pre>` : ''}</div>`
    }),
  )
  return `<section id="${slug(screen.name)}"><h3>${escape(screen.name)}</h3>${rows.join('')}</section>`
}

type Pictures = ReturnType<typeof createPictures>

/** Each picture once, however often it is shown; drawn only when it comes near the window. */
function createPictures() {
  const all: string[] = []
  const known = new Map<Buffer, number>()
  return {
    all,
    img: (picture: Buffer, alt: string): string => {
      const at = known.get(picture) ?? all.push(picture.toString('base64')) - 1
      known.set(picture, at)
      return `<img data-at="${at}" alt="${escape(alt)}" loading="lazy">`
    },
  }
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const style = `
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:120rem;padding:1rem}
header{position:sticky;top:0;background:Canvas;padding-block:.5rem;z-index:1}
h1{font-size:1.3rem;margin:0} header p{margin:.2rem 0} fieldset{border:0;padding:0;display:flex;gap:1rem} legend{float:left;margin-inline-end:1rem}
nav{columns:14rem;margin-block:1rem} nav a{display:block}
section{border-top:1px solid GrayText;padding-block:.5rem;scroll-margin-top:6rem}
.row[hidden]{display:none}
.row{display:flex;gap:1rem;flex-wrap:wrap;align-items:flex-start;margin-block:.5rem 1.5rem}
figure{margin:0;flex:0 1 min(calc(var(--w)*1px),48%)} .row:not(:has(figure+figure)) figure{flex-basis:calc(var(--w)*1px)}
img{display:block;inline-size:100%;min-block-size:4rem;border:1px solid GrayText;border-radius:8px}
figcaption{font-size:.8rem;opacity:.7} .bad{color:#c8102e} pre{white-space:pre-wrap;font-size:.8rem;flex-basis:100%}
`

const script = `
const pictures = JSON.parse(document.getElementById('pictures').textContent)
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue
    near.unobserve(target)
    target.src = 'data:image/jpeg;base64,' + pictures[target.dataset.at]
  }
}, { rootMargin: '800px' })
for (const image of document.images) near.observe(image)
const pick = document.getElementById('pick')
function show() {
  const on = new Set([...pick.querySelectorAll(':checked')].map((box) => box.value))
  for (const row of document.querySelectorAll('.row')) row.hidden = ![...row.classList].every((name) => name === 'row' || on.has(name))
}
pick.addEventListener('change', show)
show()
`
