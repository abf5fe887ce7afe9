import { render } from 'preact'
import { App } from './components/app.tsx'
import { rememberPreferences } from './state/preferences.ts'
import { removeBeforeLeaving } from './state/removal.ts'
import { followAddress } from './state/route.ts'
import { keepSorted } from './state/shown.ts'
import { language } from './texts/texts.ts'

const root = document.getElementById('app')
document.documentElement.lang = language
followAddress()
rememberPreferences()
keepSorted()
removeBeforeLeaving()
if (root !== null) render(<App />, root)
