import type { Letter, Part } from './letters.ts'

/* HTML as mail programs draw it: tables and inline styles, dark by media query, no picture and nothing from elsewhere. */

const FONT = `font-family:'Onest Variable',Onest,system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;`
const TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'
const STYLE = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:520px){.c{padding:24px 20px!important}.o{padding:12px 8px 24px!important}.h{font-size:22px!important;line-height:27px!important}}
@media (prefers-color-scheme:dark){.g{background:#110e18!important}.s{background:#1b1725!important;border-color:#2f2940!important}.w{background:#221d2e!important}.t,.h,.n{color:#f2edfa!important}.m{color:#aba2bb!important}.l{color:#b9adff!important}.bp{background:#655fe6!important}.bd{background:#d43a52!important}.r{border-color:#2f2940!important}.k{color:#f2edfa!important}}
[data-ogsc] .t,[data-ogsc] .h,[data-ogsc] .n,[data-ogsc] .k{color:#f2edfa!important}[data-ogsc] .m{color:#aba2bb!important}[data-ogsc] .l{color:#b9adff!important}[data-ogsb] .g{background:#110e18!important}[data-ogsb] .s{background:#1b1725!important}[data-ogsb] .w{background:#221d2e!important}`
const LOGO = `<table ${TABLE}><tr><td width="15" height="22" bgcolor="#a594f9" style="width:15px;height:22px;border-radius:11px 0 0 3px;font-size:0;line-height:0;">&nbsp;</td><td width="15" height="22" bgcolor="#5d56df" style="width:15px;height:22px;border-radius:0 3px 11px 0;font-size:0;line-height:0;">&nbsp;</td><td class="n" style="padding:0 10px;${FONT}font-size:18px;line-height:22px;font-weight:700;letter-spacing:-.02em;color:#211a31;">Connectly</td></tr></table>`

/** A letter as HTML. `from` says where it comes from. */
export function asHtml(letter: Letter, language: string, direction: string, from: string): string {
  const subject = escapeHtml(letter.subject)
  const under = [...letter.why, from].map((text) => paragraph('m', '0 0 8px', 12, 18, '#5e566f', escapeHtml(text)))
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>${subject}</title>
<style>
${STYLE}
</style>
</head>
<body class="g" style="margin:0;padding:0;background:#ebe3f7;-webkit-text-size-adjust:100%;">
<div style="display:none;max-height:0;overflow:hidden;">${escapeHtml(letter.preview)}</div>
<div role="article" aria-roledescription="email" aria-label="${subject}" lang="${language}">
<table ${TABLE} class="g" width="100%" bgcolor="#ebe3f7" style="background:#ebe3f7;"><tr><td class="o" align="center" style="padding:24px 12px 40px;">
<table ${TABLE} width="100%" style="max-width:560px;">
<tr><td style="padding:8px 8px 16px;">${LOGO}</td></tr>
<tr><td class="c s" bgcolor="#ffffff" style="background:#ffffff;border:1px solid #e4daf0;border-radius:24px;padding:36px 36px 24px;">
<h1 class="h" style="margin:0 0 14px;${FONT}font-size:26px;line-height:31px;font-weight:700;letter-spacing:-.02em;color:#211a31;">${escapeHtml(letter.heading)}</h1>
${letter.parts.map(partAsHtml).join('\n')}
</td></tr>
<tr><td style="padding:20px 12px 0;">${under.join('')}</td></tr>
</table>
</td></tr></table>
</div>
</body>
</html>
`
}

function partAsHtml(part: Part): string {
  switch (part.is) {
    case 'text': {
      const strong = part.strong === undefined ? '' : escapeHtml(part.strong)
      const text = escapeHtml(part.text)
      return paragraph(
        't',
        '0 0 16px',
        16,
        24,
        '#211a31',
        strong ? text.replace(strong, () => `<strong style="font-weight:600;">${strong}</strong>`) : text,
      )
    }
    case 'small': {
      const link =
        part.link &&
        ` <a class="l" href="${escapeHtml(part.link.url)}" style="color:#4f47cc;text-decoration:underline;">${escapeHtml(part.link.label)}</a>.`
      return paragraph('m', '0 0 12px', 14, 21, '#5e566f', escapeHtml(part.text) + (link ?? ''))
    }
    case 'code':
      return `<p class="k" style="margin:0 0 20px;font-family:ui-monospace,'SF Mono',Consolas,monospace;font-size:34px;line-height:40px;font-weight:600;letter-spacing:.12em;color:#211a31;">${escapeHtml(part.code).replace(' ', '&nbsp;')}</p>`
    case 'button': {
      const [kind, color] = part.isDanger ? ['bd', '#c9203d'] : ['bp', '#5d56df']
      return `<table ${TABLE} style="margin:8px 0 24px;"><tr><td class="${kind}" bgcolor="${color}" style="border-radius:999px;"><a href="${escapeHtml(part.url)}" style="display:inline-block;padding:14px 28px;${FONT}font-size:16px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:999px;">${escapeHtml(part.label)}</a></td></tr></table>`
    }
    case 'facts': {
      const cell = `${FONT}font-size:14px;line-height:21px;`
      const rows = part.rows.map(
        ([label, value]) =>
          `<tr><td class="m" width="34%" valign="top" style="padding:4px 12px 4px 0;${cell}color:#5e566f;">${escapeHtml(label)}</td><td class="t" valign="top" style="padding:4px 0;${cell}color:#211a31;font-weight:500;">${escapeHtml(value)}</td></tr>`,
      )
      return `<table ${TABLE} width="100%" style="margin:0 0 20px;"><tr><td class="w" bgcolor="#f5efff" style="border-radius:14px;padding:16px 18px;"><table ${TABLE} width="100%">${rows.join('')}</table></td></tr></table>`
    }
  }
}

const paragraph = (kind: string, margin: string, size: number, line: number, color: string, html: string) =>
  `<p class="${kind}" style="margin:${margin};${FONT}font-size:${size}px;line-height:${line}px;color:${color};">${html}</p>`

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => escapes[found] ?? '')
