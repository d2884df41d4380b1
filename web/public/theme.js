// Before the first paint: light or dark as this person chose, or as the system has it. A file of its own, since the
// content policy allows no inline script.
;(() => {
  let chosen
  try {
    chosen = localStorage.getItem('connectly.theme')
  } catch {
    // Storage is closed to us; the system's choice stands.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
})()
