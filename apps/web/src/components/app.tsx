import { useEffect } from 'preact/hooks'
import { requestFirstListing } from '../state/first-listing.ts'
import { path } from '../state/route.ts'
import { loadSession, session, wantsLogin } from '../state/session.ts'
import { DialogHost } from './common/dialog-host.tsx'
import { Notices } from './common/notices.tsx'
import { Login } from './login.tsx'
import { Lost } from './lost.tsx'
import { Shell } from './shell.tsx'

/** The page of somebody with an account, or of anybody if the server is anonymous. */
export function App() {
  useEffect(() => {
    void loadSession()
    requestFirstListing(path.value)
  }, [])
  return (
    <>
      <Screen />
      <Notices />
      <DialogHost />
    </>
  )
}

function Screen() {
  const { status } = session.value
  if (wantsLogin.value) return <Login />
  switch (status) {
    case 'unknown':
      return null
    case 'lost':
      return <Lost />
    case 'out':
      return <Login />
    case 'in':
      return <Shell />
    default:
      return status satisfies never
  }
}
