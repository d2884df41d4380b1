// Before the first paint: looks as this person chose, or as the system has it. A file of its own, since the content
// policy allows no inline script. What it reads is written by src/kernel/prefs.ts, which sets it all once more.
;(() => {
  let prefs = {}
  try {
    prefs = JSON.parse(localStorage.getItem('connectly.prefs') ?? '{}') ?? {}
  } catch {
    // Storage is closed to us, or holds something else; the system's choice stands.
  }
  const root = document.documentElement
  const put = (name, values) => values.includes(prefs[name]) && (root.dataset[name] = prefs[name])
  put('theme', ['light', 'dark'])
  put('contrast', ['more'])
  put('density', ['compact'])
  put('motion', ['full', 'reduced'])
  if (prefs.textSize >= 80 && prefs.textSize <= 150) root.style.fontSize = prefs.textSize + '%'
})()
